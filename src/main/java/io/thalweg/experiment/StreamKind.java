package io.thalweg.experiment;

import java.util.Arrays;

/** The streams that the portfolio is measured on. */
enum StreamKind {
  /** The bank's calls in date order. */
  BANK("bank", true, ""),
  /** The same; in the second half every label means the opposite. */
  BANK_FLIP("bank-flip", true, ""),
  /** The same; every tenth label is wrong. */
  BANK_NOISE("bank-noise", true, ""),
  /** Logistic labels of weights that stay. */
  STATIONARY("stationary", false, ""),
  /** Logistic labels of weights that are drawn anew at each quarter. */
  ABRUPT("abrupt", true, ""),
  /** Logistic labels of weights that go round in a plane once. */
  GRADUAL("gradual", true, ""),
  /** SEA concepts: a threshold on the sum of two of three features moves at each quarter. */
  SEA("sea", true, ""),
  /** Five of twenty features matter; the sign of one of their weights flips every 20 records. */
  SPARSE_DRIFT("sparse-drift", true, ""),
  /** The first half of the alphabet against the second. */
  LETTERS("letters", false, "letters.csv"),
  /** The same letters; which of them are positive changes at each quarter. */
  LETTERS_DRIFT("letters-drift", true, "letters.csv"),
  /** The usual state of the shuttle's radiators against all others. */
  SHUTTLE("shuttle", false, "shuttle.csv"),
  /** The same by rising time, which is the first feature. */
  SHUTTLE_TIME("shuttle-time", true, "shuttle.csv");

  private final String words;
  private final boolean drifts;
  private final String file;

  StreamKind(String words, boolean drifts, String file) {
    this.words = words;
    this.drifts = drifts;
    this.file = file;
  }

  /** Its name, lower case with dashes. */
  String words() {
    return words;
  }

  /** Whether what is to be learned changes. */
  boolean drifts() {
    return drifts;
  }

  /** The records from which on other things are to be learned, where that is at once. */
  int[] drifts(int records) {
    return switch (this) {
      case BANK_FLIP -> new int[] {records / 2};
      case ABRUPT, SEA, LETTERS_DRIFT ->
          new int[] {quarter(1, records), quarter(2, records), quarter(3, records)};
      default -> new int[0];
    };
  }

  /** The first record of a quarter. */
  private static int quarter(int number, int records) {
    return (int) (((long) number * records + 3) / 4);
  }

  /** The user's file that it is read from, empty where the program has all it needs. */
  String file() {
    return file;
  }

  /** The stream of that name. */
  static StreamKind of(String words) {
    return Arrays.stream(values())
        .filter(kind -> kind.words.equals(words))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no stream " + words));
  }
}
