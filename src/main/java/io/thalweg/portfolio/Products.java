package io.thalweg.portfolio;

import java.util.ArrayList;
import java.util.List;

/**
 * Products of a record with all vectors of all members at once: the scores, what members want to
 * know beside them, and the lengths of steps.
 */
final class Products {
  private final Member[] members;
  private final int scores;

  /** Of which products with a record are taken: weights of all members, then what goes along. */
  private final double[][] vectors;

  private final double[] products;

  /** Of which products with a record's squares are taken. */
  private final double[][] steps;

  private final double[] lengths;

  Products(Member[] members) {
    this.members = members;
    List<double[]> wanted = new ArrayList<>();
    List<double[]> stepping = new ArrayList<>();
    for (Member member : members) {
      wanted.addAll(List.of(member.y));
      stepping.addAll(List.of(member.steps()));
    }
    scores = wanted.size();
    for (Member member : members) {
      wanted.addAll(List.of(member.along()));
    }
    vectors = wanted.toArray(new double[0][]);
    products = new double[vectors.length];
    steps = stepping.toArray(new double[0][]);
    lengths = new double[steps.length];
  }

  /**
   * The scores of all members; these hear what they want to know beside.
   *
   * @param out receives them, member by member
   */
  void scores(Row row, double[] out) {
    row.dots(vectors, products);
    int at = scores;
    for (int i = 0; i < at; i++) {
      out[i] = products[i];
    }
    for (Member member : members) {
      member.alongs(products, at);
      at += member.along().length;
    }
  }

  /** Tells all members the lengths of their steps: the record's squares with their step sizes. */
  void lengths(Row row) {
    row.squaresDots(steps, lengths);
    int at = 0;
    for (Member member : members) {
      member.lengths(lengths, at);
      at += member.steps().length;
    }
  }
}
