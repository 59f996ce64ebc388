package io.thalweg.portfolio;

/** Takes the products for one member that a portfolio takes for all at once. */
final class Alone {
  private Alone() {}

  static void scores(Member member, Row row, double[] out) {
    for (int k = 0; k < member.outputs; k++) {
      out[k] = row.dot(member.y[k]);
    }
    double[] along = new double[member.along().length];
    row.dots(member.along(), along);
    member.alongs(along, 0);
  }

  /** Before the member learns the row. */
  static void lengths(Member member, Row row) {
    double[] lengths = new double[member.steps().length];
    row.squaresDots(member.steps(), lengths);
    member.lengths(lengths, 0);
  }
}
