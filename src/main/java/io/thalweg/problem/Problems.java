package io.thalweg.problem;

import io.thalweg.oracle.LinearModel;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import io.thalweg.settings.Suggestions;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The problems a job can name, and the one place where they are built. */
public final class Problems {
  private static final List<Entry> ALL =
      List.of(
          new Entry(PolyakGame.INFO, PolyakGame::new),
          new Entry(MatrixSensing.INFO, MatrixSensing::new),
          new Entry(FewShot.INFO, FewShot::new),
          new Entry(StrictSaddle.INFO, StrictSaddle::new),
          new Entry(MinimaxSaddle.INFO, MinimaxSaddle::new),
          new Entry(WShape.INFO, WShape::new),
          new Entry(FiniteSum.INFO, FiniteSum::new),
          new Entry(OnlinePca.INFO, OnlinePca::new),
          new Entry(PhaseRetrieval.INFO, PhaseRetrieval::new),
          new Entry(BlindDeconvolution.INFO, BlindDeconvolution::new),
          new Entry(RxgfToy.INFO, RxgfToy::new),
          new Entry(Coreset.INFO, Coreset::new),
          new Entry(DataCleaning.INFO, DataCleaning::new),
          new Entry(LogisticRegression.INFO, LogisticRegression::new),
          new Entry(SoftmaxRegression.INFO, SoftmaxRegression::new),
          new Entry(RidgeRegression.INFO, RidgeRegression::new),
          new Entry(MinimaxAuc.INFO, MinimaxAuc::new),
          new Entry(GroupDro.INFO, GroupDro::new));

  /** A problem a job can name, and what builds it from the {@code problem} tree. */
  private record Entry(ProblemInfo info, Function<Settings, Problem> factory) {}

  private Problems() {}

  /**
   * All built-in problems.
   *
   * @return what a user reads about each, in a fixed order
   */
  public static List<ProblemInfo> all() {
    return ALL.stream().map(Entry::info).toList();
  }

  /**
   * One built-in problem.
   *
   * @param id name in the job file
   * @return its description, empty when there is none of that name
   */
  public static Optional<ProblemInfo> info(String id) {
    return entry(id).map(Entry::info);
  }

  private static Optional<Entry> entry(String id) {
    return ALL.stream().filter(entry -> entry.info().id().equals(id)).findFirst();
  }

  /**
   * Whether steps can be taken at the cost of the rows of a batch, given sparse rows and few
   * penalty weights.
   *
   * @param problem any problem
   * @return true for one with the form of a {@link LinearModel}
   */
  public static boolean isLinearModel(Problem problem) {
    return problem.as(LinearModel.class) != null;
  }

  /**
   * Builds a problem from the {@code problem} tree of a job.
   *
   * @param problem key {@code type} names a built-in problem, or a {@link Problem} class of the
   *     user's on the class path with a public constructor that takes {@link Settings}; the other
   *     keys are those of the problem
   * @return the problem
   * @throws SettingException when the type or a key is unknown, or a value does not fit
   */
  public static Problem create(Settings problem) {
    String type = problem.text("type");
    Optional<Entry> entry = entry(type);
    if (entry.isPresent()) {
      refuseUnknownKeys(problem, entry.get().info());
      return entry.get().factory().apply(problem);
    }
    if (type.indexOf('.') >= 0) {
      return ofClass(problem, type);
    }
    throw new SettingException(
        problem.pathOf("type"),
        "is not a known problem: \"" + type + "\"" + Suggestions.hint(type, ids()));
  }

  private static void refuseUnknownKeys(Settings problem, ProblemInfo info) {
    List<String> known = new ArrayList<>();
    known.add("type");
    for (Parameter parameter : info.parameters()) {
      known.add(parameter.key());
    }
    for (String key : problem.keys()) {
      if (!known.contains(key)) {
        throw new SettingException(
            problem.pathOf(key), "is not a key of " + info.id() + Suggestions.hint(key, known));
      }
    }
  }

  private static List<String> ids() {
    return all().stream().map(ProblemInfo::id).toList();
  }

  private static Problem ofClass(Settings problem, String name) {
    String key = problem.pathOf("type");
    try {
      Class<?> found = Class.forName(name, true, Thread.currentThread().getContextClassLoader());
      if (!Problem.class.isAssignableFrom(found)) {
        throw new SettingException(
            key, "must name a class that implements " + Problem.class.getName() + ": " + name);
      }
      return (Problem) found.getConstructor(Settings.class).newInstance(problem);
    } catch (ClassNotFoundException e) {
      throw new SettingException(key, "names a class that is not on the class path: " + name);
    } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
      throw new SettingException(
          key, "must name a concrete class with a public constructor (Settings): " + name);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof SettingException complaint) {
        throw complaint;
      }
      throw new SettingException(key, "could not be built: " + name + ": " + e.getCause());
    }
  }
}
