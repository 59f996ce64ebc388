package io.thalweg.solver;

import io.thalweg.settings.SettingException;
import org.jspecify.annotations.Nullable;

/**
 * A method that an operator can steer. What commands have changed is part of the state, so they are
 * as reproducible as steps; between commands every call is passed on.
 *
 * <ul>
 *   <li>Bounds cut down the set that the method projects on. An x outside is moved at once;
 *       schedules and estimators go on.
 *   <li>A coordinate that is held has its value for both bounds.
 *   <li>A factor of the step sizes is the same state under a method of other step sizes.
 *   <li>To begin anew is a new method at the point where it is, or at an earlier one: schedules at
 *       t = 0, estimators on the next batches, a generator of its own. Steps are counted on.
 * </ul>
 */
final class SteeredSolver extends ForwardingSolver {
  private static final double ROUNDING = 1e-12;

  /** Makes the method anew. */
  interface Maker {
    /** At a point, with step sizes times a factor; the generator starts at the seed. */
    Solver at(double[] x, double[] y, double factor, long seed);
  }

  private final Maker maker;
  private final SteeringState steering;
  private final SteeredConstraint constraint;
  private final @Nullable String noStepSizes;
  private final long seed;
  private Solver solver;
  private StepFigures figures;

  /** Factor of a guard, beside that of commands. */
  private double pace = 1;

  /**
   * A method at its initial point.
   *
   * @param solver the method, as the maker makes it
   * @param constraint what the maker gives its methods to project on, cut down by the steering
   * @param noStepSizes why its step sizes cannot be scaled, null when they can
   * @param seed of the first life; later ones add their number
   */
  SteeredSolver(
      Solver solver,
      Maker maker,
      SteeringState steering,
      SteeredConstraint constraint,
      @Nullable String noStepSizes,
      long seed) {
    this.solver = solver;
    this.maker = maker;
    this.steering = steering;
    this.constraint = constraint;
    this.noStepSizes = noStepSizes;
    this.seed = seed;
    figures = solver.figures();
  }

  @Override
  Solver solver() {
    return solver;
  }

  @Override
  public Verdict step(StepInput input) {
    Verdict verdict = solver.step(input);
    figures = solver.figures();
    return verdict;
  }

  /** Of the last step, though another life may have begun since. */
  @Override
  public StepFigures figures() {
    return figures;
  }

  @Override
  public long steps() {
    return steering.before + solver.steps();
  }

  @Override
  public @Nullable String steer(Command command) {
    String refused;
    if (command instanceof Command.Bounds bounds) {
      refused = bound(bounds);
    } else if (command instanceof Command.Freeze freeze) {
      refused = freeze(freeze);
    } else if (command instanceof Command.StepSize size) {
      refused = scale(size.factor());
    } else if (command instanceof Command.RollBack back) {
      refused = rollBack(back);
    } else {
      refused = null;
      restart();
    }
    if (refused == null) {
      steering.commands++;
    }
    return refused;
  }

  @Override
  public void steered(SteeredSink sink) {
    steering.tell(sink);
  }

  private @Nullable String bound(Command.Bounds wanted) {
    int i = wanted.coordinate();
    String refused = noCoordinate(i, upperDim());
    if (refused == null) {
      refused = notSeparable(constraint);
    }
    if (refused == null) {
      refused =
          steering.bounds.bound(
              i, wanted.low(), wanted.high(), constraint.least(i), constraint.most(i));
    }
    if (refused == null) {
      project();
    }
    return refused;
  }

  private @Nullable String freeze(Command.Freeze wanted) {
    int i = wanted.coordinate();
    String refused = noCoordinate(i, upperDim());
    if (refused == null) {
      refused = notSeparable(constraint);
    }
    if (refused != null) {
      return refused;
    }
    if (!wanted.frozen()) {
      steering.bounds.release(i, constraint.least(i), constraint.most(i));
      return null;
    }
    double[] x = new double[upperDim()];
    solver.upper(x);
    refused = steering.bounds.hold(i, x[i], constraint.least(i), constraint.most(i));
    if (refused == null) {
      project();
    }
    return refused;
  }

  static @Nullable String noCoordinate(int i, int p) {
    return i >= 0 && i < p
        ? null
        : "the upper variable has coordinates 0 to " + (p - 1) + ", but the command names " + i;
  }

  static @Nullable String notSeparable(Constraint constraint) {
    return constraint.separable()
        ? null
        : "the job keeps x in a set that is no box (upper.constraint, or that of the problem): its"
            + " coordinates cannot be bounded or frozen one by one";
  }

  private void project() {
    if (!(solver instanceof Movable movable)) {
      throw new IllegalStateException("a method of x and y can be projected");
    }
    movable.project();
  }

  /** Brings a point within what commands ask for. */
  void hold(double[] x) {
    constraint.hold(x);
  }

  private @Nullable String scale(double factor) {
    if (!SteeringState.isFactor(factor)) {
      return noFactor(factor);
    }
    if (noStepSizes != null) {
      return noStepSizes;
    }
    try {
      if (pace != 1) {
        make(factor, seed); // what a guard may come back to
      }
      Solver other = make(factor * pace, seed);
      other.restore(Kept.of(solver));
      solver = other;
    } catch (SettingException outOfRange) {
      return "the method cannot take its step sizes times "
          + factor
          + ": "
          + outOfRange.getMessage();
    }
    steering.factor = factor;
    return null;
  }

  static String noFactor(double factor) {
    return "the factor of the step sizes must be positive and finite, but was " + factor;
  }

  private @Nullable String rollBack(Command.RollBack back) {
    String refused = misfit("x", back.x(), upperDim());
    if (refused == null) {
      refused = misfit("y", back.y(), lowerDim());
    }
    if (refused != null) {
      return refused;
    }
    begin(inside(back.x()), back.y());
    return null;
  }

  static @Nullable String misfit(String name, double[] point, int length) {
    if (point.length != length) {
      return "the method has an "
          + name
          + " of length "
          + length
          + ", but that of the snapshot has length "
          + point.length;
    }
    for (int i = 0; i < length; i++) {
      if (!Double.isFinite(point[i])) {
        return name + " must hold finite numbers, but entry " + i + " was " + point[i];
      }
    }
    return null;
  }

  /** The nearest point of the constraint; the point itself where only rounding is between. */
  private double[] inside(double[] x) {
    double[] projected = x.clone();
    constraint.project(projected);
    boolean same = true;
    for (int i = 0; i < x.length; i++) {
      same &= Math.abs(projected[i] - x[i]) <= ROUNDING * Math.max(1, Math.abs(x[i]));
    }
    if (!same) {
      return projected;
    }
    double[] out = x.clone();
    constraint.hold(out);
    return out;
  }

  /** Begins anew at the point where it is. */
  void restart() {
    double[] x = new double[upperDim()];
    double[] y = new double[lowerDim()];
    solver.upper(x);
    solver.lower(y);
    begin(x, y);
  }

  /** Begins anew at a point within the constraint. */
  void begin(double[] x, double[] y) {
    Solver other = maker.at(x, y, steering.factor * pace, seed + steering.lives + 1);
    steering.before = steps();
    steering.lives++;
    solver = other;
  }

  /** Goes on with step sizes times a factor beside that of commands. */
  void pace(double wanted) {
    if (wanted != pace) {
      Solver other = make(steering.factor * wanted, seed);
      other.restore(Kept.of(solver));
      solver = other;
      pace = wanted;
    }
  }

  /** As {@link #pace}, where the method begins anew anyway. */
  void begin(double[] x, double[] y, double wanted) {
    pace = wanted;
    begin(x, y);
  }

  double pace() {
    return pace;
  }

  long before() {
    return steering.before;
  }

  long lives() {
    return steering.lives;
  }

  /** How the method came to where it is, from a state that says so elsewhere. */
  void lived(long before, long lives) {
    steering.before = before;
    steering.lives = lives;
  }

  /** The method with other step sizes, at the point where it is. */
  private Solver make(double factor, long from) {
    double[] x = new double[upperDim()];
    double[] y = new double[lowerDim()];
    solver.upper(x);
    solver.lower(y);
    return maker.at(x, y, factor, from);
  }

  @Override
  public void save(StateSink sink) {
    solver.save(sink);
    steering.save(sink);
  }

  @Override
  public void restore(StateSource source) {
    restore(source, 1);
  }

  /** Takes the state up again, at the factor a guard had. */
  void restore(StateSource source, double paced) {
    SteeringState read = SteeringState.read(source, upperDim());
    read.bounds.within(constraint.job());
    double factor = read.factor * paced;
    Solver other = factor == steering.factor * pace ? solver : make(factor, seed);
    other.restore(source);
    solver = other;
    pace = paced;
    steering.take(read);
  }
}
