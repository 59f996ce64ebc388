package io.thalweg.solver;

import io.thalweg.portfolio.Portfolio;
import io.thalweg.portfolio.Waiting;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;

/**
 * A portfolio at work. The batches of a step are units of transport: records are taken one by one,
 * in their order. Where one batch serves both levels, each of its records is judged and then
 * learned; else the records of the upper batch are judged first, then those of the lower one are
 * learned.
 */
final class AutoSolver implements Solver {
  private static final String STEPS = "t";
  private static final String WAITING = "waiting";

  private final Portfolio portfolio;
  private final PortfolioUpper upper;
  private final SampleSchema schema;
  private final int q;
  private final StepFigures figures = new StepFigures();
  private final Portfolio.Scores heard = this::hear;
  private long t;

  /** Loss and number of the records judged and learned in this step. */
  private double upperLoss;

  private double lowerLoss;
  private long upperRecords;
  private long lowerRecords;

  AutoSolver(Portfolio portfolio, SampleSchema schema, PortfolioUpper upper, int q) {
    this.portfolio = portfolio;
    this.schema = schema;
    this.upper = upper;
    this.q = q;
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
    if (t > 0) {
      Batch lower = input.lower().get(0);
      Batch validation = input.upper().get(0);
      if (lower == validation) {
        take(Level.LOWER, lower, Portfolio.UPPER | Portfolio.LOWER);
      } else {
        take(Level.UPPER, validation, Portfolio.UPPER);
        take(Level.LOWER, lower, Portfolio.LOWER);
      }
    }
    t++;
    figures.losses(upperLoss / upperRecords, lowerLoss / lowerRecords);
    return Verdict.Advanced.INSTANCE;
  }

  private void take(Level level, Batch batch, int roles) {
    for (int r = 0; r < batch.size(); r++) {
      if (!portfolio.take(batch, r, roles, heard)) {
        figures.removed(level, 0, r);
      }
    }
  }

  private void hear(int roles, double loss, double error, double weight) {
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
  public StepFigures figures() {
    return figures;
  }

  @Override
  public long steps() {
    return t;
  }

  @Override
  public void upper(double[] out) {
    upper.of(portfolio, out);
  }

  @Override
  public void lower(double[] out) {
    portfolio.average(out);
  }

  @Override
  public void members(MemberSink sink) {
    double[] y = new double[q];
    for (int i = 0; i < portfolio.members(); i++) {
      portfolio.model(i, y);
      sink.member(portfolio.name(i), portfolio.weight(i), y);
    }
  }

  @Override
  public void report(Report sink) {
    sink.figure("hypergradient-norm", portfolio.hypergradientNorm());
    sink.figure("lower-residual", portfolio.gradientNorm());
    double weight = Math.max(portfolio.weight(), Double.MIN_NORMAL);
    sink.figure("prequential-loss-mixed", portfolio.mixedLoss() / weight);
    sink.figure("reference-loss", portfolio.referenceLoss() / weight);
    sink.figure("reference-error", portfolio.referenceError() / weight);
    for (int i = 0; i < portfolio.members(); i++) {
      sink.figure("share-" + portfolio.name(i), portfolio.weight(i));
    }
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
      sink.figure("waiting-records", waiting.size());
    }
  }

  @Override
  public void save(StateSink sink) {
    sink.longs(STEPS, t);
    portfolio.state(
        new Portfolio.StateVisitor() {
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
      sink.longs(WAITING, waiting.size());
      for (int i = 0; i < waiting.size(); i++) {
        save(sink, WAITING + "." + i, waiting, i);
      }
    }
  }

  private void save(StateSink sink, String name, Waiting waiting, int i) {
    Batch row = waiting.row(i);
    int entries = schema.sparse() ? row.rowStart()[1] : 0;
    sink.longs(name, waiting.roles(i), entries);
    double[] scores = waiting.scores(i);
    sink.doubles(name + ".scores", scores, 0, scores.length);
    for (int f = 0; f < schema.fields().size(); f++) {
      Field field = schema.fields().get(f);
      if (f == schema.featuresColumn() && schema.sparse()) {
        long[] index = new long[entries];
        for (int e = 0; e < entries; e++) {
          index[e] = row.index()[e];
        }
        sink.longs(name + "." + field.name() + ".i", index);
        sink.doubles(name + "." + field.name() + ".v", row.value(), 0, entries);
      } else {
        sink.doubles(name + "." + field.name(), row.column(f), 0, field.width());
      }
    }
  }

  @Override
  public void restore(StateSource source) {
    long[] steps = new long[1];
    source.longs(STEPS, steps);
    portfolio.state(reading(source, true));
    portfolio.state(reading(source, false));
    t = steps[0];
    Waiting waiting = portfolio.waiting();
    if (waiting != null) {
      waiting.clear();
      long[] size = new long[1];
      source.longs(WAITING, size);
      for (int i = 0; i < size[0]; i++) {
        restore(source, WAITING + "." + i, waiting);
      }
    }
  }

  /** Once for nothing, so that a source that lacks a piece leaves the state as it was. */
  private static Portfolio.StateVisitor reading(StateSource source, boolean dry) {
    return new Portfolio.StateVisitor() {
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

  private void restore(StateSource source, String name, Waiting waiting) {
    long[] head = new long[2];
    source.longs(name, head);
    double[] scores = new double[waiting.scores(0).length];
    source.doubles(name + ".scores", scores, 0, scores.length);
    Batch row = new Batch(schema, 1);
    row.openRow();
    for (int f = 0; f < schema.fields().size(); f++) {
      Field field = schema.fields().get(f);
      if (f == schema.featuresColumn() && schema.sparse()) {
        long[] index = new long[(int) head[1]];
        double[] value = new double[index.length];
        source.longs(name + "." + field.name() + ".i", index);
        source.doubles(name + "." + field.name() + ".v", value, 0, value.length);
        for (int e = 0; e < index.length; e++) {
          row.append((int) index[e], value[e]);
        }
      } else {
        source.doubles(name + "." + field.name(), row.column(f), 0, field.width());
      }
    }
    row.commitRow();
    waiting.restore(row, (int) head[0], scores);
  }
}
