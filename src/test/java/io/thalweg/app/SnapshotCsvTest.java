package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.thalweg.stream.Ledger;
import io.thalweg.stream.Member;
import io.thalweg.stream.NamedFigures;
import io.thalweg.stream.Positions;
import io.thalweg.stream.Snapshot;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotCsvTest {
  private static Snapshot snapshot(double l2) {
    Positions nowhere = Positions.at(List.of(), List.of());
    return new Snapshot(
        "a",
        2,
        17,
        340,
        5000,
        "auto",
        "c",
        new NamedFigures(new String[] {"l2", "step-size.0"}, new double[] {l2, 0.25}),
        new double[0],
        new double[0],
        List.of(new Member("reference", 0.125, new double[0])),
        Map.of("prequential-loss", 0.5),
        nowhere,
        new Ledger(nowhere, List.of()),
        0,
        "dev");
  }

  @Test
  void a_hyperparameter_over_versions_is_a_column() {
    SnapshotCsv csv =
        new SnapshotCsv(
            List.of(
                "epoch",
                "version",
                "step",
                "time",
                "upper.step-size.0",
                "upper.l2",
                "metrics.prequential-loss",
                "members.reference"));
    assertThat(csv.head())
        .isEqualTo(
            "epoch,version,step,time,upper.step-size.0,upper.l2,metrics.prequential-loss,"
                + "members.reference");
    double exact = 0.1 + 0.2;
    assertThat(csv.row(snapshot(exact)))
        .isEqualTo("2,17,340,5000,0.25,0.30000000000000004,0.5,0.125");
  }

  @Test
  void what_a_snapshot_lacks_is_an_empty_cell() {
    SnapshotCsv csv = new SnapshotCsv(List.of("upper.l3", "version", "members.other", "metrics.x"));
    assertThat(csv.row(snapshot(1))).isEqualTo(",17,,");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"versions", "l2", "upper", "", "y.3"})
  void a_column_that_no_snapshot_can_have_is_refused(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SnapshotCsv(List.of("version", name)))
        .withMessageContaining("upper.NAME")
        .withMessageContaining("but was \"" + name + "\"");
  }
}
