package io.thalweg.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.thalweg.DocumentedMetrics;
import io.thalweg.pipeline.Progress;
import io.thalweg.pipeline.Refusals;
import io.thalweg.pipeline.Stage;
import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.Snapshot;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class JobMetersTest {
  private static final Lane LANE = new Lane("samples", 0);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Journal journal = new Journal(() -> 5L);
  private Facts facts = Facts.idle(Phase.STARTING, "");
  private final JobWatch watch =
      new JobWatch(
          journal,
          () -> facts,
          () -> new Check("broker", true, ""),
          Duration.ofSeconds(30),
          System::nanoTime);
  private final LongConsumer steps = JobMeters.stepTimes(registry);
  private final JobMeters meters = JobMeters.bind(registry, watch, "msgbio", "0.1.0", 500);

  private String scrape() {
    watch.tick();
    meters.refresh();
    return registry.scrape();
  }

  private static double value(String scrape, String series) {
    Matcher m =
        Pattern.compile("^" + Pattern.quote(series) + " (\\S+)$", Pattern.MULTILINE)
            .matcher(scrape);
    assertThat(m.find()).as("%s in%n%s", series, scrape).isTrue();
    return Double.parseDouble(m.group(1));
  }

  @Test
  void every_meter_says_what_it_is() {
    running(3, 7, 2);
    committed(1, 1, 3, 16);
    committed(1, 2, JobMeters.MOST_HYPERPARAMETERS + 1, 16);
    scrape();
    assertThat(registry.getMeters())
        .hasSizeGreaterThan(20)
        .allSatisfy(
            meter ->
                assertThat(meter.getId().getDescription())
                    .as(meter.getId().getName())
                    .isNotBlank());
    assertThat(registry.scrape()).doesNotContainPattern("(?m)^# HELP \\S+ *$");
  }

  private void running(long rejected, long steps, long commits) {
    facts =
        new Facts(
            Phase.RUNNING,
            "",
            new Progress(1, 1, 16, 1, rejected, 0, 0, 0, null, Refusals.NONE, Map.of()),
            0,
            steps,
            steps * 1_000_000,
            List.of(new Stage("poll", 12, 4_000), new Stage("commit", 1, 64)),
            List.of(new LaneLook("samples", 0, "train", 40, 50)),
            33,
            new Commits(commits, commits, 10, 9, 2_000_000, commits * 2_000_000));
  }

  private void committed(long epoch, long version, int hyperparameters, double samples) {
    Positions at = Positions.at(List.of(LANE), List.of(new Position(40, 0)));
    Map<String, Double> upper = new LinkedHashMap<>();
    for (int i = 0; i < hyperparameters; i++) {
      upper.put("l2." + i, i + 1.0);
    }
    journal.committed(
        new Snapshot(
            "job",
            epoch,
            version,
            version,
            7_500L,
            "msgbio",
            "c0ffee",
            upper,
            new double[0],
            new double[0],
            List.of(),
            Map.of(
                "upper-loss",
                0.25,
                "smoothed-upper-loss",
                0.26,
                "hypergradient-norm",
                0.5,
                "lower-residual",
                0.125,
                "samples-lower",
                samples,
                "share-l2",
                0.75),
            at,
            new Ledger.Builder(at).take(at),
            6_000L,
            "0"),
        "5ha",
        false,
        List.of(new DeadLetter(LANE, Position.START, 0, null, null, List.of(), "not decodable")));
  }

  @Test
  void what_is_known_has_a_name() {
    running(3, 10, 4);
    committed(1, 1, 2, 160);
    String scrape = scrape();
    assertThat(value(scrape, "thalweg_samples_total{outcome=\"used\",role=\"train\"}"))
        .isEqualTo(160);
    assertThat(value(scrape, "thalweg_samples_total{outcome=\"rejected\",role=\"any\"}"))
        .isEqualTo(3);
    assertThat(value(scrape, "thalweg_step_total")).isEqualTo(10);
    assertThat(value(scrape, "thalweg_commit_duration_seconds_count")).isEqualTo(4);
    assertThat(value(scrape, "thalweg_commit_duration_seconds_sum")).isEqualTo(0.008);
    assertThat(value(scrape, "thalweg_objective{kind=\"ewma\",level=\"upper\"}")).isEqualTo(0.26);
    assertThat(value(scrape, "thalweg_objective{kind=\"batch\",level=\"upper\"}")).isEqualTo(0.25);
    assertThat(value(scrape, "thalweg_hypergradient_norm")).isEqualTo(0.5);
    assertThat(value(scrape, "thalweg_lower_residual")).isEqualTo(0.125);
    assertThat(value(scrape, "thalweg_hyperparameter{name=\"l2.1\"}")).isEqualTo(2);
    assertThat(value(scrape, "thalweg_figure{name=\"share-l2\"}")).isEqualTo(0.75);
    assertThat(value(scrape, "thalweg_queue_depth{stage=\"poll\"}")).isEqualTo(12);
    assertThat(value(scrape, "thalweg_queue_capacity{stage=\"commit\"}")).isEqualTo(64);
    assertThat(value(scrape, "thalweg_lag_records{partition=\"0\",topic=\"samples\"}"))
        .isEqualTo(10);
    assertThat(value(scrape, "thalweg_lag")).isEqualTo(33);
    assertThat(value(scrape, "thalweg_event_time_lag_seconds")).isEqualTo(1.5);
    assertThat(value(scrape, "thalweg_snapshot_version")).isEqualTo(1);
    assertThat(value(scrape, "thalweg_snapshot_published_timestamp_seconds")).isEqualTo(7.5);
    assertThat(value(scrape, "thalweg_snapshot_cadence_seconds")).isEqualTo(0.5);
    assertThat(value(scrape, "thalweg_snapshot_bytes")).isEqualTo(9);
    assertThat(value(scrape, "thalweg_dead_letters_total")).isEqualTo(1);
    assertThat(value(scrape, "thalweg_leader")).isEqualTo(1);
    assertThat(value(scrape, "thalweg_ready")).isEqualTo(1);
    assertThat(value(scrape, "thalweg_ready_check{check=\"broker\"}")).isEqualTo(1);
    assertThat(scrape).contains("version=\"0.1.0\"").contains("method=\"msgbio\"");
  }

  @Test
  void the_times_of_steps_are_a_distribution() {
    for (long micros : new long[] {40, 250, 250, 900, 4_000_000}) {
      steps.accept(1_000 * micros);
    }
    String scrape = scrape();
    String bucket = "thalweg_step_duration_seconds_bucket{le=\"%s\"}";
    assertThat(value(scrape, bucket.formatted("1.0E-4"))).isEqualTo(1);
    assertThat(value(scrape, bucket.formatted("3.0E-4"))).isEqualTo(3);
    assertThat(value(scrape, bucket.formatted("0.001"))).isEqualTo(4);
    assertThat(value(scrape, bucket.formatted("3.0"))).isEqualTo(4);
    assertThat(value(scrape, bucket.formatted("+Inf"))).isEqualTo(5);
    assertThat(value(scrape, "thalweg_step_duration_seconds_count")).isEqualTo(5);
    assertThat(value(scrape, "thalweg_step_duration_seconds_sum")).isEqualTo(4.00144);
  }

  @Test
  void many_hyperparameters_are_their_range() {
    committed(1, 1, 51, 16);
    String scrape = scrape();
    assertThat(scrape).doesNotContain("thalweg_hyperparameter{");
    assertThat(value(scrape, "thalweg_hyperparameter_range{of=\"min\"}")).isEqualTo(1);
    assertThat(value(scrape, "thalweg_hyperparameter_range{of=\"max\"}")).isEqualTo(51);
    committed(1, 2, 50, 16);
    assertThat(scrape().lines().filter(l -> l.startsWith("thalweg_hyperparameter{"))).hasSize(50);
    assertThat(scrape()).doesNotContain("thalweg_hyperparameter_range{");
  }

  @Test
  void counts_never_fall_when_a_life_ends() {
    running(5, 100, 9);
    committed(1, 1, 1, 1_000);
    scrape();
    running(2, 10, 1); // the next life counts from zero, and its job goes back a little
    committed(2, 1, 1, 990);
    String scrape = scrape();
    assertThat(value(scrape, "thalweg_samples_total{outcome=\"rejected\",role=\"any\"}"))
        .isEqualTo(7);
    assertThat(value(scrape, "thalweg_step_total")).isEqualTo(110);
    assertThat(value(scrape, "thalweg_commit_duration_seconds_count")).isEqualTo(10);
    assertThat(value(scrape, "thalweg_samples_total{outcome=\"used\",role=\"train\"}"))
        .isEqualTo(1_000);
    committed(2, 2, 1, 1_040);
    assertThat(value(scrape(), "thalweg_samples_total{outcome=\"used\",role=\"train\"}"))
        .isEqualTo(1_050);
  }

  @Test
  void what_an_earlier_process_took_in_is_not_counted() {
    committed(4, 90, 1, 100_000);
    assertThat(value(scrape(), "thalweg_samples_total{outcome=\"used\",role=\"train\"}")).isZero();
  }

  @Test
  void what_the_data_holds_makes_no_series() {
    running(0, 1, 1);
    committed(1, 1, 1, 1);
    long before = scrape().lines().count();
    for (int i = 0; i < 10_000; i++) {
      journal.committed(
          null,
          "",
          false,
          List.of(new DeadLetter(LANE, new Position(i, 0), 0, null, null, List.of(), "key " + i)));
    }
    assertThat(scrape().lines().count()).isEqualTo(before);
  }

  @Test
  void every_name_and_label_is_documented_and_the_other_way_round() {
    running(5, 10, 4);
    committed(1, 1, 2, 100);
    Map<String, Set<String>> found = new TreeMap<>();
    Matcher series =
        Pattern.compile("(?m)^(thalweg_[a-z_]+?)(?:_sum|_count|_bucket|_max)?(?:\\{(.*)})? \\S+$")
            .matcher(scrape());
    while (series.find()) {
      Set<String> labels = found.computeIfAbsent(series.group(1), name -> new TreeSet<>());
      if (series.group(2) != null) {
        Pattern.compile("([a-z]+)=")
            .matcher(series.group(2))
            .results()
            .filter(label -> !label.group(1).equals("le"))
            .forEach(label -> labels.add(label.group(1)));
      }
    }
    Map<String, Set<String>> documented = new TreeMap<>();
    DocumentedMetrics.all()
        .forEach(
            (name, metric) -> {
              if (name.startsWith("thalweg_")) {
                documented.put(name, new TreeSet<>(metric.labels()));
              }
            });
    // these two come with more hyperparameters, and with events
    found.putIfAbsent("thalweg_hyperparameter_range", Set.of("of"));
    found.putIfAbsent("thalweg_events", Set.of("kind"));
    assertThat(found).isEqualTo(documented);
  }
}
