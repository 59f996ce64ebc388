package io.thalweg.solver;

import io.thalweg.oracle.BilevelOracle;
import io.thalweg.oracle.Capability;
import io.thalweg.oracle.RowModel;
import io.thalweg.portfolio.Frozen;
import io.thalweg.portfolio.MemberTuning;
import io.thalweg.portfolio.MemberTuning.Estimator;
import io.thalweg.portfolio.Portfolio;
import io.thalweg.portfolio.PortfolioBuilder;
import io.thalweg.portfolio.WeightTuning;
import io.thalweg.robust.RobustRule;
import io.thalweg.sample.Level;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The portfolio: the user's own model beside models that tune themselves record by record, trusted
 * by how well each predicts. Defaults are those of the decision record on the portfolio; none of
 * them depends on the data.
 */
final class Auto implements Method {
  static final double REFERENCE_L2 = 1e-3;
  static final double REFERENCE_STEP = 0.1;

  /** Trust in the reference before any record, where every other member has 1. */
  private static final double PRIOR_OF_REFERENCE = 5;

  /** The reference, three fixed ones and two tuned ones. */
  private static final int MEMBERS = 6;

  private static final double SHARE = 3e-4;
  private static final double THETA_L2 = 0.003;
  private static final double LEAST_STEP = 1e-6;
  private static final double MOST_STEP = 3;

  /** By how much a waiting record shortens the steps of bold members. */
  private static final double DAMPING = 0.03;

  private static final Range SHARES = new Range(0, true, 1, true);
  private static final Range STEPS = Range.closed(LEAST_STEP, MOST_STEP);

  private static final List<Parameter> MODEL =
      List.of(
          Parameter.number("l2", Range.POSITIVE, REFERENCE_L2, "L2 weight of every feature"),
          Parameter.number("step-size", STEPS, REFERENCE_STEP, "step size per record"));

  private static final List<String> ESTIMATORS = List.of("plain", "momentum", "storm");
  private static final double MOMENTUM = 0.1;
  private static final double STORM = 0.3;

  private static final List<Parameter> OWN =
      List.of(
          Parameter.tree(
              "reference",
              MODEL,
              "the model in use today: it is kept alive, and what is published is hardly ever"
                  + " worse"),
          Parameter.tree("start", MODEL, "where tuning begins: by default at the reference"),
          Parameter.number(
              "share",
              SHARES,
              SHARE,
              "share of trust that every record puts back to the prior: how soon another member may"
                  + " take over"),
          Parameter.choice(
              "estimator",
              ESTIMATORS,
              "plain",
              "what step sizes are tuned along: the hypergradient of each record, its running mean"
                  + " (momentum; also where momentum is below 1), or its STORM estimate"),
          new Parameter(
              "momentum",
              Parameter.Kind.NUMBER,
              Range.UNIT,
              List.of(),
              null,
              false,
              "weight of the newest record in momentum (0.1 when absent) and storm (0.3)"),
          Parameter.integer(
              "label-delay",
              Range.closed(0, 100_000),
              0,
              "labels come so many records late: simulates a stream whose labels are delayed"));

  private static final List<Parameter> PARAMETERS =
      Stream.concat(OWN.stream(), RecordWeightSettings.PARAMETERS.stream()).toList();

  /** Most records that may wait. */
  private static final Range EXPIRY = Range.closed(1, 1_000_000);

  /** Entries that a sparse record is reckoned with. */
  private static final int SPARSE_ENTRIES = 128;

  /** Numbers beside features, scores and weights: number, id, roles, label and weight. */
  private static final int BESIDE = 5;

  /** Entries of an array: what is kept of the records that wait is one. */
  private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "auto",
        "Portfolio that learns record by record: the reference model, fixed ones, and ones whose step"
            + " sizes (per weight) and L2 weights are tuned by forward-mode hypergradients, mixed by"
            + " how well they predict",
        "Sutton, AAAI 1992 (IDBD); Herbster and Warmuth, Mach. Learn. 32, 1998; portfolio"
            + " reconstructed",
        Map.of("", Set.of(Capability.FIRST_ORDER)),
        PARAMETERS,
        "The default for a stream in production: as good as the model you have, better when tuning"
            + " helps.");
  }

  @Override
  public String ownEscape() {
    return "whose members' upper variables move with every record";
  }

  @Override
  public boolean joinsLabels() {
    return true;
  }

  @Override
  public boolean startsItself() {
    return true;
  }

  @Override
  public String ownUpperStep() {
    return "which moves its step sizes and L2 weights on one scale anyway";
  }

  @Override
  public int members(Settings solver) {
    return members(Aggregator.rule(solver) != null);
  }

  @Override
  public boolean steersInPlace() {
    return true;
  }

  /** Records are learned one by one: there is no batch to weigh. */
  @Override
  public boolean ownRobust() {
    return true;
  }

  @Override
  public int upperDim(Settings solver, BilevelOracle oracle) {
    RowModel model = oracle.as(RowModel.class);
    int own = model == null ? 0 : new RecordWeightSettings(solver, model).names().size();
    return Math.addExact(Math.addExact(oracle.upperDim(), oracle.lowerDim()), own);
  }

  @Override
  public List<Range> ownUpperRanges(Settings solver, BilevelOracle oracle) {
    RowModel model = oracle.as(RowModel.class);
    return model == null ? List.of() : new RecordWeightSettings(solver, model).ranges(STEPS);
  }

  @Override
  public Recipe recipe(MethodContext context) {
    throw new IllegalStateException("auto is no recipe: it builds its solver itself");
  }

  @Override
  public Solver solver(MethodContext context, double[] x1, double[] y1) {
    Settings settings = context.settings();
    RowModel model = context.oracle().as(RowModel.class);
    if (model == null) {
      throw new SettingException(
          settings.pathOf("method"),
          "auto needs a problem that can be learned record by record: logistic-regression,"
              + " softmax-regression or ridge-regression");
    }
    RecordWeightSettings own = new RecordWeightSettings(settings, model);
    PortfolioUpper upper =
        PortfolioUpper.of(model, own, context.constraint(), LEAST_STEP, MOST_STEP);
    Portfolio portfolio = portfolio(settings, model, context, upper, own);
    portfolio.start(y1);
    return new AutoSolver(portfolio, context.oracle().schema(Level.LOWER), upper, y1.length);
  }

  private static Portfolio portfolio(
      Settings settings,
      RowModel model,
      MethodContext context,
      PortfolioUpper upper,
      RecordWeightSettings own) {
    Settings reference = settings.child("reference");
    Settings start = settings.child("start");
    Keys.allow(reference, List.of("l2", "step-size"));
    Keys.allow(start, List.of("l2", "step-size"));
    double referenceL2 = reference.number("l2", REFERENCE_L2, Range.POSITIVE);
    double referenceStep = reference.number("step-size", REFERENCE_STEP, STEPS);
    double l2 = start.number("l2", referenceL2, Range.POSITIVE);
    double step = start.number("step-size", referenceStep, STEPS);
    Estimator estimator = estimator(settings);
    double beta = beta(settings, estimator);
    int delay = Keys.atLeast(settings, "label-delay", 0, 0);
    boolean sparse = context.oracle().schema(Level.LOWER).sparse();
    int expiry = expiry(settings, model, sparse, delay);
    PortfolioBuilder builder =
        new PortfolioBuilder(model, context.oracle().schema(Level.LOWER))
            .share(settings.number("share", SHARE, SHARES))
            .labelDelay(delay)
            .contamination(contamination(settings))
            .lateLabels(expiry)
            .fixed("reference", PRIOR_OF_REFERENCE, referenceStep, referenceL2)
            .fixed("fixed-0.003", 1, 0.003, referenceL2)
            .fixed("fixed-0.01", 1, 0.01, referenceL2)
            .fixed("fixed-0.03", 1, 0.03, referenceL2);
    Frozen frozen = own.frozen();
    if (frozen != null) {
      builder.frozen(frozen);
    }
    WeightTuning weights = own.tuning();
    if (weights != null) {
      builder.recordWeights(weights);
    }
    for (Bold bold :
        List.of(
            new Bold("tuned-0.001", 0.001, 0.003, 0),
            new Bold("tuned-start", step, 0.005, DAMPING))) {
      builder.tuned(
          bold.name(),
          1,
          new MemberTuning(
              bold.start(),
              bold.theta(),
              estimator,
              beta,
              bold.damping(),
              l2,
              THETA_L2,
              LEAST_STEP,
              MOST_STEP),
          upper.leastPenalties(),
          upper.mostPenalties());
    }
    return builder.build();
  }

  private static Estimator estimator(Settings settings) {
    return switch (Keys.choice(settings, "estimator", ESTIMATORS, "plain")) {
      case "storm" -> Estimator.STORM;
      case "momentum" -> Estimator.MOMENTUM;
      default ->
          settings.number("momentum", 1, Range.UNIT) < 1 ? unnamed(settings) : Estimator.PLAIN;
    };
  }

  /** Momentum that was given without an estimator. */
  private static Estimator unnamed(Settings settings) {
    if (settings.has("estimator")) {
      throw new SettingException(
          settings.pathOf("momentum"),
          "has no meaning for estimator: plain; leave one of the two out");
    }
    return Estimator.MOMENTUM;
  }

  private static double beta(Settings settings, Estimator estimator) {
    double usual =
        switch (estimator) {
          case PLAIN -> 1;
          case MOMENTUM -> MOMENTUM;
          case STORM -> STORM;
        };
    return settings.number("momentum", usual, Range.UNIT);
  }

  /** Share of bad records to expect; 0 where the job asks for nothing. */
  private static double contamination(Settings settings) {
    RobustRule rule = Aggregator.rule(settings);
    if (rule == null) {
      return 0;
    }
    Settings robust = settings.child(Aggregator.KEY);
    if (rule.variant() != RobustRule.Variant.FILTER) {
      throw new SettingException(
          robust.pathOf("aggregator"),
          "must be filter or none with auto, which takes records one by one, but was "
              + robust.text("aggregator"));
    }
    for (String key : List.of("xi", "step", "max-rounds", "tolerance")) {
      if (robust.has(key)) {
        throw new SettingException(
            robust.pathOf(key),
            "has no meaning for auto, which takes records one by one: there are no rounds over a"
                + " batch");
      }
    }
    return rule.eps();
  }

  @Override
  public long waitingBytes(Settings settings, BilevelOracle oracle) {
    RowModel model = oracle.as(RowModel.class);
    if (model == null) {
      return 0;
    }
    int delay = Keys.atLeast(settings, "label-delay", 0, 0);
    boolean sparse = oracle.schema(Level.LOWER).sparse();
    long records = Math.max(delay, expiry(settings, model, sparse, delay));
    // a sparse entry has a feature number, which a checkpoint keeps in a word of its own
    long features = sparse ? 2L * Math.min(SPARSE_ENTRIES, model.features()) : model.features();
    return Double.BYTES * records * (features + scores(settings, model) + BESIDE);
  }

  /** What a record is predicted by: scores of all members and of the mixture, and weights. */
  private static long scores(Settings settings, RowModel model) {
    boolean robust = Aggregator.rule(settings) != null;
    return members(robust) * (model.outputs() + 1L) + (robust ? 3L : 1L) * model.outputs();
  }

  private static int members(boolean robust) {
    return robust ? 2 * MEMBERS - 1 : MEMBERS;
  }

  /**
   * Records after which one is given up whose label has not come; 0 where labels come with them.
   */
  private static int expiry(Settings settings, RowModel model, boolean sparse, int delay) {
    if (!settings.has(Methods.LABELS)) {
      return 0;
    }
    Settings labels = settings.child(Methods.LABELS);
    if (delay > 0) {
      throw new SettingException(
          settings.pathOf("label-delay"),
          "simulates late labels, but samples.labels names a topic of real ones: leave one out");
    }
    Settings expire = labels.child("expire");
    Keys.allow(expire, List.of("records"));
    expire.number("records", Methods.EXPIRE_RECORDS, EXPIRY); // for its range
    int records = expire.integer("records", Methods.EXPIRE_RECORDS);
    int features = sparse ? Math.min(SPARSE_ENTRIES, model.features()) : model.features();
    long width = Math.max(features, scores(settings, model));
    if (records * width > LONGEST_ARRAY) {
      throw new SettingException(
          expire.pathOf("records"),
          "must be at most "
              + LONGEST_ARRAY / width
              + " where a record holds "
              + width
              + " numbers, but was "
              + records);
    }
    return records;
  }

  private record Bold(String name, double start, double theta, double damping) {}
}
