package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.Projections;
import io.thalweg.settings.Range;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.Arrays;
import java.util.List;

/** The sets a job can put on the upper variable. */
public final class Constraints {
  private static final List<String> TYPES = List.of("none", "box", "ball", "simplex", "sphere");

  private Constraints() {}

  /**
   * Reads {@code constraint} of the {@code upper} settings as the four-argument form does, with
   * {@code none} where there is none.
   *
   * @param upper the {@code upper} settings
   * @param p length of the upper variable
   * @param problemBounds box of the problem itself as {lower ends, upper ends}
   * @return the set
   * @throws SettingException for a set that cannot be
   */
  public static Constraint of(Settings upper, int p, double[][] problemBounds) {
    return of(upper, p, problemBounds, "none");
  }

  /**
   * Reads {@code constraint} of the {@code upper} settings: {@code none}, {@code {type: box, lower,
   * upper}}, {@code {type: ball, radius, center}}, {@code {type: simplex}} or {@code {type: sphere,
   * radius}}, the sphere being {|x| = radius}, 1 unless given; numbers or lists of length p.
   *
   * @param upper the {@code upper} settings
   * @param p length of the upper variable
   * @param problemBounds box of the problem itself as {lower ends, upper ends}; a box of the job is
   *     intersected with it
   * @param otherwise the type where the settings name none
   * @return the set
   * @throws SettingException for an unknown type, an empty box, or a ball, simplex or sphere on top
   *     of bounds of the problem
   */
  public static Constraint of(Settings upper, int p, double[][] problemBounds, String otherwise) {
    double[] low = problemBounds[0].clone();
    double[] high = problemBounds[1].clone();
    if (low.length != p || high.length != p) {
      throw new IllegalArgumentException(
          "the bounds of the problem must have length "
              + p
              + ", but had "
              + low.length
              + " and "
              + high.length);
    }
    String type = otherwise;
    Settings tree = upper;
    String typePath = upper.pathOf("constraint");
    if (upper.isTree("constraint")) {
      tree = upper.child("constraint");
      type = tree.text("type");
      typePath = tree.pathOf("type");
      Keys.allow(tree, List.of("type", "lower", "upper", "radius", "center"));
    } else if (upper.has("constraint")) {
      type = upper.text("constraint");
    }
    boolean free = allInfinite(low) && allInfinite(high);
    return switch (type) {
      case "none" -> free ? Constraint.NONE : box(low, high, typePath);
      case "box" ->
          box(
              larger(low, numbers(tree, "lower", p, Double.NEGATIVE_INFINITY)),
              smaller(high, numbers(tree, "upper", p, Double.POSITIVE_INFINITY)),
              typePath);
      case "ball", "simplex", "sphere" -> {
        if (!free) {
          throw new SettingException(
              typePath,
              "must be none or box because the problem has bounds of its own, but was " + type);
        }
        yield switch (type) {
          case "ball" -> new Ball(numbers(tree, "center", p, 0), radius(tree));
          case "sphere" -> new Sphere(tree.number("radius", 1, Range.POSITIVE));
          default -> new Simplex(p);
        };
      }
      default -> throw new SettingException(typePath, Keys.unknown(type, TYPES));
    };
  }

  private static double radius(Settings tree) {
    if (!tree.has("radius")) {
      throw new SettingException(tree.pathOf("radius"), "is required for a ball");
    }
    return tree.number("radius", 1, Range.POSITIVE);
  }

  private static Constraint box(double[] low, double[] high, String path) {
    for (int i = 0; i < low.length; i++) {
      if (!(low[i] <= high[i])) {
        throw new SettingException(
            path,
            "must leave room, but coordinate "
                + i
                + " would have to lie in ["
                + low[i]
                + ", "
                + high[i]
                + "]");
      }
    }
    return allInfinite(low) && allInfinite(high) ? Constraint.NONE : new Box(low, high);
  }

  private static double[] numbers(Settings tree, String key, int p, double otherwise) {
    double[] out = new double[p];
    if (tree.raw(key) instanceof List<?>) {
      double[] given = tree.numbers(key);
      if (given.length != p) {
        throw new SettingException(
            tree.pathOf(key), "must have length " + p + ", but had " + given.length);
      }
      return given;
    }
    Arrays.fill(out, tree.number(key, otherwise));
    return out;
  }

  private static double[] larger(double[] a, double[] b) {
    for (int i = 0; i < a.length; i++) {
      a[i] = Math.max(a[i], b[i]);
    }
    return a;
  }

  private static double[] smaller(double[] a, double[] b) {
    for (int i = 0; i < a.length; i++) {
      a[i] = Math.min(a[i], b[i]);
    }
    return a;
  }

  private static boolean allInfinite(double[] ends) {
    for (double end : ends) {
      if (!Double.isInfinite(end)) {
        return false;
      }
    }
    return true;
  }

  private static final class Box implements Constraint {
    private final double[] low;
    private final double[] high;

    Box(double[] low, double[] high) {
      this.low = low;
      this.high = high;
    }

    @Override
    public boolean project(double[] x) {
      return Projections.box(x, low, high);
    }

    @Override
    public boolean separable() {
      return true;
    }

    @Override
    public double least(int i) {
      return low[i];
    }

    @Override
    public double most(int i) {
      return high[i];
    }
  }

  private static final class Ball implements Constraint {
    private final double[] center;
    private final double radius;

    Ball(double[] center, double radius) {
      this.center = center;
      this.radius = radius;
    }

    @Override
    public boolean project(double[] x) {
      double square = 0;
      for (int i = 0; i < x.length; i++) {
        double away = x[i] - center[i];
        square += away * away;
      }
      double distance = Math.sqrt(square);
      if (!(distance > radius)) {
        return false;
      }
      double shrink = radius / distance;
      for (int i = 0; i < x.length; i++) {
        x[i] = center[i] + shrink * (x[i] - center[i]);
      }
      return true;
    }
  }

  /** The nearest point of the origin is not one: it becomes NaN, and the step is refused. */
  private static final class Sphere implements Constraint {
    private static final double ROUNDING = 1e-12;

    private final double radius;

    Sphere(double radius) {
      this.radius = radius;
    }

    @Override
    public boolean project(double[] x) {
      double norm = Kernels.norm2(x);
      for (int i = 0; i < x.length; i++) {
        x[i] = radius * (x[i] / norm);
      }
      return !(Math.abs(norm - radius) <= ROUNDING * radius);
    }

    @Override
    public boolean convex() {
      return false;
    }
  }

  private static final class Simplex implements Constraint {
    private static final double ROUNDING = 1e-12;

    private final double[] before;
    private final double[] sorted;

    Simplex(int p) {
      before = new double[p];
      sorted = new double[p];
    }

    @Override
    public boolean project(double[] x) {
      Kernels.copy(x, before);
      Projections.simplex(x, sorted);
      for (int i = 0; i < x.length; i++) {
        if (Math.abs(x[i] - before[i]) > ROUNDING) {
          return true;
        }
      }
      return false;
    }
  }
}
