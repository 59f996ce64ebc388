package io.thalweg.solver;

import io.thalweg.oracle.RowModel;
import io.thalweg.sample.Batch;
import io.thalweg.sample.LateLabels;
import io.thalweg.sample.Level;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A solver that sees standardised features. Upper rows are scaled by what was known before the
 * step; lower rows are scaled and taken in one after the other, in their order, so that it does not
 * matter in what batches they come; records whose label comes later are taken in when they come. A
 * batch that serves both levels is scaled once, as a lower one.
 *
 * <p>Where the method leaves out rows that are far too long, they are judged as they come, each
 * feature measured by its usual size: what is left out does not enter the statistics either. Such a
 * method refuses no step.
 *
 * <p>Models are handed out in the units of the features: whoever scores a record need not know of
 * any scaling, but for entries beyond {@link Solver#range}.
 */
final class StandardisingSolver extends ForwardingSolver {
  private final Solver solver;
  private final RowModel model;
  private final FeatureScale scale;
  private final @Nullable RowJudge judge;
  private final RowLength length;
  private boolean[] outOfLower = new boolean[0];
  private boolean[] outOfUpper = new boolean[0];
  private final List<Batch> lower = new ArrayList<>();
  private final List<Batch> upper = new ArrayList<>();
  private final StepInput scaled = new StepInput(lower, upper);
  private final List<Batch> ownLower = new ArrayList<>();
  private final List<Batch> ownUpper = new ArrayList<>();

  StandardisingSolver(Solver solver, RowModel model, FeatureScale scale) {
    this.solver = solver;
    this.model = model;
    this.scale = scale;
    judge = solver.rowJudge();
    length = new RowLength(judge == null ? 0 : scale.features(), scale.isSparse());
  }

  @Override
  Solver solver() {
    return solver;
  }

  @Override
  public Verdict step(StepInput input) {
    scale.begin();
    lower.clear();
    upper.clear();
    for (int i = 0; i < input.lower().size(); i++) {
      lower.add(copy(input.lower().get(i), i, ownLower));
    }
    int notShared = 0;
    for (int i = 0; i < input.upper().size(); i++) {
      Batch batch = input.upper().get(i);
      int shared = place(batch, input.lower());
      if (shared >= 0) {
        upper.add(lower.get(shared));
        continue;
      }
      Batch own = copy(batch, notShared++, ownUpper);
      upper.add(own);
      outOfUpper = room(outOfUpper, own.size());
      for (int r = 0; r < own.size(); r++) {
        outOfUpper[r] = isFar(own, r);
        if (!outOfUpper[r]) {
          scale.row(own, r, 0);
        }
      }
    }
    for (Batch own : lower) {
      boolean joined = LateLabels.isJoined(own.schema());
      outOfLower = room(outOfLower, own.size());
      for (int r = 0; r < own.size(); r++) {
        outOfLower[r] = false;
        if (!joined || !LateLabels.isLabel(own, r)) { // a label has no features
          learned(own, r);
        }
      }
    }
    if (judge != null) {
      judge.leaveOut(Level.LOWER, outOfLower);
      judge.leaveOut(Level.UPPER, outOfUpper);
    }
    Verdict verdict = solver.step(scaled);
    if (verdict instanceof Verdict.Refused) {
      scale.undo();
    }
    return verdict;
  }

  private void learned(Batch own, int r) {
    double weight = model.weight(own, r);
    outOfLower[r] = isFar(own, r);
    if (!outOfLower[r]) {
      if (judge != null && weight > 0) {
        length.take(own, r);
      }
      scale.row(own, r, weight);
    }
  }

  private boolean isFar(Batch own, int r) {
    return judge != null && !judge.passes(length.squares(own, r));
  }

  private static boolean[] room(boolean[] rows, int size) {
    return rows.length < size ? new boolean[size] : rows;
  }

  private static int place(Batch batch, List<Batch> among) {
    for (int i = 0; i < among.size(); i++) {
      if (among.get(i) == batch) {
        return i;
      }
    }
    return -1;
  }

  private static Batch copy(Batch batch, int i, List<Batch> own) {
    if (i == own.size()) {
      own.add(new Batch(batch.schema(), batch.capacity()));
    } else if (own.get(i).capacity() < batch.size()) {
      own.set(i, new Batch(batch.schema(), batch.capacity()));
    }
    Batch copy = own.get(i);
    copy.clear();
    for (int r = 0; r < batch.size(); r++) {
      copy.appendRow(batch, r);
    }
    return copy;
  }

  @Override
  public void lower(double[] out) {
    solver.lower(out);
    scale.toUnits(out, model.outputs());
  }

  /** A model to go back to is told in the units of the features, as it was handed out. */
  @Override
  public @Nullable String steer(Command command, Command.Units units) {
    if (!(command instanceof Command.RollBack back) || back.y().length != lowerDim()) {
      return solver.steer(command, units);
    }
    double[] y = back.y().clone();
    scale.fromUnits(y, model.outputs());
    return solver.steer(new Command.RollBack(back.version(), back.x(), y), units);
  }

  @Override
  public void range(RangeSink sink) {
    double[] low = new double[scale.features()];
    double[] high = new double[scale.features()];
    scale.range(low, high);
    sink.range(low, high);
  }

  @Override
  public void members(MemberSink sink) {
    double[] units = new double[sink.readsModels() ? lowerDim() : 0];
    solver.members(
        new MemberSink() {
          @Override
          public void member(String name, double weight, double[] y) {
            if (units.length > 0) {
              System.arraycopy(y, 0, units, 0, units.length);
              scale.toUnits(units, model.outputs());
            }
            sink.member(name, weight, units);
          }

          @Override
          public boolean readsModels() {
            return sink.readsModels();
          }
        });
  }

  @Override
  public void report(Report sink) {
    solver.report(sink);
    sink.figure("clipped-entries", scale.clipped());
    sink.figure("missing-entries", scale.missing());
  }

  /** Rows are judged here. */
  @Override
  public @Nullable RowJudge rowJudge() {
    return null;
  }

  @Override
  public void save(StateSink sink) {
    solver.save(sink);
    FeatureScale.Visitor writing =
        new FeatureScale.Visitor() {
          @Override
          public void doubles(String name, double[] live) {
            sink.doubles(name, live, 0, live.length);
          }

          @Override
          public void longs(String name, long[] live) {
            sink.longs(name, live);
          }
        };
    scale.state(writing);
    if (judge != null) {
      length.state(writing);
    }
  }

  @Override
  public void restore(StateSource source) {
    // a state from before rows were judged as they come has no usual sizes: they begin here
    boolean sizes = judge != null && source.has(RowLength.NAME);
    scale.state(reading(source, true));
    if (sizes) {
      length.state(reading(source, true));
    }
    solver.restore(source);
    scale.state(reading(source, false));
    if (sizes) {
      length.state(reading(source, false));
    }
  }

  /** Once for nothing, so that a source that lacks a piece leaves the state as it was. */
  private static FeatureScale.Visitor reading(StateSource source, boolean dry) {
    return new FeatureScale.Visitor() {
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
