package io.thalweg.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an operator says in the user's units is what the upper variable then shows in them. */
class UpperUnitTest {
  private static final Map<String, ?> LINEAR =
      Map.of(
          "l2", Map.of("per", "feature", "scale", "linear", "init", 0.3, "bounds", List.of(0, 5)));

  static List<Map<String, ?>> problems() {
    List<Map<String, ?>> out = new ArrayList<>();
    for (SmallProblems.Row row : SmallProblems.all()) {
      out.add(row.problem());
    }
    for (String type : List.of("logistic-regression", "ridge-regression")) {
      out.add(Map.of("type", type, "features", 3, "hyperparameters", LINEAR));
    }
    return out;
  }

  private static Problem problem(Map<String, ?> keys) {
    return Problems.create(Settings.of("problem", keys));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("problems")
  void a_value_in_units_and_back_is_the_value(Map<String, ?> keys) {
    Problem problem = problem(keys);
    double[] x = problem.defaultUpper();
    for (int i = 0; i < x.length; i++) {
      for (double value : new double[] {x[i], -3, -0.25, 0, 0.5, 2}) {
        double[] at = x.clone();
        at[i] = value;
        double unit = problem.upperUnit(i, at);
        assertThat(problem.upperOfUnit(i, unit)).isCloseTo(value, within(1e-13));
      }
    }
  }

  @Test
  void ends_of_a_unit_are_infinite_and_beyond_them_there_is_nothing() {
    Problem log = problem(Map.of("type", "logistic-regression", "features", 2));
    assertThat(log.upperOfUnit(0, 0)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(log.upperOfUnit(0, -1)).isNaN();
    Problem cleaning =
        problem(Map.of("type", "data-cleaning", "features", 2, "classes", 2, "terms", 5));
    assertThat(cleaning.upperOfUnit(3, 0)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(cleaning.upperOfUnit(3, 1)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(cleaning.upperOfUnit(3, 1.5)).isNaN();
    assertThat(cleaning.upperOfUnit(3, 0.5)).isZero();
  }

  @Test
  void a_problem_that_tells_units_one_way_only_takes_no_value_in_them() {
    Problem inner = problem(Map.of("type", "w-shape"));
    Problem oneWay = new OneWay(inner);
    assertThat(oneWay.upperOfUnit(0, 7)).isNaN();
    assertThat(inner.upperOfUnit(0, 7)).isEqualTo(7);
  }

  /** Tells twice its upper variable. */
  private static final class OneWay extends io.thalweg.oracle.ForwardingOracle implements Problem {
    OneWay(Problem inner) {
      super(inner);
    }

    @Override
    protected boolean passesOn(Class<?> form) {
      return false;
    }

    @Override
    public double upperUnit(int i, double[] x) {
      return 2 * x[i];
    }
  }
}
