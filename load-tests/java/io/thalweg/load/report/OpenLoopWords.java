package io.thalweg.load.report;

/** Names of the latencies for people. */
final class OpenLoopWords {
  private OpenLoopWords() {}

  static String latency(String name) {
    return switch (name) {
      case "ack" -> "sample to acknowledgement";
      case "consumed" -> "sample to solver";
      case "covered" -> "sample to snapshot";
      case "swapped" -> "snapshot to reader";
      default -> name;
    };
  }
}
