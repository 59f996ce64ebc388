package io.thalweg.solver;

import io.thalweg.oracle.BilevelOracle;
import io.thalweg.oracle.Capability;
import io.thalweg.oracle.Completion;
import io.thalweg.oracle.Predictor;
import io.thalweg.robust.RobustRule;
import io.thalweg.sample.Level;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The catalogue of methods: the only way to a {@link Solver}. */
public final class Methods {
  private static final List<Method> ALL =
      List.of(
          new Auto(),
          new Mgbio(),
          new Msgbio(),
          new VrMsgbio(),
          new PerturbedAid(),
          new StocBioIneon(),
          new PerturbedGdmax(),
          new FdeHbo(),
          new Soba(),
          new ImplicitSoba(),
          new Saba(),
          new StocBio(),
          new Ttsa(),
          new Mrbo(),
          new Sustain(),
          new Vrbo(),
          new F2sa(),
          new Bome(),
          new Vpbgd(),
          new Vpbsgd(),
          new Galet(),
          new Bvfsm(),
          new Bvfim(),
          new BgsOpt(),
          new RxgfQp1(),
          new RxgfQp2(),
          new Sgf(),
          new SequentialQcqp(),
          new Msgd(),
          new GeometricStepDecay());

  /** Most distinct penalty weights for which steps on sparse rows cost what the rows cost. */
  public static final int MOST_LAZY_GROUPS = 64;

  private static final double DEFAULT_DIFFERENCE_RADIUS = 1e-5;

  /** Key of the radius of central differences, for problems without second derivatives. */
  public static final Parameter DIFFERENCE_RADIUS =
      Parameter.number(
          "difference-radius",
          Range.POSITIVE,
          DEFAULT_DIFFERENCE_RADIUS,
          "products by central differences, where the problem offers none: radius, divided by"
              + " max(1, |v|); 1e-3 for data in single precision");

  /** The part of a job that weighs the records of a batch, whichever the method. */
  public static final Parameter ROBUST = Aggregator.PARAMETER;

  /** The part of a job that watches for drift, whichever the method. */
  public static final Parameter DRIFT = Watch.DRIFT;

  /** The part of a job that guards a method against itself. */
  public static final Parameter GUARD = Watch.GUARD;

  /** The key within the solver settings that {@link #DRIFT} and {@link #GUARD} lie in. */
  public static final String WATCH = Watch.KEY;

  /** The key that a job's {@code samples.labels} is handed to a method under. */
  public static final String LABELS = "labels";

  /** Records after which one is given up whose label has not come, unless the job says. */
  public static final int EXPIRE_RECORDS = 100_000;

  private static final double ROUNDING = 1e-12;

  private Methods() {}

  /**
   * Every method.
   *
   * @return what a user reads about each, in a fixed order
   */
  public static List<MethodInfo> all() {
    List<MethodInfo> out = new ArrayList<>();
    for (Method method : ALL) {
      out.add(described(method));
    }
    return List.copyOf(out);
  }

  /**
   * One method.
   *
   * @param id its name in the job file
   * @return what a user reads about it
   * @throws SettingException for a name that does not exist
   */
  public static MethodInfo info(String id) {
    return described(find(id, "solver.method"));
  }

  /**
   * The levels a method takes samples of.
   *
   * @param id its name in the job file
   * @return both, or the upper one alone
   * @throws SettingException for a name that does not exist
   */
  public static Set<Level> reads(String id) {
    return find(id, "solver.method").reads();
  }

  /**
   * Whether a method's settings say where its upper variable begins.
   *
   * @param id its name in the job file
   * @return true where an initial upper variable has no meaning
   * @throws SettingException for a name that does not exist
   */
  public static boolean startsItself(String id) {
    return find(id, "solver.method").startsItself();
  }

  /**
   * Length of the upper variable of a method on a problem.
   *
   * @param solver the {@code solver} settings
   * @param oracle the problem
   * @return p, and what the method adds of its own
   * @throws SettingException for a name that does not exist
   */
  public static int upperDim(Settings solver, BilevelOracle oracle) {
    return find(solver).upperDim(solver, oracle);
  }

  /**
   * The ranges of the upper coordinates that a method adds of its own.
   *
   * @param solver the {@code solver} settings
   * @param oracle the problem
   * @return in the user's units and in their order; {@link Range#ANY} where there are no bounds
   * @throws SettingException for a name that does not exist
   */
  public static List<Range> ownUpperRanges(Settings solver, BilevelOracle oracle) {
    return find(solver).ownUpperRanges(solver, oracle);
  }

  /**
   * Whether a method can wait for labels that come apart from their records.
   *
   * @param id its name in the job file
   * @return false where every sample must hold its label
   * @throws SettingException for a name that does not exist
   */
  public static boolean joinsLabels(String id) {
    return find(id, "solver.method").joinsLabels();
  }

  /**
   * Whether a command changes a method's solver at work.
   *
   * @param id its name in the job file
   * @return false where a command may make the method anew, from a copy of its state, while the old
   *     one is still there
   * @throws SettingException for a name that does not exist
   */
  public static boolean steersInPlace(String id) {
    return find(id, "solver.method").steersInPlace();
  }

  /**
   * Whether a method judges records as they come, before they are prepared for it.
   *
   * @param id its name in the job file
   * @return false also for a name that does not exist
   */
  public static boolean judgesRecords(String id) {
    return ALL.stream().anyMatch(method -> method.info().id().equals(id) && method.ownRobust());
  }

  /**
   * How many members a method publishes beside the model made of them.
   *
   * @param solver the {@code solver} settings
   * @return what {@link Solver#members} hands out at the most; 0 for a method that trains one model
   * @throws SettingException for a name that does not exist
   */
  public static int members(Settings solver) {
    return find(solver).members(solver);
  }

  /**
   * Why a method does not have a key that most others have.
   *
   * @param id its name in the job file
   * @param key {@code escape}, {@code upper-step} or any other
   * @return what is wrong with the key, or null when there is nothing to say about it
   */
  public static @Nullable String refusal(String id, String key) {
    for (Method method : ALL) {
      String why =
          switch (key) {
            case Escape.KEY -> method.ownEscape();
            case UpperStep.KEY -> method.ownUpperStep();
            default -> "";
          };
      if (method.info().id().equals(id) && !why.isEmpty()) {
        return "has no meaning for " + id + ", " + why;
      }
    }
    return null;
  }

  /** What a user reads about a method, with the keys that do not depend on it. */
  private static MethodInfo described(Method method) {
    MethodInfo info = method.info();
    List<Parameter> parameters = new ArrayList<>(info.parameters());
    if (method.ownEscape().isEmpty()) {
      parameters.add(Escape.PARAMETER);
    }
    if (method.ownUpperStep().isEmpty()) {
      parameters.add(UpperStep.PARAMETER);
    }
    if (info.needs().values().stream().anyMatch(Methods::asksForSecondOrder)) {
      parameters.add(DIFFERENCE_RADIUS);
    }
    return new MethodInfo(
        info.id(),
        info.summary(),
        info.paper(),
        info.needs(),
        List.copyOf(parameters),
        info.whenToUse());
  }

  private static boolean asksForSecondOrder(Set<Capability> needed) {
    return needed.contains(Capability.PRODUCTS) || needed.contains(Capability.DENSE);
  }

  /**
   * A method at its initial point, before step 1.
   *
   * @param solver the {@code solver} settings: {@code method} and its keys
   * @param oracle the problem
   * @param x1 initial upper variable, length p, copied
   * @param y1 initial lower variable, length q, copied
   * @param constraint set of the upper variable; it must hold x1
   * @param seed start of the generator, for methods that draw
   * @return the solver
   * @throws SettingException for a setting out of range, an option the oracle does not support, a
   *     problem of other levels than the method is for, or an initial point of the wrong length,
   *     not finite or outside the constraint
   */
  public static Solver create(
      Settings solver,
      BilevelOracle oracle,
      double[] x1,
      double[] y1,
      Constraint constraint,
      long seed) {
    Method method = find(solver);
    if (!method.ownEscape().isEmpty()) {
      Escape.refuse(solver, method.info().id(), method.ownEscape());
    }
    if (!method.ownUpperStep().isEmpty()) {
      UpperStep.refuse(solver, method.info().id(), method.ownUpperStep());
    }
    checkKind(method, solver, oracle);
    checkPoint("upper.init", x1, oracle.upperDim());
    checkPoint("lower.init", y1, oracle.lowerDim());
    if (!method.startsItself()) {
      checkInside(x1, constraint);
    }
    Watch watch = Watch.of(solver, method);
    MethodInfo info = method.info();
    if (watch != null) {
      watch.check(
          solver, info, method.startsItself(), (long) oracle.upperDim() + oracle.lowerDim());
    }
    SteeringState steering = new SteeringState();
    SteeredConstraint steered = new SteeredConstraint(constraint, steering.bounds);
    SteeredSolver.Maker maker =
        (x, y, factor, from) ->
            unwatched(method, paced(solver, info, factor), oracle, x, y, steered, from);
    Solver first = maker.at(x1, y1, 1, seed);
    if (first instanceof Restartable) { // sees to commands by itself
      return watch == null ? first : new WatchedSolver(watch, first, oracle);
    }
    SteeredSolver out =
        new SteeredSolver(first, maker, steering, steered, noStepSizes(solver, info), seed);
    return watch == null ? out : new WatchedSolver(watch, out, oracle);
  }

  private static @Nullable String noStepSizes(Settings solver, MethodInfo info) {
    return StepSizes.scaled(solver, info, 1) != null
        ? null
        : info.id()
            + " takes its step sizes from the problem: they can be scaled where the job gives"
            + " solver."
            + String.join(" or solver.", StepSizes.of(info.id()));
  }

  private static Settings paced(Settings solver, MethodInfo info, double scale) {
    Settings scaled = scale == 1 ? solver : StepSizes.scaled(solver, info, scale);
    return scaled == null ? solver : scaled;
  }

  private static Solver unwatched(
      Method method,
      Settings solver,
      BilevelOracle oracle,
      double[] x1,
      double[] y1,
      Constraint constraint,
      long seed) {
    RobustRule rule = method.ownRobust() ? null : Aggregator.rule(solver);
    BilevelOracle complete = complete(method, solver, oracle);
    RobustOracle robust = rule == null ? null : new RobustOracle(complete, rule);
    StateLayout layout = new StateLayout(oracle.upperDim(), oracle.lowerDim());
    MethodContext context =
        new MethodContext(
            solver,
            robust == null ? complete : robust,
            oracle.as(Predictor.class),
            constraint,
            seed,
            layout);
    if (robust == null) {
      return method.solver(context, x1, y1);
    }
    // other forms of a step read the rows themselves, and know of no weights
    Recipe recipe = new RobustRecipe(Escape.of(method.recipe(context), context), robust, layout);
    return new SteppingSolver(context, recipe, x1, y1);
  }

  /**
   * Whether a solver's settings ask for an aggregator that sends what it removes to the dead
   * letters.
   *
   * @param solver the {@code solver} settings
   * @return false without one
   */
  public static boolean namesRemoved(Settings solver) {
    return Aggregator.rule(solver) != null
        && solver.child(Aggregator.KEY).flag("dead-letters", false);
  }

  /**
   * Whether the records of batches are weighed before a method sees them.
   *
   * @param solver the {@code solver} settings
   * @return true with an aggregator in front of the method
   */
  public static boolean aggregates(Settings solver) {
    return Aggregator.rule(solver) != null && !find(solver).ownRobust();
  }

  /**
   * Refuses batch sizes that an aggregator can do nothing with.
   *
   * @param solver the {@code solver} settings
   * @param oracle the problem
   * @param lower records of a lower batch
   * @param upper records of an upper batch
   * @throws SettingException when a batch has fewer than 2 / contamination records, or their
   *     gradients need too much room
   */
  public static void checkBatches(Settings solver, BilevelOracle oracle, int lower, int upper) {
    if (!aggregates(solver)) {
      return;
    }
    long q = oracle.lowerDim();
    int joins = joins(solver);
    Aggregator.checkBatch(solver, "batch.lower", lower, joins, q);
    Aggregator.checkBatch(solver, "batch.upper", upper, joins, oracle.upperDim() + q);
  }

  /**
   * Memory that an aggregator takes once it has seen batches, beyond what {@link #create} does.
   *
   * @param solver the {@code solver} settings
   * @param oracle the problem
   * @param lower records of a lower batch
   * @param upper records of an upper batch
   * @return bytes, 0 without an aggregator
   */
  public static long aggregatorBytes(Settings solver, BilevelOracle oracle, int lower, int upper) {
    if (!aggregates(solver)) {
      return 0;
    }
    boolean dense = find(solver).needs(solver).contains(Capability.DENSE);
    long joins = joins(solver);
    return Double.BYTES
        * RobustOracle.entries(
            oracle.upperDim(), oracle.lowerDim(), joins * lower, joins * upper, dense);
  }

  /**
   * What a checkpoint holds of records that wait for their label, and memory as much again.
   *
   * @param solver the {@code solver} settings
   * @param oracle the problem
   * @return bytes at the most; 0 for a method that does not wait
   */
  public static long waitingBytes(Settings solver, BilevelOracle oracle) {
    return find(solver).waitingBytes(solver, oracle);
  }

  private static int joins(Settings solver) {
    return find(solver).joins(solver);
  }

  private static BilevelOracle complete(Method method, Settings solver, BilevelOracle oracle) {
    Set<Capability> needed = method.needs(solver);
    BilevelOracle complete =
        Completion.of(
            oracle,
            needed,
            solver.number("difference-radius", DEFAULT_DIFFERENCE_RADIUS, Range.POSITIVE));
    if (method.info().needs().size() == 1 && !complete.capabilities().containsAll(needed)) {
      throw new SettingException(
          solver.pathOf("method"),
          "needs "
              + sorted(needed)
              + " of the problem, but "
              + method.info().id()
              + " was chosen for one that offers "
              + sorted(oracle.capabilities()));
    }
    return complete;
  }

  private static Method find(Settings solver) {
    return find(solver.text("method"), solver.pathOf("method"));
  }

  private static Method find(String id, String path) {
    List<String> ids = new ArrayList<>();
    for (Method method : ALL) {
      if (method.info().id().equals(id)) {
        return method;
      }
      ids.add(method.info().id());
    }
    throw new SettingException(path, Keys.unknown(id, ids));
  }

  /**
   * A method of two levels needs a lower variable; one that knows none would leave it behind. One
   * that takes g for -f would follow the wrong gradient where it is not.
   */
  private static void checkKind(Method method, Settings solver, BilevelOracle oracle) {
    if (fits(method, oracle)) {
      return;
    }
    List<String> fitting = new ArrayList<>();
    for (Method other : ALL) {
      if (fits(other, oracle)) {
        fitting.add(other.info().id());
      }
    }
    throw new SettingException(
        solver.pathOf("method"),
        "must be one of "
            + String.join(", ", fitting)
            + " because the problem "
            + mismatch(method, oracle)
            + ", but was "
            + method.info().id());
  }

  private static boolean fitsLevels(Method method, BilevelOracle oracle) {
    return method.reads().contains(Level.LOWER) == oracle.lowerDim() > 0;
  }

  private static boolean fits(Method method, BilevelOracle oracle) {
    return fitsLevels(method, oracle) && (oracle.isMinimax() || !method.minimaxOnly());
  }

  private static String mismatch(Method method, BilevelOracle oracle) {
    if (fitsLevels(method, oracle)) {
      return "is not min over x of max over y (g = -f)";
    }
    return oracle.lowerDim() > 0 ? "has a lower level" : "has no lower level";
  }

  private static void checkPoint(String path, double[] point, int length) {
    if (point.length != length) {
      throw new SettingException(path, "must have length " + length + ", but had " + point.length);
    }
    for (int i = 0; i < length; i++) {
      if (!Double.isFinite(point[i])) {
        throw new SettingException(
            path, "must hold finite numbers, but entry " + i + " was " + point[i]);
      }
    }
  }

  private static void checkInside(double[] x1, Constraint constraint) {
    double[] projected = x1.clone();
    constraint.project(projected);
    for (int i = 0; i < x1.length; i++) {
      if (!(Math.abs(projected[i] - x1[i]) <= ROUNDING * Math.max(1, Math.abs(x1[i])))) {
        throw new SettingException(
            "upper.init",
            "must lie within upper.constraint and the problem's bounds, but entry "
                + i
                + " was "
                + x1[i]
                + " and the nearest point has "
                + projected[i]);
      }
    }
  }

  /** Capabilities in a fixed order, for messages. */
  static Set<Capability> sorted(Set<Capability> set) {
    return set.isEmpty() ? set : EnumSet.copyOf(set);
  }
}
