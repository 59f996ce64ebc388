package io.thalweg.wire;

import io.thalweg.SeededBatches;
import io.thalweg.problem.Problem;
import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.Snapshot;
import io.thalweg.stream.StateArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Time to write and read a snapshot and a checkpoint: of a small model with a penalty per feature,
 * and of a large one with one penalty.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class CodecBenchmark {
  private static final int SMALL = 51;
  private static final List<Lane> LANES =
      List.of(new Lane("job.train", 0), new Lane("job.train", 1), new Lane("job.validation", 0));

  /** Length of the lower variable: 51 features and a bias, or 2^18. */
  @Param({"52", "262144"})
  public int parameters = 1;

  private final SnapshotCodec snapshots = new SnapshotCodec(SnapshotCodec.Vectors.COMPACT);
  private Snapshot snapshot;
  private Checkpoint checkpoint;
  private byte[] snapshotBytes;
  private byte[] checkpointBytes;

  @Setup
  public void fill() {
    boolean small = parameters == SMALL + 1;
    Problem problem = SeededBatches.logistic(parameters - 1, !small);
    SplittableRandom random = new SplittableRandom(1);
    double[] x = random.doubles(problem.upperDim(), -12, 4).toArray();
    double[] y = random.doubles(parameters, -1, 1).toArray();
    Map<String, Double> upper = new LinkedHashMap<>();
    for (int i = 0; i < x.length; i++) {
      upper.put(problem.upperName(i), problem.upperUnit(i, x));
    }
    Positions positions = positions(2_000_000);
    snapshot =
        new Snapshot(
            "job",
            3,
            482,
            48_210,
            1_763_806_400_123L,
            "vr-msgbio",
            "9f2c".repeat(16),
            upper,
            x,
            y,
            List.of(),
            Map.of("upper-loss", 0.31, "lower-loss", 0.29, "hypergradient-norm", 1.25e-3),
            positions,
            ledger(),
            1_763_806_399_000L,
            "0.1.0");
    checkpoint =
        new Checkpoint(
            "9f2c".repeat(16),
            3,
            482,
            "e3b0".repeat(16),
            positions,
            Map.of("job.train", "Uq1", "job.validation", "Zz9"),
            List.of(
                new StateArray.Doubles("x", x),
                new StateArray.Doubles("y", y),
                new StateArray.Doubles("z", y.clone()),
                new StateArray.Doubles("w", x.clone()),
                new StateArray.Doubles("v", y.clone()),
                new StateArray.Doubles("r", y.clone()),
                new StateArray.Longs("t", new long[] {48_210})),
            List.of(new StateArray.Doubles("losses", new double[] {1, 2, 3, 4})));
    snapshotBytes = snapshots.encode(snapshot, "e3b0".repeat(16));
    checkpointBytes = CheckpointCodec.encode(checkpoint);
  }

  private static Positions positions(long first) {
    List<Position> at =
        List.of(new Position(first, 0), new Position(first + 5, 0), new Position(first / 2, 3));
    return new Positions(LANES, at, at, at);
  }

  /** 100 steps of one batch per level, each batch of two segments. */
  private static Ledger ledger() {
    Ledger.Builder builder = new Ledger.Builder(positions(1_990_000));
    for (int t = 0; t < 100; t++) {
      builder.batch(0, 2);
      builder.segment(0, 32);
      builder.segment(1, 32);
      builder.batch(1, 1);
      builder.segment(2, 64);
      builder.endStep();
    }
    return builder.take(positions(2_000_000));
  }

  @Benchmark
  public byte[] encodeSnapshot() {
    return snapshots.encode(snapshot, "");
  }

  @Benchmark
  public SnapshotCodec.Decoded decodeSnapshot() {
    return snapshots.decode(snapshotBytes);
  }

  @Benchmark
  public byte[] encodeCheckpoint() {
    return CheckpointCodec.encode(checkpoint);
  }

  @Benchmark
  public Checkpoint decodeCheckpoint() {
    return CheckpointCodec.decode(checkpointBytes);
  }
}
