package io.thalweg.pipeline;

import io.thalweg.metric.LocalRegret;
import io.thalweg.metric.RankCounts;
import io.thalweg.metric.RankWindow;
import io.thalweg.metric.Recovery;
import io.thalweg.oracle.Ranking;
import io.thalweg.sample.Batch;
import io.thalweg.sample.LateLabels;
import io.thalweg.solver.StepFigures;
import io.thalweg.solver.StepInput;
import io.thalweg.solver.Verdict;
import io.thalweg.stream.Event;
import io.thalweg.stream.StateArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Running sums behind the published figures. Part of the checkpoint, so that a restart publishes
 * what an uninterrupted run would have published.
 */
final class Tally {
  /** Steps of the window behind the figures ending in {@code -window}. */
  static final int WINDOW = 256;

  /** Weight of the newest batch in the smoothed losses: about the last fifty. */
  private static final double FRESH = 0.02;

  /** A piece of its own, which checkpoints of earlier versions lack. */
  private static final String LEFT_OUT = "left-out";

  /** Likewise, and only where there are two classes. */
  private static final String RANKS = "ranks";

  private static final String LATE_RANKS = "ranks-window";

  /** Likewise, and only where x moves along a hypergradient. */
  private static final String REGRET = "regret";

  /** Likewise, and only after a drift. */
  private static final String RECOVERY = "recovery";

  /** How an event is called that has the loss before it. */
  private static final String DRIFT = "drift";

  private static final String LOSS_BEFORE = "loss-before";

  /** By how much of itself the loss may be above its level before the drift. */
  private static final double TOLERANCE = 0.1;

  private static final int LOSS = 0;
  private static final int ERROR = 1;
  private static final int WEIGHT = 2;
  private static final int UPPER_SMOOTHED = 3;
  private static final int LOWER_SMOOTHED = 4;

  private final double[] sums = {0, 0, 0, Double.NaN, Double.NaN};
  private final double[] window = new double[3 * WINDOW];
  private final int upperDim;

  /** Made when there are two classes, and when the first step moves x. */
  private @Nullable RankCounts ranks;

  private @Nullable RankWindow lateRanks;
  private @Nullable LocalRegret regret;

  /** Made with the first drift. */
  private @Nullable Recovery recovery;

  private long attempts;
  private long refused;
  private long refusedInRow;
  private long lowerSamples;
  private long upperSamples;
  private long rejected;
  private long eventTime = Long.MIN_VALUE;
  private long leftOut;

  /**
   * Nothing seen.
   *
   * @param upperDim length of the upper variable
   */
  Tally(int upperDim) {
    this.upperDim = upperDim;
  }

  /** What a step saw before it learned. */
  private void saw(StepFigures figures) {
    scored(figures.scores());
    ranked(figures.ranking());
    losses(figures.upperLoss(), figures.lowerLoss());
    double[] hypergradient = figures.hypergradient();
    if (hypergradient != null) {
      if (regret == null) {
        regret = new LocalRegret(upperDim);
      }
      regret.add(hypergradient, upperDim);
    }
  }

  private void ranked(Ranking ranking) {
    if (ranking.size() == 0) {
      return;
    }
    if (ranks == null || lateRanks == null) {
      ranks = new RankCounts();
      lateRanks = new RankWindow();
    }
    for (int i = 0; i < ranking.size(); i++) {
      ranks.add(ranking.score(i), ranking.isPositive(i));
      lateRanks.add(ranking.score(i), ranking.isPositive(i));
    }
  }

  /** Adds the scores {loss, error, weight} of samples that were not learned yet. */
  private void scored(double[] scores) {
    int slot = 3 * (int) (attempts % WINDOW);
    for (int k = 0; k < 3; k++) {
      sums[k] += scores[k];
      window[slot + k] = scores[k];
    }
  }

  /** Adds the losses of a step's batches at the point before the step. */
  private void losses(double upper, double lower) {
    if (Double.isFinite(upper)) {
      sums[UPPER_SMOOTHED] = smooth(sums[UPPER_SMOOTHED], upper);
    }
    if (Double.isFinite(lower)) {
      sums[LOWER_SMOOTHED] = smooth(sums[LOWER_SMOOTHED], lower);
    }
  }

  private static double smooth(double old, double now) {
    return Double.isNaN(old) ? now : old + FRESH * (now - old);
  }

  /** Takes a step in. */
  void attempted(StepInput input, Verdict verdict, StepFigures figures) {
    saw(figures);
    attempts++;
    int labels = labels(input.lower());
    lowerSamples += rows(input.lower()) - labels;
    if (recovery != null) {
      double[] scores = figures.scores();
      recovery.add(scores[0], scores[2], rows(input.lower()) - labels);
    }
    upperSamples += labels + (joined(input.lower()) ? 0 : rows(input.upper()));
    if (verdict instanceof Verdict.Advanced) {
      refusedInRow = 0;
    } else {
      refused++;
      refusedInRow++;
    }
  }

  /** Takes in what the solver has noticed in the last step. */
  void noticed(Event event) {
    Double before = event.figures().get(LOSS_BEFORE);
    if (event.kind().equals(DRIFT) && before != null && sums[WEIGHT] > 0) {
      if (recovery == null) {
        recovery = new Recovery(WINDOW, TOLERANCE);
      }
      recovery.drift(before);
    }
  }

  private static int rows(List<Batch> batches) {
    int rows = 0;
    for (Batch batch : batches) {
      rows += batch.size();
    }
    return rows;
  }

  /** Labels that came apart from their records: what judges, as upper samples do. */
  private static int labels(List<Batch> batches) {
    int labels = 0;
    for (Batch batch : batches) {
      labels += LateLabels.isJoined(batch.schema()) ? LateLabels.count(batch) : 0;
    }
    return labels;
  }

  private static boolean joined(List<Batch> batches) {
    return !batches.isEmpty() && LateLabels.isJoined(batches.get(0).schema());
  }

  void rejected(int samples) {
    rejected += samples;
  }

  void leftOut(long samples) {
    leftOut += samples;
  }

  void eventTime(long millis) {
    eventTime = Math.max(eventTime, millis);
  }

  long eventTime() {
    return eventTime;
  }

  long refused() {
    return refused;
  }

  long refusedInRow() {
    return refusedInRow;
  }

  long samples() {
    return lowerSamples + upperSamples;
  }

  long lowerSamples() {
    return lowerSamples;
  }

  long attempts() {
    return attempts;
  }

  /**
   * Writes the figures in a fixed order.
   *
   * @param predicts whether samples are scored
   * @param twoLevels whether samples of both levels are taken in
   */
  void report(Map<String, Double> metrics, boolean predicts, boolean twoLevels) {
    known(metrics, "upper-loss", sums[UPPER_SMOOTHED]);
    known(metrics, "lower-loss", sums[LOWER_SMOOTHED]);
    if (predicts && sums[WEIGHT] > 0) {
      metrics.put("prequential-loss", sums[LOSS] / sums[WEIGHT]);
      metrics.put("prequential-error", sums[ERROR] / sums[WEIGHT]);
      double loss = 0;
      double error = 0;
      double weight = 0;
      for (int i = 0; i < WINDOW; i++) {
        loss += window[3 * i];
        error += window[3 * i + 1];
        weight += window[3 * i + 2];
      }
      if (weight > 0) {
        metrics.put("prequential-loss-window", loss / weight);
        metrics.put("prequential-error-window", error / weight);
      }
    }
    if (ranks != null && lateRanks != null) {
      known(metrics, "prequential-auc", ranks.auc());
      known(metrics, "prequential-auc-window", lateRanks.auc());
    }
    if (regret != null) {
      metrics.put("local-regret", regret.plain());
      if (regret.isWindowed()) {
        metrics.put("local-regret-window", regret.windowed());
      }
    }
    if (recovery != null) {
      metrics.put("recovery-samples", (double) recovery.atLeast());
      metrics.put("recovering", recovery.isFelt() ? 1.0 : 0);
    }
    metrics.put("samples-upper", (double) upperSamples);
    if (twoLevels) {
      metrics.put("samples-lower", (double) lowerSamples);
    } else {
      metrics.put("left-out-samples", (double) leftOut);
    }
    metrics.put("rejected-samples", (double) rejected);
    metrics.put("refused-steps", (double) refused);
  }

  /** A level that no step has looked at yet has no loss, one class no order. */
  private static void known(Map<String, Double> metrics, String name, double figure) {
    if (!Double.isNaN(figure)) {
      metrics.put(name, figure);
    }
  }

  List<StateArray> save() {
    List<StateArray> pieces = new ArrayList<>();
    pieces.add(new StateArray.Doubles("sums", sums.clone()));
    pieces.add(new StateArray.Doubles("window", window.clone()));
    pieces.add(
        new StateArray.Longs(
            "counts",
            new long[] {
              attempts, refused, refusedInRow, lowerSamples, upperSamples, rejected, eventTime
            }));
    if (leftOut > 0) {
      pieces.add(new StateArray.Longs(LEFT_OUT, new long[] {leftOut}));
    }
    if (ranks != null && lateRanks != null) {
      pieces.add(new StateArray.Longs(RANKS, ranks.state().clone()));
      pieces.add(new StateArray.Longs(LATE_RANKS, lateRanks.state().clone()));
    }
    if (regret != null) {
      pieces.add(new StateArray.Longs(REGRET, regret.steps().clone()));
      regret.state(
          (name, live) -> pieces.add(new StateArray.Doubles(REGRET + "." + name, live.clone())));
    }
    if (recovery != null) {
      pieces.add(new StateArray.Longs(RECOVERY, recovery.counts().clone()));
      pieces.add(new StateArray.Doubles(RECOVERY + ".losses", recovery.numbers().clone()));
    }
    return List.copyOf(pieces);
  }

  void restore(List<StateArray> saved) {
    Restored from = new Restored(saved);
    from.doubles("sums", sums, 0, sums.length);
    from.doubles("window", window, 0, window.length);
    long[] counts = new long[7];
    from.longs("counts", counts);
    attempts = counts[0];
    refused = counts[1];
    refusedInRow = counts[2];
    lowerSamples = counts[3];
    upperSamples = counts[4];
    rejected = counts[5];
    eventTime = counts[6];
    long[] more = new long[1];
    if (from.has(LEFT_OUT)) {
      from.longs(LEFT_OUT, more);
    }
    leftOut = more[0];
    ranks = null;
    lateRanks = null;
    if (from.has(RANKS)) {
      ranks = new RankCounts();
      lateRanks = new RankWindow();
      from.longs(RANKS, ranks.state());
      from.longs(LATE_RANKS, lateRanks.state());
    }
    recovery = null;
    if (from.has(RECOVERY)) {
      Recovery restored = new Recovery(WINDOW, TOLERANCE);
      from.longs(RECOVERY, restored.counts());
      from.doubles(RECOVERY + ".losses", restored.numbers(), 0, restored.numbers().length);
      recovery = restored;
    }
    regret = null;
    if (from.has(REGRET)) {
      LocalRegret restored = new LocalRegret(upperDim);
      from.longs(REGRET, restored.steps());
      restored.state((name, live) -> from.doubles(REGRET + "." + name, live, 0, live.length));
      regret = restored;
    }
  }
}
