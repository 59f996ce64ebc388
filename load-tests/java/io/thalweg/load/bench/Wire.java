package io.thalweg.load.bench;

import io.thalweg.load.workload.Workload.Format;
import java.util.List;

/**
 * What is on the wire, and how much of it.
 *
 * @param title for people
 * @param sparse 100 of 2^18 features instead of the 51 of the bank rows
 * @param format of the records
 * @param perRecord samples in each
 * @param samples how many a round takes in
 * @param partitions of each sample topic
 */
public record Wire(
    String title, boolean sparse, Format format, int perRecord, int samples, int partitions) {
  private static final int PARTITIONS = 4;

  /** All that targets are set for. */
  public static final List<Wire> ALL =
      List.of(
          of("dense, JSON, 4 decimals", false, Format.JSON, 1, 1_000_000),
          of("dense, binary", false, Format.BINARY, 1, 3_000_000),
          of("dense, binary, 16 per record", false, Format.BINARY, 16, 6_000_000),
          of("dense, binary, 256 per record", false, Format.BINARY, 256, 6_000_000),
          of("sparse, JSON, 4 decimals", true, Format.JSON, 1, 400_000),
          of("sparse, binary", true, Format.BINARY, 1, 1_000_000),
          of("sparse, binary, 16 per record", true, Format.BINARY, 16, 1_500_000));

  private static Wire of(String title, boolean sparse, Format format, int perRecord, int samples) {
    return new Wire(title, sparse, format, perRecord, samples, PARTITIONS);
  }

  /**
   * The same with fewer samples.
   *
   * @param scale share of them
   * @return a copy
   */
  public Wire scaled(double scale) {
    return new Wire(title, sparse, format, perRecord, (int) (samples * scale), partitions);
  }

  /**
   * The same with other topics.
   *
   * @param count partitions of each sample topic
   * @return a copy
   */
  public Wire over(int count) {
    return new Wire(title, sparse, format, perRecord, samples, count);
  }

  /**
   * What is asked of a core, in million samples per second.
   *
   * @param method of the solver
   * @return the floor
   */
  public double floor(String method) {
    if (!sparse) {
      return format == Format.JSON ? 0.3 : 0.6;
    }
    if (format == Format.JSON) {
      return 0.12;
    }
    return method.equals("msgbio") ? 0.4 : 0.35;
  }

  /**
   * What would be very good, in million samples per second and core.
   *
   * @param method of the solver
   * @return the stretch
   */
  public double stretch(String method) {
    if (!sparse) {
      return format == Format.JSON ? 0.8 : 1.5;
    }
    if (format == Format.JSON) {
      return 0.3;
    }
    return method.equals("msgbio") ? 1.0 : 0.7;
  }
}
