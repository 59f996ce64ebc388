package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.portfolio.LabelJoin;
import io.thalweg.portfolio.Portfolio;
import io.thalweg.portfolio.PredictionListener;
import io.thalweg.portfolio.StateVisitor;
import io.thalweg.portfolio.Waiting;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import org.jspecify.annotations.Nullable;

/**
 * A portfolio at work. The batches of a step are units of transport: records are taken one by one,
 * in their order. Where one batch serves both levels, each of its records is judged and then
 * learned; else the records of the upper batch are judged first, then those of the lower one are
 * learned. Where labels come apart from their records, both are rows of that one batch.
 */
final class AutoSolver implements Solver, Restartable {
  private static final String STEPS = "t";

  private final Portfolio portfolio;
  private final PortfolioUpper upper;
  private final SampleSchema schema;
  private final int q;
  private final StepFigures figures = new StepFigures();
  private final double[] hypergradient;
  private final PredictionListener heard = new Heard();
  private final RowJudge judge = new Judge();
  private final SteeringState steering = new SteeringState();
  private final Constraint box;
  private long t;

  /** Rows of the coming step that are left out; null where nobody said. */
  private boolean @Nullable [] outOfLower;

  private boolean @Nullable [] outOfUpper;

  /** Loss and number of the records judged and learned in this step. */
  private double upperLoss;

  private double lowerLoss;
  private long upperRecords;
  private long lowerRecords;

  AutoSolver(Portfolio portfolio, SampleSchema schema, PortfolioUpper upper, int q) {
    this.portfolio = portfolio;
    this.schema = schema;
    this.upper = upper;
    this.box = upper.box();
    this.q = q;
    hypergradient = new double[portfolio.hypergradients()];
  }

  @Override
  public int upperDim() {
    return upper.length();
  }

  @Override
  public int lowerDim() {
    return q;
  }

  @Override
  public int ownUpper() {
    return upper.coordinates();
  }

  @Override
  public String ownUpperName(int i) {
    return upper.name(i);
  }

  @Override
  public double ownUpperUnit(double value) {
    return StrictMath.exp(value);
  }

  @Override
  public double ownUpperValue(double unit) {
    return StrictMath.log(unit);
  }

  @Override
  public Consumption next() {
    return t == 0 ? Consumption.NONE : Consumption.ONE_OF_EACH;
  }

  @Override
  public boolean costGrowsWithModel() {
    return false;
  }

  @Override
  public Verdict step(StepInput input) {
    SteppingSolver.check(next(), input);
    figures.clear();
    upperLoss = 0;
    lowerLoss = 0;
    upperRecords = 0;
    lowerRecords = 0;
    portfolio.clearHypergradient();
    if (t > 0) {
      Batch lower = input.lower().get(0);
      Batch validation = input.upper().get(0);
      if (lower == validation) {
        take(Level.LOWER, lower, Portfolio.UPPER | Portfolio.LOWER, outOfLower);
      } else {
        take(Level.UPPER, validation, Portfolio.UPPER, outOfUpper);
        take(Level.LOWER, lower, Portfolio.LOWER, outOfLower);
      }
    }
    outOfLower = null;
    outOfUpper = null;
    t++;
    figures.losses(upperLoss / upperRecords, lowerLoss / lowerRecords);
    // weights of records have hypergradients of their own, which are not summed: half of it is none
    if (upperRecords > 0 && hypergradient.length == upper.length()) {
      portfolio.hypergradient(hypergradient);
      Kernels.scale(1.0 / upperRecords, hypergradient);
      figures.hypergradient(hypergradient);
    }
    return Verdict.Advanced.INSTANCE;
  }

  private void take(Level level, Batch batch, int roles, boolean @Nullable [] out) {
    for (int r = 0; r < batch.size(); r++) {
      Portfolio.Length length =
          out == null
              ? Portfolio.Length.UNJUDGED
              : out[r] ? Portfolio.Length.FAR : Portfolio.Length.USUAL;
      if (!portfolio.take(batch, r, roles, length, heard)) {
        figures.removed(level, 0, r);
      }
    }
  }

  /** Adds up what a step hears of its records. */
  private final class Heard implements PredictionListener {
    @Override
    public void predicted(int roles, double loss, double error, double weight) {
      if ((roles & Portfolio.UPPER) != 0) {
        upperLoss += loss;
        upperRecords++;
      }
      if ((roles & Portfolio.LOWER) != 0) {
        lowerLoss += loss;
        lowerRecords++;
        double[] scores = figures.scores();
        scores[0] += loss;
        scores[1] += error;
        scores[2] += weight;
      }
    }

    @Override
    public void ranked(double score, boolean positive) {
      figures.ranking().add(score, positive);
    }

    @Override
    public void unused(int lane, long offset, int index, String reason) {
      figures.unused(lane, offset, index, reason);
    }
  }

  /** Lengths are judged only where bad records are looked for. */
  @Override
  public @Nullable RowJudge rowJudge() {
    return portfolio.isRobust() ? judge : null;
  }

  /** What the portfolio does about long rows, for those that change them. */
  private final class Judge implements RowJudge {
    @Override
    public boolean passes(double squares) {
      return portfolio.passes(squares);
    }

    @Override
    public void leaveOut(Level level, boolean[] out) {
      if (level == Level.LOWER) {
        outOfLower = out;
      } else {
        outOfUpper = out;
      }
    }
  }

  @Override
  public void restart() {
    portfolio.restart();
  }

  @Override
  public StepFigures figures() {
    return figures;
  }

  @Override
  public long steps() {
    return t;
  }

  /** Fixed members are baselines that commands leave alone: what is published keeps to them. */
  @Override
  public void upper(double[] out) {
    upper.of(portfolio, out);
    steering.bounds.clamp(out);
  }

  @Override
  public @Nullable String steer(Command command) {
    String refused = null;
    if (command instanceof Command.Bounds bounds) {
      refused = bound(bounds);
    } else if (command instanceof Command.Freeze freeze) {
      refused = freeze(freeze);
    } else if (command instanceof Command.StepSize size) {
      refused = scale(size.factor());
    } else if (command instanceof Command.RollBack back) {
      refused = rollBack(back);
    } else {
      portfolio.restart();
      steering.lives++;
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
    String refused = refusal(i);
    if (refused == null) {
      refused = steering.bounds.bound(i, wanted.low(), wanted.high(), box.least(i), box.most(i));
    }
    if (refused == null) {
      portfolio.limit(upper.limits(steering.bounds));
    }
    return refused;
  }

  private @Nullable String freeze(Command.Freeze wanted) {
    int i = wanted.coordinate();
    String refused = refusal(i);
    if (refused == null && wanted.frozen()) {
      double[] x = new double[upperDim()];
      upper(x);
      refused = steering.bounds.hold(i, x[i], box.least(i), box.most(i));
    } else if (refused == null) {
      steering.bounds.release(i, box.least(i), box.most(i));
    }
    if (refused == null) {
      portfolio.limit(upper.limits(steering.bounds));
    }
    return refused;
  }

  private @Nullable String refusal(int i) {
    String refused = SteeredSolver.noCoordinate(i, upperDim());
    if (refused == null) {
      refused = SteeredSolver.notSeparable(box);
    }
    return refused == null ? upper.refusal(i) : refused;
  }

  private @Nullable String scale(double factor) {
    if (!SteeringState.isFactor(factor)) {
      return SteeredSolver.noFactor(factor);
    }
    portfolio.scaleSteps(factor / steering.factor);
    steering.factor = factor;
    return null;
  }

  private @Nullable String rollBack(Command.RollBack back) {
    String refused = SteeredSolver.misfit("x", back.x(), upperDim());
    if (refused == null) {
      refused = SteeredSolver.misfit("y", back.y(), q);
    }
    if (refused == null) {
      upper.rollBack(portfolio, back.x(), back.y());
      steering.lives++;
    }
    return refused;
  }

  @Override
  public void lower(double[] out) {
    portfolio.average(out);
  }

  @Override
  public void members(MemberSink sink) {
    double[] y = new double[sink.readsModels() ? q : 0];
    for (int i = 0; i < portfolio.members(); i++) {
      if (sink.readsModels()) {
        portfolio.model(i, y);
      }
      sink.member(portfolio.name(i), portfolio.weight(i), y);
    }
  }

  @Override
  public void report(Report sink) {
    sink.figure("hypergradient-norm", portfolio.hypergradientNorm());
    sink.figure("lower-residual", portfolio.gradientNorm());
    double weight = portfolio.weight(); // 0 before a label came: no loss then, not one of 0
    sink.figure("prequential-loss-mixed", portfolio.mixedLoss() / weight);
    sink.figure("reference-loss", portfolio.referenceLoss() / weight);
    sink.figure("reference-error", portfolio.referenceError() / weight);
    for (int i = 0; i < portfolio.members(); i++) {
      sink.figure("share-" + portfolio.name(i), portfolio.weight(i));
    }
    sink.figure("relative-cost", portfolio.relativeCost());
    sink.figure("refused-records", (double) portfolio.refused());
    for (int i = 0; i < portfolio.recordWeights(); i++) {
      String name = upper.recordWeights().get(i).replace('.', '-');
      sink.figure(name, StrictMath.exp(portfolio.logRecordWeight(i)));
    }
    if (portfolio.isRobust()) {
      sink.figure("removed-records", (double) portfolio.removed());
      sink.figure("removed-weight", portfolio.removedShare());
      sink.figure("robust-trust", portfolio.robustTrust());
    }
    Waiting waiting = portfolio.waiting();
    if (waiting != null) {
      sink.figure("waiting-records", waiting.predicted());
    }
    LabelJoin join = portfolio.join();
    if (join != null) {
      sink.figure("label-delay", join.delay());
      sink.figure("joined-labels", (double) join.joined());
      sink.figure("expired-records", (double) join.expired());
      sink.figure("early-labels", join.early().size());
      sink.figure("unmatched-labels", (double) join.unmatched());
      sink.figure("duplicate-ids", (double) join.duplicates());
      sink.figure("labels-of-left-out", (double) join.leftOut());
    }
  }

  @Override
  public void save(StateSink sink) {
    sink.longs(STEPS, t);
    portfolio.state(
        new StateVisitor() {
          @Override
          public void doubles(String name, double[] live) {
            sink.doubles(name, live, 0, live.length);
          }

          @Override
          public void longs(String name, long[] live) {
            sink.longs(name, live);
          }
        });
    Waiting waiting = portfolio.waiting();
    if (waiting != null) {
      WaitingState.save(waiting, schema, sink);
    }
    LabelJoin join = portfolio.join();
    if (join != null) {
      WaitingState.save(join.early(), sink);
      WaitingState.saveLeftOut(join.leftOut(), sink);
    }
    steering.save(sink);
  }

  @Override
  public void restore(StateSource source) {
    long[] steps = new long[1];
    source.longs(STEPS, steps);
    WaitingState.check(portfolio.waiting(), source);
    SteeringState steered = SteeringState.read(source, upperDim());
    steered.bounds.within(box);
    portfolio.state(reading(source, true));
    Waiting waiting = portfolio.waiting();
    LabelJoin join = portfolio.join();
    WaitingState.TakenUp nothing = () -> 0;
    WaitingState.TakenUp records =
        waiting == null ? nothing : WaitingState.restore(waiting, schema, source);
    WaitingState.TakenUp labels =
        join == null ? nothing : WaitingState.restore(join.early(), source);
    portfolio.state(reading(source, false));
    long beyond = records.run();
    long gone = labels.run();
    if (join != null) {
      join.restoreLeftOut(WaitingState.leftOut(source));
      join.givenUp(beyond, gone);
    }
    t = steps[0];
    steering.take(steered);
    portfolio.limit(upper.limits(steering.bounds));
  }

  /** Once for nothing, so that a source that lacks a piece leaves the state as it was. */
  private static StateVisitor reading(StateSource source, boolean dry) {
    return new StateVisitor() {
      @Override
      public void doubles(String name, double[] live) {
        source.doubles(name, dry ? new double[live.length] : live, 0, live.length);
      }

      @Override
      public void longs(String name, long[] live) {
        source.longs(name, dry ? new long[live.length] : live);
      }
    };
  }
}
