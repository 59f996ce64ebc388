package io.thalweg.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.problem.LinearHead.Link;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What other programs are told to compute is what the problem's own loss is of. */
class LinearHeadTest {
  private static final double[] ROW = {0.7, -1.3};

  record Case(String type, boolean bias) {}

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (String type :
        List.of("logistic-regression", "ridge-regression", "softmax-regression", "data-cleaning")) {
      cases.add(new Case(type, true));
      cases.add(new Case(type, false));
    }
    return cases.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void the_loss_of_a_sample_is_that_of_the_heads_scores(Case of) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("type", of.type());
    settings.put("features", 2);
    settings.put("bias", of.bias());
    if (of.type().startsWith("softmax") || of.type().startsWith("data")) {
      settings.put("classes", 3);
    }
    if (of.type().startsWith("data")) {
      settings.put("terms", 4);
    }
    Problem problem = Draws.problem(settings);
    double[] x = new double[problem.upperDim()];
    double[] y = new double[problem.lowerDim()];
    for (int i = 0; i < y.length; i++) {
      y[i] = StrictMath.sin(1 + 2.3 * i);
    }
    LinearHead head = problem.linearHead(x, y);
    assertThat(head.outputs()).isEqualTo(head.link() == Link.SOFTMAX ? 3 : 1);
    double[] scores = scores(head);
    for (int label = 0; label < (head.link() == Link.SOFTMAX ? 3 : 2); label++) {
      assertThat(loss(head.link(), scores, label))
          .isCloseTo(problem.upperValue(x, y, sample(problem, label)), Offset.offset(1e-12));
    }
  }

  private static Batch sample(Problem problem, int label) {
    Batch batch = new Batch(problem.schema(Level.UPPER), 1);
    batch.openRow();
    batch.set(0, 0, ROW[0]);
    batch.set(0, 1, ROW[1]);
    batch.set(1, 0, label);
    if (problem.schema(Level.UPPER).fields().size() > 2) {
      batch.set(2, 0, 1);
    }
    batch.commitRow();
    return batch;
  }

  private static double[] scores(LinearHead head) {
    double[] scores = head.bias().clone();
    for (int c = 0; c < scores.length; c++) {
      for (int j = 0; j < ROW.length; j++) {
        scores[c] += head.weights()[j * head.outputs() + c] * ROW[j];
      }
    }
    return scores;
  }

  private static double loss(Link link, double[] scores, int label) {
    return switch (link) {
      case IDENTITY -> 0.5 * (scores[0] - label) * (scores[0] - label);
      case SIGMOID -> {
        double p = 1 / (1 + StrictMath.exp(-scores[0]));
        yield -StrictMath.log(label == 1 ? p : 1 - p);
      }
      case SOFTMAX -> {
        double sum = 0;
        for (double score : scores) {
          sum += StrictMath.exp(score);
        }
        yield StrictMath.log(sum) - scores[label];
      }
    };
  }

  @Test
  void minimax_problems_have_their_model_in_x() {
    Problem auc =
        Draws.problem(Map.of("type", "minimax-auc", "features", 2, "positive-share", 0.3));
    assertThat(auc.linearHead(new double[] {4, 5, 6, 7}, new double[1]).weights())
        .containsExactly(4, 5);
    Problem dro = Draws.problem(Map.of("type", "group-dro", "features", 2, "groups", 2));
    LinearHead head = dro.linearHead(new double[] {4, 5, 6}, new double[2]);
    assertThat(head.weights()).containsExactly(4, 5);
    assertThat(head.bias()).containsExactly(dro.upperDim() == 3 ? 6 : 0);
    assertThat(head.link()).isEqualTo(Link.SIGMOID);
  }

  @Test
  void a_game_has_none_and_lengths_that_do_not_fit_are_refused() {
    Problem game = Draws.problem(Map.of("type", "pl-game", "dx", 2, "dy", 2));
    assertThat(game.linearHead(new double[2], new double[2])).isNull();
    assertThatThrownBy(() -> new LinearHead(2, 1, new double[3], new double[1], Link.IDENTITY))
        .hasMessage("expected 2 x 1 weights and 1 biases, found 3 and 1");
  }
}
