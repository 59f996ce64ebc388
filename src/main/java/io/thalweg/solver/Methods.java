package io.thalweg.solver;

import io.thalweg.oracle.BilevelOracle;
import io.thalweg.oracle.Capability;
import io.thalweg.oracle.Completion;
import io.thalweg.oracle.Predictor;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The catalogue of methods: the only way to a {@link Solver}. */
public final class Methods {
  private static final List<Method> ALL =
      List.of(
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
          new RxgfQp1(),
          new RxgfQp2(),
          new Sgf(),
          new SequentialQcqp());

  /** Most distinct penalty weights for which steps on sparse rows cost what the rows cost. */
  public static final int MOST_LAZY_GROUPS = 64;

  /** Key of the radius of central differences, for problems without second derivatives. */
  public static final Parameter DIFFERENCE_RADIUS =
      Parameter.number(
          "difference-radius",
          Range.POSITIVE,
          1e-5,
          "products by central differences, where the problem offers none: radius, divided by"
              + " max(1, |v|); 1e-3 for data in single precision");

  private static final double ROUNDING = 1e-12;
  private static final double DEFAULT_DIFFERENCE_RADIUS = 1e-5;

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

  /** What a user reads about a method, with the keys that do not depend on it. */
  private static MethodInfo described(Method method) {
    MethodInfo info = method.info();
    List<Parameter> parameters = new ArrayList<>(info.parameters());
    if (method.escapes()) {
      parameters.add(Escape.PARAMETER);
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
   * @throws SettingException for a setting out of range, an option the oracle does not support, or
   *     an initial point of the wrong length, not finite or outside the constraint
   */
  public static Solver create(
      Settings solver,
      BilevelOracle oracle,
      double[] x1,
      double[] y1,
      Constraint constraint,
      long seed) {
    Method method = find(solver.text("method"), solver.pathOf("method"));
    if (!method.escapes()) {
      Escape.refuse(solver, method.info().id());
    }
    checkPoint("upper.init", x1, oracle.upperDim());
    checkPoint("lower.init", y1, oracle.lowerDim());
    checkInside(x1, constraint);
    StateLayout layout = new StateLayout(oracle.upperDim(), oracle.lowerDim());
    return method.solver(
        new MethodContext(
            solver,
            complete(method, solver, oracle),
            oracle instanceof Predictor predictor ? predictor : null,
            constraint,
            seed,
            layout),
        x1,
        y1);
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
      if (Math.abs(projected[i] - x1[i]) > ROUNDING * Math.max(1, Math.abs(x1[i]))) {
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
