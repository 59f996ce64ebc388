package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** When it is said that records and labels are given up. */
class GivenUpWarningTest {
  private static final long SECOND = 1_000_000_000L;

  private final List<String> said = new ArrayList<>();
  private final GivenUpWarning warning = new GivenUpWarning(said::add);

  private static Map<String, Double> metrics(double expired, double unmatched) {
    Map<String, Double> out = new HashMap<>();
    out.put("joined-labels", 90.0);
    out.put("waiting-records", 12.0);
    out.put("expired-records", expired);
    out.put("unmatched-labels", unmatched);
    return out;
  }

  @Test
  void at_the_first_and_then_once_a_minute_with_what_was_since() {
    warning.look(Map.of(), false, 0);
    warning.look(metrics(0, 0), false, SECOND);
    assertThat(said).isEmpty();
    warning.look(metrics(2, 0), false, 2 * SECOND);
    assertThat(said).hasSize(1);
    assertThat(said.get(0))
        .startsWith("2 records were given up without their label and 0 labels without their record")
        .contains("samples.labels.expire.records")
        .contains("90 joined, 12 records wait, 2 expired, 0 early, 0 unmatched");
    for (int second = 3; second < 62; second++) {
      warning.look(metrics(second, 1), false, second * SECOND);
    }
    assertThat(said).hasSize(1);
    warning.look(metrics(62, 4), false, 62 * SECOND);
    assertThat(said).hasSize(2);
    assertThat(said.get(1)).startsWith("60 records").contains(" 4 labels without their record");
    warning.look(metrics(62, 4), false, 500 * SECOND);
    assertThat(said).as("nothing new").hasSize(2);
  }

  @Test
  void what_an_earlier_life_gave_up_was_said_then() {
    warning.look(metrics(40, 2), true, SECOND);
    assertThat(said).isEmpty();
    warning.look(metrics(40, 3), true, 2 * SECOND);
    assertThat(said).hasSize(1);
    assertThat(said.get(0)).startsWith("0 records").contains(" 1 labels without");
  }

  @Test
  void jobs_whose_labels_come_with_the_records_say_nothing() {
    warning.look(Map.of("expired-records", 3.0), false, 0);
    assertThat(said).isEmpty();
    assertThat(LateLabelCounts.of(Map.of("upper-loss", 1.0))).isNull();
  }
}
