package io.thalweg.solver;

import io.thalweg.oracle.BilevelOracle;
import io.thalweg.oracle.Capability;
import io.thalweg.oracle.RowModel;
import io.thalweg.portfolio.MemberTuning;
import io.thalweg.portfolio.Portfolio;
import io.thalweg.sample.Level;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

  private static final List<Parameter> PARAMETERS =
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
          Parameter.number(
              "momentum",
              Range.UNIT,
              1,
              "weight of the newest record in the running mean of the hypergradient; 1 takes it"
                  + " plain"),
          Parameter.integer(
              "label-delay",
              Range.closed(0, 100_000),
              0,
              "labels come so many records late: simulates a stream whose labels are delayed"));

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
  public int members() {
    return MEMBERS;
  }

  @Override
  public int upperDim(BilevelOracle oracle) {
    return Math.addExact(oracle.upperDim(), oracle.lowerDim());
  }

  @Override
  public Recipe recipe(MethodContext context) {
    throw new SettingException(
        context.settings().pathOf("method"),
        "auto learns record by record and takes no aggregator; leave robust out or choose another"
            + " method");
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
    PortfolioUpper upper = PortfolioUpper.of(model, context.constraint());
    Portfolio portfolio = portfolio(settings, model, context, upper);
    portfolio.start(y1);
    return new AutoSolver(portfolio, context.oracle().schema(Level.LOWER), upper, y1.length);
  }

  private static Portfolio portfolio(
      Settings settings, RowModel model, MethodContext context, PortfolioUpper upper) {
    Settings reference = settings.child("reference");
    Settings start = settings.child("start");
    Keys.allow(reference, List.of("l2", "step-size"));
    Keys.allow(start, List.of("l2", "step-size"));
    double referenceL2 = reference.number("l2", REFERENCE_L2, Range.POSITIVE);
    double referenceStep = reference.number("step-size", REFERENCE_STEP, STEPS);
    double l2 = start.number("l2", referenceL2, Range.POSITIVE);
    double step = start.number("step-size", referenceStep, STEPS);
    double beta = settings.number("momentum", 1, Range.UNIT);
    int delay = Keys.atLeast(settings, "label-delay", 0, 0);
    int expiry = expiry(settings, model, delay);
    Portfolio.Builder builder =
        new Portfolio.Builder(model, context.oracle().schema(Level.LOWER))
            .share(settings.number("share", SHARE, SHARES))
            .labelDelay(delay)
            .lateLabels(expiry)
            .fixed("reference", PRIOR_OF_REFERENCE, referenceStep, referenceL2)
            .fixed("fixed-0.003", 1, 0.003, referenceL2)
            .fixed("fixed-0.01", 1, 0.01, referenceL2)
            .fixed("fixed-0.03", 1, 0.03, referenceL2);
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

  @Override
  public long waitingBytes(Settings settings, BilevelOracle oracle) {
    RowModel model = oracle.as(RowModel.class);
    if (model == null) {
      return 0;
    }
    int delay = Keys.atLeast(settings, "label-delay", 0, 0);
    long records = Math.max(delay, expiry(settings, model, delay));
    // a sparse entry has a feature number, which a checkpoint keeps in a word of its own
    long features =
        oracle.schema(Level.LOWER).sparse()
            ? 2L * Math.min(SPARSE_ENTRIES, model.features())
            : model.features();
    return Double.BYTES * records * (features + scores(model) + BESIDE);
  }

  /** What a record is predicted by: scores of all members and of the mixture, and weights. */
  private static long scores(RowModel model) {
    return MEMBERS * (model.outputs() + 1L) + model.outputs();
  }

  /**
   * Records after which one is given up whose label has not come; 0 where labels come with them.
   */
  private static int expiry(Settings settings, RowModel model, int delay) {
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
    long width = Math.max(model.features(), scores(model));
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
