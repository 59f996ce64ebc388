package io.thalweg.wire;

import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.FeatureRange;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Member;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.Snapshot;
import io.thalweg.stream.StateArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Records with every field set and with the numbers that are easily lost. */
final class Specimens {
  static final List<Lane> LANES = List.of(new Lane("a.train", 0), new Lane("a.train-x", 11));

  private Specimens() {}

  static Positions positions(long first) {
    return new Positions(
        LANES,
        List.of(new Position(first, 0), new Position(first + 5, 3)),
        List.of(new Position(first + 1, 7), Position.START),
        List.of(new Position(first + 2, 0), new Position(4_000_000_000L, 1)));
  }

  static Snapshot snapshot(long version, double... y) {
    return portfolio(version, List.of(), y);
  }

  /** Two members: half of the first and half of the second are y. */
  static Snapshot portfolio(long version, double... y) {
    double[] other = new double[y.length];
    double[] rest = new double[y.length];
    for (int j = 0; j < y.length; j++) {
      other[j] = y[j] - 1.0 / 3;
      rest[j] = y[j] + 1.0 / 3;
    }
    return portfolio(
        version,
        List.of(new Member("reference", 0.5, other), new Member("tuned-0.001", 0.5, rest)),
        y);
  }

  static Snapshot portfolio(long version, List<Member> members, double... y) {
    return snapshot(version, members, FeatureRange.NONE, y);
  }

  static Snapshot ranged(long version, FeatureRange range, double... y) {
    return snapshot(version, List.of(), range, y);
  }

  private static Snapshot snapshot(
      long version, List<Member> members, FeatureRange range, double... y) {
    Map<String, Double> upper = new LinkedHashMap<>();
    upper.put("l2.1", 0.1);
    upper.put("l2.0", Double.MIN_VALUE);
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("upper-loss", 0.31);
    metrics.put("samples-lower", 64.0);
    return new Snapshot(
        "a",
        3,
        version,
        48210,
        1_763_806_400_123L,
        "vr-msgbio",
        "9f2c",
        upper,
        new double[] {-0.0, 1.0 / 3, Math.nextUp(1.0)},
        y,
        members,
        range,
        metrics,
        positions(100),
        new Ledger(
            positions(0),
            List.of(
                new Ledger.Run(2, new int[] {0, 1, 0, 32, 1, 2, 0, 1, 1, 3}),
                new Ledger.Run(1, new int[] {0, 1, 1, 5}))),
        1_763_806_399_000L,
        "0.1.0",
        List.of());
  }

  static Checkpoint checkpoint() {
    return new Checkpoint(
        "9f2c",
        3,
        482,
        "e3b0c442",
        positions(100),
        Map.of("a.train", "Uq1", "a.train-x", "Zz9"),
        List.of(
            new StateArray.Doubles("x", new double[] {-0.0, Double.MIN_VALUE, 0.1}),
            new StateArray.Longs("t", new long[] {Long.MIN_VALUE, 48210})),
        List.of(new StateArray.Doubles("loss", new double[0])));
  }
}
