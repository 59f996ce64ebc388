package io.thalweg.pipeline;

import io.thalweg.sample.Batch;
import io.thalweg.solver.Command;
import io.thalweg.solver.Consumption;
import io.thalweg.solver.Solver;
import io.thalweg.solver.StepFigures;
import io.thalweg.solver.StepInput;
import io.thalweg.solver.Verdict;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A solver of three upper coordinates whose state depends on every sample and every command. */
final class Helm implements Solver {
  private final StepFigures figures = new StepFigures();
  private final double[] x = {1, 2, 3};
  private final double[] low = new double[3];
  private final double[] high = new double[3];
  private final double[] frozen = new double[3];
  private final double[] yAndScale = {0, 1};
  private long t;
  private boolean told;

  Helm() {
    java.util.Arrays.fill(low, -1e9);
    java.util.Arrays.fill(high, 1e9);
  }

  @Override
  public int upperDim() {
    return 3;
  }

  @Override
  public int lowerDim() {
    return 1;
  }

  @Override
  public Consumption next() {
    return Consumption.ONE_OF_EACH;
  }

  @Override
  public StepFigures figures() {
    return figures;
  }

  @Override
  public Verdict step(StepInput input) {
    for (Batch batch : input.upper()) {
      for (int r = 0; r < batch.size(); r++) {
        for (int i = 0; i < 3; i++) {
          if (frozen[i] == 0) {
            double moved = x[i] + yAndScale[1] * (batch.column(0)[r] / (i + 2) - x[i]) / 8;
            x[i] = Math.min(high[i], Math.max(low[i], moved));
          }
        }
      }
    }
    for (Batch batch : input.lower()) {
      for (int r = 0; r < batch.size(); r++) {
        yAndScale[0] = 0.875 * yAndScale[0] + batch.column(0)[r] * yAndScale[1] + x[0];
      }
    }
    t++;
    return Verdict.Advanced.INSTANCE;
  }

  @Override
  public @Nullable String steer(Command command) {
    if (command instanceof Command.Bounds b) {
      if (frozen[b.coordinate()] != 0) {
        return "it is frozen";
      }
      low[b.coordinate()] = Math.max(-1e9, b.low());
      high[b.coordinate()] = Math.min(1e9, b.high());
      x[b.coordinate()] =
          Math.min(high[b.coordinate()], Math.max(low[b.coordinate()], x[b.coordinate()]));
    } else if (command instanceof Command.Freeze f) {
      frozen[f.coordinate()] = f.frozen() ? 1 : 0;
    } else if (command instanceof Command.StepSize s) {
      yAndScale[1] = s.factor();
    } else if (command instanceof Command.RollBack back) {
      System.arraycopy(back.x(), 0, x, 0, 3);
      yAndScale[0] = back.y()[0];
      told = true;
    } else {
      return "it has none";
    }
    return null;
  }

  @Override
  public void steered(SteeredSink sink) {
    if (yAndScale[1] != 1) {
      sink.stepSizes(yAndScale[1]);
    }
    for (int i = 0; i < 3; i++) {
      if (low[i] > -1e9 || high[i] < 1e9 || frozen[i] != 0) {
        double from = low[i] > -1e9 ? low[i] : Double.NEGATIVE_INFINITY;
        double to = high[i] < 1e9 ? high[i] : Double.POSITIVE_INFINITY;
        sink.coordinate(i, from, to, frozen[i] != 0);
      }
    }
  }

  @Override
  public void events(EventSink sink) {
    if (told) {
      sink.event(t, "began-anew", "after a rollback", Map.of());
      told = false;
    }
  }

  @Override
  public long steps() {
    return t;
  }

  @Override
  public void upper(double[] out) {
    System.arraycopy(x, 0, out, 0, 3);
  }

  @Override
  public void lower(double[] out) {
    out[0] = yAndScale[0];
  }

  @Override
  public void report(Report sink) {
    sink.figure("step-scale", yAndScale[1]);
  }

  @Override
  public void save(StateSink sink) {
    sink.doubles("x", x, 0, 3);
    sink.doubles("low", low, 0, 3);
    sink.doubles("high", high, 0, 3);
    sink.doubles("frozen", frozen, 0, 3);
    sink.doubles("y", yAndScale, 0, 2);
    sink.longs("t", t);
  }

  @Override
  public void restore(StateSource source) {
    source.doubles("x", x, 0, 3);
    source.doubles("low", low, 0, 3);
    source.doubles("high", high, 0, 3);
    source.doubles("frozen", frozen, 0, 3);
    source.doubles("y", yAndScale, 0, 2);
    long[] words = new long[1];
    source.longs("t", words);
    t = words[0];
  }

  /** Coordinates a.0, a.1 and b; units are tens. */
  static final UpperView VIEW =
      new UpperView() {
        @Override
        public String name(int i) {
          return i < 2 ? "a." + i : "b";
        }

        @Override
        public double unit(int i, double[] x) {
          return 10 * x[i];
        }

        @Override
        public double value(int i, double unit) {
          return unit < 0 ? Double.NaN : unit / 10;
        }
      };
}
