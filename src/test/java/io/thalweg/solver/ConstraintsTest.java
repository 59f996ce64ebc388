package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConstraintsTest {
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final double[][] FREE = {{-INF, -INF}, {INF, INF}};
  private static final double[][] BOUNDED = {{-1, -INF}, {INF, 2}};

  private static Constraint of(Object constraint, double[][] bounds) {
    return Constraints.of(Settings.of("upper", Map.of("constraint", constraint)), 2, bounds);
  }

  static List<Arguments> projections() {
    return List.of(
        Arguments.of("none", FREE, new double[] {5, -5}, new double[] {5, -5}),
        Arguments.of("none", BOUNDED, new double[] {-5, 5}, new double[] {-1, 2}),
        Arguments.of(
            Map.of("type", "box", "lower", -2, "upper", List.of(0, 1)),
            FREE,
            new double[] {5, -5},
            new double[] {0, -2}),
        Arguments.of(
            Map.of("type", "box", "lower", -2, "upper", 3),
            BOUNDED,
            new double[] {-5, 5},
            new double[] {-1, 2}),
        Arguments.of(
            Map.of("type", "box", "upper", 3), FREE, new double[] {-9, 5}, new double[] {-9, 3}),
        Arguments.of(
            Map.of("type", "ball", "radius", 5), FREE, new double[] {6, 8}, new double[] {3, 4}),
        Arguments.of(
            Map.of("type", "ball", "radius", 5, "center", List.of(1, 0)),
            FREE,
            new double[] {7, 8},
            new double[] {4, 4}),
        Arguments.of("simplex", FREE, new double[] {3, 0.5}, new double[] {1, 0}),
        Arguments.of(
            Map.of("type", "simplex"), FREE, new double[] {0.5, 0.1}, new double[] {0.7, 0.3}),
        Arguments.of("sphere", FREE, new double[] {3, -4}, new double[] {0.6, -0.8}),
        Arguments.of("sphere", FREE, new double[] {0.03, 0.04}, new double[] {0.6, 0.8}),
        Arguments.of("sphere", FREE, new double[] {0, 1}, new double[] {0, 1}),
        Arguments.of(
            Map.of("type", "sphere", "radius", 10),
            FREE,
            new double[] {0.3, 0.4},
            new double[] {6, 8}));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("projections")
  void a_point_goes_to_the_nearest_one_inside_and_stays_there(
      Object constraint, double[][] bounds, double[] point, double[] nearest) {
    Constraint set = of(constraint, bounds);
    double[] x = point.clone();
    boolean outside = set.project(x);
    assertThat(x).containsExactly(nearest, within(1e-12));
    assertThat(outside).isEqualTo(!java.util.Arrays.equals(point, nearest));
    assertThat(set.project(x)).isFalse();
    assertThat(x).containsExactly(nearest, within(1e-12));
  }

  @Test
  void without_anything_to_respect_there_is_no_constraint() {
    assertThat(Constraints.of(Settings.of("upper", Map.of()), 2, FREE).bounded()).isFalse();
    assertThat(of("none", FREE).bounded()).isFalse();
    assertThat(of("none", BOUNDED).bounded()).isTrue();
  }

  static List<Arguments> complaints() {
    return List.of(
        Arguments.of(
            Map.of("type", "bal"),
            FREE,
            "upper.constraint.type must be one of none, box, ball, simplex, sphere, but was \"bal\"; did"
                + " you mean \"ball\"?"),
        Arguments.of(
            "cube",
            FREE,
            "upper.constraint must be one of none, box, ball, simplex, sphere, but was \"cube\""),
        Arguments.of(
            Map.of("type", "ball"), FREE, "upper.constraint.radius is required for a ball"),
        Arguments.of(
            Map.of("type", "ball", "radius", 1),
            BOUNDED,
            "upper.constraint.type must be none or box because the problem has bounds of its own,"
                + " but was ball"),
        Arguments.of(
            Map.of("type", "box", "upper", -3),
            BOUNDED,
            "upper.constraint.type must leave room, but coordinate 0 would have to lie in [-1.0,"
                + " -3.0]"),
        Arguments.of(
            Map.of("type", "box", "lower", List.of(1, 2, 3)),
            FREE,
            "upper.constraint.lower must have length 2, but had 3"),
        Arguments.of(
            Map.of("type", "box", "uper", 3),
            FREE,
            "upper.constraint.uper is not known here; did you mean \"upper\"?"));
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource("complaints")
  void a_wrong_setting_is_named_with_what_was_expected(
      Object constraint, double[][] bounds, String message) {
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(() -> of(constraint, bounds))
        .withMessage(message);
  }
}
