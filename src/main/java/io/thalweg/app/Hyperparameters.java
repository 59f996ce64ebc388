package io.thalweg.app;

import io.thalweg.config.JobConfig;
import io.thalweg.page.Hello;
import io.thalweg.pipeline.UpperView;
import io.thalweg.problem.Problem;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import io.thalweg.solver.Constraint;
import io.thalweg.solver.Methods;
import io.thalweg.telemetry.Point;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a page is told of the hyperparameters of a job before there is a snapshot. */
final class Hyperparameters {
  /** Far outside of every box. */
  private static final double FAR = 1e300;

  private Hyperparameters() {}

  /** Names and bounds, in the user's units, of those that are shown. */
  static List<Hello.Hyperparameter> of(JobConfig job) {
    Problem problem = job.problem();
    int dimension = Methods.upperDim(job.solverSettings(), problem);
    UpperView view = Wiring.tuning(job, problem, () -> 0).upper();
    double @Nullable [] low = corner(job, problem, -FAR);
    double @Nullable [] high = corner(job, problem, FAR);
    int shown = Math.min(view.named(dimension), Point.MOST_NAMES);
    List<Range> own =
        shown > problem.upperDim()
            ? Methods.ownUpperRanges(job.solverSettings(), problem)
            : List.of();
    List<Hello.Hyperparameter> out = new ArrayList<>();
    for (int i = 0; i < shown; i++) {
      Double from = bound(view, i, low);
      Double to = bound(view, i, high);
      int place = i - problem.upperDim();
      if (place >= 0 && place < own.size()) {
        from = finite(own.get(place).min());
        to = finite(own.get(place).max());
      }
      out.add(new Hello.Hyperparameter(view.name(i), from, to));
    }
    return out;
  }

  private static @Nullable Double finite(double end) {
    return Double.isFinite(end) ? end : null;
  }

  /** The corner of the box x is kept in, null where it is kept in something else. */
  private static double @Nullable [] corner(JobConfig job, Problem problem, double from) {
    Settings upper = job.upperSettings();
    String type =
        upper.isTree("constraint")
            ? upper.child("constraint").text("type")
            : upper.has("constraint") ? upper.text("constraint") : problem.defaultConstraint();
    if (!Set.of("none", "box").contains(type)) {
      return null;
    }
    double[] x = new double[problem.upperDim()];
    Arrays.fill(x, from);
    Constraint box = job.constraint(problem);
    box.project(x);
    return x;
  }

  private static @Nullable Double bound(UpperView view, int i, double @Nullable [] corner) {
    if (corner == null || i >= corner.length || Math.abs(corner[i]) >= FAR) {
      return null;
    }
    double unit = view.unit(i, corner);
    return Double.isFinite(unit) ? unit : null;
  }
}
