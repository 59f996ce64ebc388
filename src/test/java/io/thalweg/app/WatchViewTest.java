package io.thalweg.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.stream.Event;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Member;
import io.thalweg.stream.Positions;
import io.thalweg.stream.Snapshot;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WatchViewTest {
  private static final Screen.Look PLAIN = new Screen.Look(80, 50, false, true);
  private final WatchView view = new WatchView("bank", "bank.snapshots");

  private static Snapshot snapshot(int version, Map<String, Double> upper, List<Member> members) {
    return snapshot(version, upper, members, Map.of());
  }

  private static Snapshot snapshot(
      int version, Map<String, Double> upper, List<Member> members, Map<String, Double> more) {
    Positions nowhere = Positions.at(List.of(), List.of());
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("upper-loss", 1.0 / version);
    metrics.put("prequential-loss", 0.18);
    metrics.put("reference-loss", 0.2);
    metrics.put("hypergradient-norm", 0.5 / version);
    metrics.put("samples-lower", 800.0 * version);
    metrics.put("samples-upper", 200.0 * version);
    metrics.put("rejected-samples", version > 3 ? 7.0 : 0.0);
    metrics.putAll(more);
    return new Snapshot(
        "bank",
        2,
        version,
        20L * version,
        1_000L * version,
        "auto",
        "c",
        upper,
        new double[0],
        new double[0],
        members,
        metrics,
        nowhere,
        new Ledger(nowhere, List.of()),
        Long.MIN_VALUE,
        "test");
  }

  private void add(int versions) {
    for (int v = 1; v <= versions; v++) {
      Map<String, Double> upper = new LinkedHashMap<>();
      upper.put("l2.age", 0.01 * v);
      upper.put("l2.balance", 0.5);
      upper.put("l2.duration", 1.0 + 0.001 * v);
      List<Member> members =
          List.of(
              new Member("reference", 0.25, new double[0]),
              new Member("tuned-0.001", 0.75, new double[0]));
      Event drift = new Event(99, "drift", "loss\u001b[2J rose", Map.of());
      view.add(snapshot(v, upper, members).withEvents(v == 5 ? List.of(drift) : List.of()));
    }
  }

  @Test
  void before_the_first_snapshot_it_says_what_it_waits_for() {
    assertThat(view.lines(PLAIN, 0)).containsExactly("bank: waiting for bank.snapshots");
  }

  @Test
  void everything_is_on_one_screen() {
    add(8);
    List<String> lines = view.lines(PLAIN, 8_400);
    assertThat(lines.get(0)).isEqualTo("bank  auto  epoch 2  version 8  step 160  0.4 s ago");
    assertThat(lines.get(1)).isEqualTo("1,000 samples/s  8,000 taken in  7 rejected");
    assertThat(lines)
        .anyMatch(l -> l.matches("upper loss +0\\.12500  █▄▃▂▂▁▁▁"))
        .anyMatch(l -> l.matches("gain on reference +\\+10\\.00 %  ▄▄▄▄▄▄▄▄"))
        .anyMatch(l -> l.matches("\\|hypergradient\\| +0\\.062500  █▄▃▂▂▁▁▁"))
        .anyMatch(l -> l.matches(" +8 +160 +0\\.4 s +1,000 +0\\.12500 +0\\.062500 +0\\.18000"))
        .anyMatch(l -> l.matches("tuned-0\\.001 +75\\.0 % █{30}"))
        .contains("drift at step 99: loss [2J rose");
    int moved = lines.indexOf("hyperparameters that moved most since version 1");
    assertThat(lines.get(moved + 1))
        .matches("l2\\.age +0\\.010000 → 0\\.080000 +\\+700\\.00 %  ▁▂▃▄▅▆▇█");
    assertThat(lines.get(moved + 2)).startsWith("l2.duration");
    assertThat(lines.get(moved + 3)).isEmpty(); // what did not move is not there
    // newest first
    assertThat(lines.indexOf("members, by their share of the model")).isGreaterThan(moved);
  }

  @Test
  void labels_that_come_later_have_a_line_of_their_own() {
    Map<String, Double> labels =
        Map.of("joined-labels", 90.0, "waiting-records", 8.0, "expired-records", 2.0);
    view.add(snapshot(1, Map.of(), List.of(), labels));
    assertThat(view.lines(PLAIN, 1_000).get(2))
        .isEqualTo("labels: 90 joined, 8 records wait, 2 expired, 0 early, 0 unmatched");
  }

  @ParameterizedTest(name = "{0} by {1}")
  @CsvSource({"80,24", "80,50", "40,12", "200,60", "20,5", "10,2", "80,1"})
  void it_never_leaves_the_screen(int width, int height) {
    add(100);
    List<String> lines = view.lines(new Screen.Look(width, height, false, true), 100_000);
    assertThat(lines).hasSizeLessThanOrEqualTo(Math.max(1, height - 1)).isNotEmpty();
    assertThat(lines).allMatch(line -> line.length() <= width);
  }

  @Test
  void eighty_by_twenty_four_shows_something_of_every_part() {
    add(100);
    assertThat(String.join("\n", view.lines(new Screen.Look(80, 24, false, true), 100_000)))
        .contains("upper loss", "version ", "moved most", "tuned-0.001", "drift at step 99");
  }

  @Test
  void colours_are_there_only_where_they_are_wanted_and_blocks_too() {
    add(8);
    assertThat(String.join("\n", view.lines(PLAIN, 8_400))).doesNotContain("\u001b");
    assertThat(String.join("\n", view.lines(new Screen.Look(80, 50, true, true), 8_400)))
        .contains("\u001b[1mbank\u001b[0m", "\u001b[36m");
    String ascii = String.join("\n", view.lines(new Screen.Look(80, 50, false, false), 8_400));
    assertThat(US_ASCII.newEncoder().canEncode(ascii)).isTrue();
  }

  @Test
  void a_job_that_fell_silent_is_marked() {
    add(8);
    assertThat(view.lines(new Screen.Look(80, 50, true, true), 30_000).get(0))
        .contains("\u001b[31m22.0 s ago");
  }

  @Test
  void other_hyperparameters_than_before_begin_anew() {
    Courses courses = new Courses();
    courses.add(Map.of("a", 1.0));
    courses.add(Map.of("a", 2.0));
    assertThat(courses.furthest(3)).extracting(Courses.Course::first).containsExactly(1.0);
    courses.add(Map.of("b", 5.0));
    assertThat(courses.furthest(3)).isEmpty();
    courses.add(Map.of("b", 4.0));
    assertThat(courses.furthest(3).get(0).history()).containsExactly(5.0, 4.0);
  }

  @Test
  void thousands_of_hyperparameters_have_no_history_and_the_furthest_are_found() {
    Courses courses = new Courses();
    for (int round = 0; round < 3; round++) {
      Map<String, Double> upper = new LinkedHashMap<>();
      for (int i = 0; i < 5_000; i++) {
        upper.put("l2[" + i + "]", 1.0 + (i == 4_321 ? round : 0) + (i == 17 ? 0.5 * round : 0));
      }
      courses.add(upper);
    }
    List<Courses.Course> furthest = courses.furthest(5);
    assertThat(furthest).extracting(Courses.Course::name).containsExactly("l2[4321]", "l2[17]");
    assertThat(furthest.get(0).history()).isEmpty();
  }

  @Test
  void history_is_the_newest_in_order() {
    Courses courses = new Courses();
    for (int i = 0; i < 100; i++) {
      courses.add(Map.of("a", (double) i));
    }
    double[] history = courses.furthest(1).get(0).history();
    assertThat(history).hasSize(64).startsWith(36.0, 37.0).endsWith(99.0).isSorted();
  }

  @Test
  void the_look_follows_the_terminal_then_the_environment_then_habit() {
    assertThat(Screen.look(Map.of(), "51 132\n", UTF_8))
        .isEqualTo(new Screen.Look(132, 51, true, true));
    assertThat(Screen.look(Map.of("COLUMNS", "100", "LINES", "40"), "0 0", UTF_8))
        .isEqualTo(new Screen.Look(100, 40, true, true));
    assertThat(Screen.look(Map.of("COLUMNS", "x", "NO_COLOR", "1"), "stty: no", US_ASCII))
        .isEqualTo(new Screen.Look(80, 24, false, false));
    assertThat(Screen.look(Map.of("NO_COLOR", "", "TERM", "dumb"), "", UTF_8).colours()).isFalse();
    assertThat(Screen.look(Map.of("NO_COLOR", ""), "", UTF_8).colours()).isTrue();
  }

  @Test
  void a_picture_is_painted_over_the_one_before() {
    StringWriter out = new StringWriter();
    Screen screen = new Screen(new PrintWriter(out), Map.of());
    screen.paint(List.of("a", "b", "c"));
    assertThat(out.toString()).doesNotContain("A");
    screen.paint(List.of("d"));
    screen.close();
    assertThat(out.toString()).endsWith("\u001b[3A\rd\u001b[K\n\u001b[J\u001b[?25h");
  }
}
