package io.thalweg.load.report;

import java.util.List;

/**
 * Where the CPU goes.
 *
 * @param facts where and with what
 * @param scale share of the records, 1 for figures that count
 * @param rows one per kind of records and method
 */
public record ProfileResult(Facts facts, double scale, List<Row> rows) {
  /**
   * One kind of records and one method.
   *
   * @param records what is on the wire
   * @param method of the solver
   * @param stacks how many stacks were sampled
   * @param parts shares of the sampled stacks, by what the program does
   * @param threads shares of the CPU time of the process, by thread
   * @param top shares of the sampled stacks, by the method on top
   * @param flame file of the flame graph, beside the plots
   */
  public record Row(
      String records,
      String method,
      int stacks,
      List<Share> parts,
      List<Share> threads,
      List<Share> top,
      String flame) {}

  /**
   * A share.
   *
   * @param name of what
   * @param share in [0, 1]
   */
  public record Share(String name, double share) {}
}
