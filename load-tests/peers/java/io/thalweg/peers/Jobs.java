package io.thalweg.peers;

/**
 * Thalweg's jobs for the streams: L2 weights tuned on the stream they are learned from, {@code
 * linear-system}, steps that do not fade. Their sizes were chosen once by a scan over the stream
 * itself, as were those of the peers.
 */
final class Jobs {
  /** The method that needs no settings. */
  static final String PORTFOLIO = "auto";

  private Jobs() {}

  /** The solver of a stream, as it stands in the job file. */
  static String solver(Source source, String method) {
    if (method.equals(PORTFOLIO)) {
      return "{method: auto, batch: {lower: 16, upper: 16}}";
    }
    String steps =
        switch (source.name()) {
          case "dense" -> "lambda: 0.3, eta: 0.3, batch: {lower: 64, upper: 64}";
          case "sparse" -> "lambda: 2.0, eta: 0.3, batch: {lower: 64, upper: 64}";
          default -> "lambda: 0.1, eta: 0.3, batch: {lower: 4, upper: 4}";
        };
    return "{method: "
        + method
        + ", hypergradient: {type: linear-system, rho: 0.3, radius: 5.0}, gamma: 0.3, "
        + steps
        + "}";
  }

  /** A job file; nobody connects to its broker. */
  static String text(Source source, String solver) {
    return """
        job: peers
        problem:
          type: logistic-regression
          features: %d
          encoding: %s
          bias: %s
          hyperparameters: {l2: {per: %s, scale: log, init: %s, bounds: [-14, 4]}}
        solver: %s
        samples: {topic: peers.events, split: prequential}
        kafka: {bootstrap.servers: "127.0.0.1:9092"}
        """
        .formatted(
            source.features(),
            source.sparse() ? "sparse" : "dense",
            source.bias(),
            source.sparse() || solver.contains("method: " + PORTFOLIO) ? "global" : "feature",
            source.bias() ? "-4" : "-9",
            solver);
  }
}
