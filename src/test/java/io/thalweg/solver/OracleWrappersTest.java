package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.linalg.SplitMix64;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.oracle.Capability;
import io.thalweg.oracle.Completion;
import io.thalweg.oracle.CountingOracle;
import io.thalweg.oracle.ForwardingOracle;
import io.thalweg.oracle.LinearModel;
import io.thalweg.oracle.OracleCall;
import io.thalweg.oracle.Predictor;
import io.thalweg.oracle.SharpModel;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.robust.RobustRule;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OracleWrappersTest {
  private static final RobustRule RULE = RobustRule.aggregate(RobustRule.Variant.FILTER, 0.2);

  private static void answers(Class<?> wrapper, Method question) {
    assertThat(Arrays.stream(wrapper.getDeclaredMethods()))
        .as("%s of %s", question.getName(), wrapper.getSimpleName())
        .anyMatch(
            own ->
                own.getName().equals(question.getName())
                    && Arrays.equals(own.getParameterTypes(), question.getParameterTypes()));
  }

  /** A default that is not overridden would answer for the wrapper, and wrongly. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(classes = {BilevelOracle.class, Recipe.class})
  void every_question_is_passed_on(Class<?> questions) {
    Class<?> base = questions == Recipe.class ? ForwardingRecipe.class : ForwardingOracle.class;
    for (Method question : questions.getMethods()) {
      answers(base, question);
    }
  }

  /** What is passed on as it is would be neither counted nor weighed. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(classes = {CountingOracle.class, RobustOracle.class})
  void a_wrapper_around_batches_answers_every_question_about_one(Class<?> wrapper) {
    for (Method question : BilevelOracle.class.getMethods()) {
      if (List.of(question.getParameterTypes()).contains(Batch.class)) {
        answers(wrapper, question);
      }
    }
  }

  private static Problem problem(Map<String, Object> settings) {
    return Problems.create(Settings.of("problem", settings));
  }

  @Test
  void other_forms_of_a_problem_are_seen_where_the_wrapper_allows_it() {
    Problem linear = problem(Map.of("type", "logistic-regression", "features", 3));
    Problem sharp = problem(Map.of("type", "phase-retrieval", "d", 3));
    assertThat(linear.as(LinearModel.class)).isSameAs(linear);
    assertThat(linear.as(SharpModel.class)).isNull();
    BilevelOracle complete = Completion.of(sharp, EnumSet.of(Capability.PRODUCTS), 1e-5);
    assertThat(complete).isInstanceOf(Completion.class);
    assertThat(complete.as(SharpModel.class)).isSameAs(sharp);
    assertThat(complete.as(Completion.class)).isSameAs(complete);
    for (BilevelOracle wrapper :
        List.of(new CountingOracle(linear), new RobustOracle(linear, RULE))) {
      assertThat(wrapper.as(LinearModel.class)).isNull();
      assertThat(wrapper.as(Predictor.class)).isNull();
    }
    assertThat(new RobustOracle(sharp, RULE).as(SharpModel.class)).isNull();
  }

  @Test
  void an_update_of_a_sample_is_counted() {
    Problem sharp = problem(Map.of("type", "phase-retrieval", "d", 3));
    CountingOracle counting = new CountingOracle(sharp);
    SharpModel counted = counting.as(SharpModel.class);
    Batch xi = RandomGame.batch(sharp, Level.UPPER, new SplitMix64(1), 5);
    double[] x = {1, 2, 3};
    double[] same = {1, 2, 3};
    assertThat(counted.update(SharpModel.Model.PROXIMAL, 0.1, x, xi, 2))
        .isEqualTo(((SharpModel) sharp).update(SharpModel.Model.PROXIMAL, 0.1, same, xi, 2));
    assertThat(x).isEqualTo(same);
    assertThat(counting.count(OracleCall.UPPER_VALUE)).isOne();
    assertThat(counting.count(OracleCall.GRAD_UPPER_X)).isOne();
    assertThat(counting.evaluations()).isEqualTo(2);
  }
}
