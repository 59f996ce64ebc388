package io.thalweg.problem;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A small instance of every problem, for tests that hold for all of them. A problem that is added
 * to the catalogue gets a row here.
 */
public final class SmallProblems {
  private static final Map<String, ?> MSGBIO =
      Map.of("method", "msgbio", "gamma", 0.05, "lambda", 0.05);

  private SmallProblems() {}

  /**
   * A problem and a method that can solve it.
   *
   * @param problem keys of the problem tree
   * @param solver keys of the solver tree, but for the batch
   */
  public record Row(Map<String, ?> problem, Map<String, ?> solver) {
    /** The id of the problem. */
    public String type() {
      return problem.get("type").toString();
    }

    @Override
    public String toString() {
      return problem.toString();
    }
  }

  /** Every problem at least once. */
  public static List<Row> all() {
    return List.of(
        row("pl-game", Map.of("dx", 3, "dy", 2)),
        row("matrix-sensing", Map.of("d", 3, "r", 2)),
        row("few-shot", Map.of("p", 2, "k", 2, "tasks", 3)),
        row("strict-saddle", Map.of()),
        row("minimax-saddle", Map.of()),
        row("w-shape", Map.of()),
        row("finite-sum", Map.of()),
        single("online-pca", Map.of("d", 3)),
        single("phase-retrieval", Map.of("d", 3)),
        single("blind-deconvolution", Map.of("d1", 2, "d2", 3)),
        row(
            "rxgf-toy",
            Map.of("c", List.of(0.9, 0.1), "d", List.of(1.1, -0.5), "b", List.of(1, 0.2, 0.2, 1))),
        row("coreset", Map.of()),
        row("data-cleaning", Map.of("features", 3, "classes", 3, "terms", 40)),
        row("logistic-regression", Map.of("features", 3)),
        row("logistic-regression", Map.of("features", 3, "encoding", "sparse", "terms", 50)),
        row("softmax-regression", Map.of("features", 3, "classes", 4)),
        row("softmax-regression", Map.of("features", 3, "classes", 4, "encoding", "sparse")),
        row("softmax-regression", Map.of("features", 3, "classes", 4, "terms", 50)),
        row("ridge-regression", Map.of("features", 3)),
        row("ridge-regression", Map.of("features", 3, "encoding", "sparse", "terms", 50)),
        row("minimax-auc", Map.of("features", 3, "positive-share", 0.33)),
        row("group-dro", Map.of("features", 3, "groups", 4)));
  }

  private static Row single(String type, Map<String, ?> keys) {
    return new Row(row(type, keys).problem(), Map.of("method", "msgd", "eta", 0.01));
  }

  private static Row row(String type, Map<String, ?> keys) {
    Map<String, Object> problem = new LinkedHashMap<>();
    problem.put("type", type);
    problem.putAll(keys);
    return new Row(problem, MSGBIO);
  }
}
