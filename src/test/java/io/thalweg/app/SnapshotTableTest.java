package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.stream.Ledger;
import io.thalweg.stream.Member;
import io.thalweg.stream.Positions;
import io.thalweg.stream.Snapshot;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SnapshotTableTest {
  private final StringWriter out = new StringWriter();

  private static Snapshot snapshot(long version, long millis, Map<String, Double> metrics) {
    return snapshot(version, millis, metrics, List.of());
  }

  private static Snapshot snapshot(
      long version, long millis, Map<String, Double> metrics, List<Member> members) {
    Positions nowhere = Positions.at(List.of(), List.of());
    return new Snapshot(
        "a",
        1,
        version,
        10 * version,
        millis,
        "m",
        "c",
        Map.of(),
        new double[0],
        new double[0],
        members,
        metrics,
        nowhere,
        new Ledger(nowhere, List.of()),
        0,
        "dev");
  }

  @Test
  void elsewhere_than_on_a_terminal_each_snapshot_is_one_line_without_escapes() {
    SnapshotTable table = new SnapshotTable(new PrintWriter(out), false, false);
    table.add(snapshot(1, 1000, Map.of("samples-lower", 100.0, "samples-upper", 50.0)), 3000);
    table.paint("status", 3000);
    table.add(
        snapshot(
            2, 2000, Map.of("samples-lower", 1100.0, "samples-upper", 550.0, "upper-loss", 0.5)),
        3000);
    List<String> lines = out.toString().lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).contains("version", "samples/s", "prequential-loss");
    assertThat(lines.get(1).strip().split("\\s+"))
        .containsExactly("1", "10", "2.0", "s", "-", "-", "-", "-");
    assertThat(lines.get(2).strip().split("\\s+"))
        .containsExactly("2", "20", "1.0", "s", "1,500", "0.500000", "-", "-");
    assertThat(out.toString()).doesNotContain("\u001b");
  }

  @Test
  void of_a_portfolio_the_heaviest_member_is_shown_with_its_weight() {
    SnapshotTable table = new SnapshotTable(new PrintWriter(out), false, true);
    List<Member> members =
        List.of(
            new Member("reference", 0.25, new double[0]),
            new Member("tuned-start", 0.6254, new double[0]),
            new Member("fixed-0.01", 0.1246, new double[0]));
    table.add(snapshot(1, 1000, Map.of(), members), 1000);
    List<String> lines = out.toString().lines().toList();
    assertThat(lines.get(0)).endsWith("prequential-loss  heaviest member");
    assertThat(lines.get(1)).endsWith("-  tuned-start 0.625");
  }

  @Test
  void on_a_terminal_the_last_few_are_painted_over() {
    SnapshotTable table = new SnapshotTable(new PrintWriter(out), true, false);
    for (int v = 1; v <= 100; v++) {
      table.add(snapshot(v, v, Map.of()), v);
    }
    table.paint("status", 100);
    assertThat(out.toString().lines()).hasSize(17).noneMatch(line -> line.contains(" 85 "));
    out.getBuffer().setLength(0);
    table.paint("status", 200);
    assertThat(out.toString()).startsWith("\u001b[17A");
  }

  @ParameterizedTest(name = "{0} ms is {1}")
  @CsvSource({
    "-5,0.0 s",
    "1500,1.5 s",
    "99999,100.0 s",
    "100000,1 min",
    "6000000,1 h",
    "360000000,4 d"
  })
  void age_is_told_in_the_largest_fitting_unit(long millis, String age) {
    assertThat(SnapshotTable.age(millis)).isEqualTo(age);
  }
}
