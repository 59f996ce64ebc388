package io.thalweg.load.bench;

import io.thalweg.broker.EmbeddedBroker;
import io.thalweg.data.BankMarketing;
import io.thalweg.load.Say;
import io.thalweg.load.report.Facts;
import io.thalweg.load.report.ScalingResult;
import io.thalweg.load.report.ScalingResult.Curve;
import io.thalweg.load.report.ScalingResult.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Cost against each size that can grow.
 *
 * @param scale share of the CPU time of a window and of the records
 */
public record Scaling(double scale) {
  private static final int ROWS = 64;
  private static final int ENTRIES = 100;
  private static final double WINDOW_MILLIS = 200;

  private static final String HOW =
      "The step alone: no Kafka, no decoding; thread CPU, median of 5 windows on distinct batches.";

  /**
   * Measures all curves.
   *
   * @return the result
   * @throws Exception when the broker fails
   */
  public ScalingResult run() throws Exception {
    Facts facts = Facts.now(List.of());
    List<Curve> curves = new ArrayList<>();
    curves.add(
        steps(
            "features",
            "Cost of a step over the number of features, dense",
            HOW + " 64 + 64 rows, one L2 weight per feature.",
            "features d",
            "µs per step",
            new int[] {8, 16, 32, 51, 128, 256, 512, 1024, 2048, 4096},
            (method, d) -> new StepCost(method, d, d, ROWS)));
    curves.add(
        steps(
            "entries",
            "Cost of a step over the entries of a row, sparse",
            HOW + " 64 + 64 rows of 2^18 features.",
            "entries per row",
            "µs per step",
            new int[] {3, 10, 30, 100, 300, 1000},
            (method, nnz) -> new StepCost(method, 1 << 18, nnz, ROWS)));
    curves.add(
        samples(
            "batch",
            "Cost of a sample over the size of a batch, dense",
            HOW + " 51 features, one L2 weight per feature.",
            51,
            51,
            new int[] {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024}));
    curves.add(
        samples(
            "batch-sparse",
            "Cost of a sample over the size of a batch, sparse",
            HOW + " 100 of 2^18 features.",
            1 << 18,
            ENTRIES,
            new int[] {1, 4, 16, 64, 256, 1024}));
    int[] models = {1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 22};
    curves.add(
        steps(
            "model",
            "Cost of a step over the length of the model, sparse",
            HOW
                + " 64 + 64 rows of 100 entries. The same entries reach more distinct coordinates the"
                + " more there are.",
            "features",
            "µs per step",
            models,
            (method, d) -> new StepCost(method, d, ENTRIES, ROWS)));
    curves.add(touched(models));
    curves.add(partitions());
    return new ScalingResult(facts, scale, curves);
  }

  private interface Shape {
    StepCost of(String method, int size);
  }

  private Curve steps(
      String name, String title, String about, String x, String y, int[] sizes, Shape shape) {
    return curve(
        name,
        title,
        about,
        x,
        y,
        sizes,
        method -> size -> shape.of(method, size).micros(windowMillis()));
  }

  private double windowMillis() {
    return Math.max(5, scale * WINDOW_MILLIS);
  }

  /** The same for every method. */
  private static Curve touched(int[] sizes) {
    List<Double> xs = new ArrayList<>();
    List<Double> ys = new ArrayList<>();
    for (int size : sizes) {
      xs.add((double) size);
      ys.add(new StepCost(Throughput.METHODS.get(0), size, ENTRIES, ROWS).distinct());
    }
    return new Curve(
        "touched",
        "Coordinates that a step touches over the length of the model, sparse",
        "64 + 64 rows of 100 entries by a power law: feature j with a chance of about 1/j.",
        "features",
        "distinct coordinates",
        List.of(new Line("any method", xs, ys)));
  }

  private Curve samples(
      String name, String title, String about, int features, int entries, int[] sizes) {
    return curve(
        name,
        title,
        about,
        "samples per batch and level",
        "µs per sample",
        sizes,
        method ->
            rows ->
                new StepCost(method, features, entries, rows).micros(windowMillis()) / (2 * rows));
  }

  private interface Method {
    IntFunction<Double> figure(String method);
  }

  private static Curve curve(
      String name, String title, String about, String x, String y, int[] sizes, Method figures) {
    List<Line> lines = new ArrayList<>();
    for (String method : Throughput.METHODS) {
      List<Double> xs = new ArrayList<>();
      List<Double> ys = new ArrayList<>();
      for (int size : sizes) {
        double value = figures.figure(method).apply(size);
        Say.line("%s, %s, %s %,d: %.3g %s", name, method, x, size, value, y);
        xs.add((double) size);
        ys.add(value);
      }
      lines.add(new Line(method, xs, ys));
    }
    return new Curve(name, title, about, x, y, lines);
  }

  /** The whole way from Kafka, as the throughput rows have it. */
  private Curve partitions() throws Exception {
    Wire binary =
        Wire.ALL.stream()
            .filter(wire -> wire.title().equals("dense, binary"))
            .findFirst()
            .orElseThrow()
            .scaled(0.5 * scale);
    List<Line> lines = new ArrayList<>();
    List<Double> counts = List.of(1., 2., 4., 8., 16., 32.);
    for (String method : Throughput.METHODS) {
      lines.add(new Line(method, counts, new ArrayList<>()));
    }
    BankMarketing bank = BankMarketing.load();
    for (double count : counts) {
      try (EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBroker.Options.DEFAULTS)) {
        Backlog backlog = new Backlog(bank, broker.bootstrapServers(), binary.over((int) count));
        backlog.fill();
        for (Line line : lines) {
          double[] rounds = new double[3];
          for (int round = -1; round < rounds.length; round++) {
            double cost = Whole.of(backlog, backlog.job(line.name(), round + 2)).cpuMicros();
            if (round >= 0) {
              rounds[round] = 1 / cost;
            }
          }
          line.y().add(Round.median(rounds));
          Say.line("partitions, %s, %.0f: %.2f", line.name(), count, Round.median(rounds));
        }
      }
    }
    return new Curve(
        "partitions",
        "Samples per CPU-second over the number of partitions, dense, binary",
        "From Kafka to committed snapshots, exactly once, a commit per second, batches of 64; median"
            + " of 3 rounds after one to warm up.",
        "partitions of each sample topic",
        "M samples per CPU-s",
        lines);
  }
}
