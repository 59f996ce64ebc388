package io.thalweg.pipeline;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.solver.Consumption;
import io.thalweg.solver.StepInput;
import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Position;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The batches of both levels between decoding and their step: whether a step can be drawn, and
 * whether a level may take one more sample. Where every batch serves both levels there is one
 * queue, that of the lower.
 */
final class LevelQueues {
  /** Full batches a level may be ahead when it has a topic of its own. */
  private static final int AHEAD = 2;

  /** Samples of the rarer level to expect within the bound of a shared topic. */
  private static final double EXPECTED_OF_RARER = 40;

  /** Where records of a shared topic name their roles, which share is rare is not known before. */
  private static final double USUAL_SHARE_OF_RARER = 0.1;

  private final Assembly assembly;
  private final Intakes intakes;
  private final boolean prequential;
  private final boolean shared;
  private final LevelQueue lower;
  private final LevelQueue upper;
  private final List<PendingBatch> lowerInUse = new ArrayList<>();
  private final List<PendingBatch> upperInUse = new ArrayList<>();

  /**
   * Whether a row completed a batch since readiness was last asked: it need not be asked per row.
   */
  private boolean batchFilled;

  /** What the step that is being filled takes. */
  private Consumption wanted = Consumption.ONE_OF_EACH;

  LevelQueues(Assembly assembly, Intakes intakes) {
    this.assembly = assembly;
    this.intakes = intakes;
    this.prequential = assembly.roles().sharesBatches();
    this.shared = !prequential && assembly.feeds().stream().anyMatch(feed -> feed.level() == null);
    this.lower = queue(Level.LOWER);
    this.upper = queue(Level.UPPER);
  }

  private LevelQueue queue(Level level) {
    int limit = AHEAD;
    if (shared) {
      double rarer =
          assembly.roles().split() instanceof Roles.Split.Hash hash
              ? Math.min(hash.upper(), 1 - hash.upper())
              : USUAL_SHARE_OF_RARER;
      limit += (int) Math.ceil(EXPECTED_OF_RARER / rarer / assembly.rows(level));
    }
    return new LevelQueue(assembly.schema(level), assembly.rows(level), limit);
  }

  /** Whether every sample serves both levels. */
  boolean sharesBatches() {
    return prequential;
  }

  /** The queue that batches of a level are drawn from. */
  LevelQueue of(Level level) {
    return level == Level.LOWER || prequential ? lower : upper;
  }

  /** The batch a level's next sample goes to. */
  Batch open(Level level) {
    return of(level).open().batch();
  }

  /** Samples of a level that are decoded and wait for their step. */
  int rowsWaiting(Level level) {
    return (level == Level.LOWER ? lower : upper).rowsWaiting();
  }

  /** Samples of a level from which on no more are decoded; may be asked from any thread. */
  int mostRows(Level level) {
    return (level == Level.LOWER ? lower : upper).mostRows();
  }

  /** Whether records of a feed are worth asking for. */
  boolean hasRoomFor(@Nullable Level ofFeed) {
    return ofFeed == null ? lower.hasRoom() || upper.hasRoom() : of(ofFeed).hasRoom();
  }

  /** The coming step takes so many batches. */
  void expect(Consumption need) {
    wanted = need;
    lower.expect(ofLower(need));
    upper.expect(need.upper());
  }

  private int ofLower(Consumption need) {
    return prequential ? Math.max(need.lower(), need.upper()) : need.lower();
  }

  /** Notes the row just committed to the open batch of a level. */
  void committed(
      Level level,
      int lane,
      long offset,
      int index,
      long eventTime,
      long nowNanos,
      @Nullable Origin origin) {
    batchFilled |= of(level).committed(lane, offset, index, eventTime, nowNanos, origin);
  }

  /** Whether a step is ready now and was not when this was last asked; cheap enough per row. */
  boolean becameReady(long nowNanos, Consumption need) {
    boolean ready = batchFilled && isReady(nowNanos, need);
    batchFilled &= ready;
    return ready;
  }

  /** Whether the step's batches are there; partial ones count once they have lingered. */
  boolean isReady(long nowNanos, Consumption need) {
    long since = nowNanos - assembly.linger().toNanos();
    if (prequential) {
      return lower.isReady(ofLower(need), since, intakes.haveEnded(Level.LOWER));
    }
    // a level that is ahead in a shared topic holds back the other one: it may not wait to fill
    boolean lowerFull = shared && !lower.hasRoom();
    boolean upperFull = shared && !upper.hasRoom();
    return (lower.isReady(need.lower(), since, upperFull || intakes.haveEnded(Level.LOWER))
            || (upperFull && lower.canShareOut(need.lower())))
        && (upper.isReady(need.upper(), since, lowerFull || intakes.haveEnded(Level.UPPER))
            || (lowerFull && upper.canShareOut(need.upper())));
  }

  /** Whether no further step can come: a level lacks samples and its feeds have ended. */
  boolean isExhausted(Consumption need) {
    return (intakes.haveEnded(Level.LOWER) && !lower.isReady(ofLower(need), 0, true))
        || (!prequential
            && intakes.haveEnded(Level.UPPER)
            && !upper.isReady(need.upper(), 0, true));
  }

  /**
   * The level that has too few samples for a step where the other one has enough, else null. A
   * partial batch counts: it only lingers.
   */
  @Nullable Level lacking(Consumption need) {
    boolean lowerReady = lower.isReady(need.lower(), 0, true);
    boolean upperReady = upper.isReady(need.upper(), 0, true);
    if (prequential || lowerReady == upperReady) {
      return null;
    }
    return lowerReady ? Level.UPPER : Level.LOWER;
  }

  /** When the next partial batch will have lingered, {@link Long#MAX_VALUE} when none is young. */
  long lingeredNanos(long nowNanos) {
    return Math.min(lingeredNanos(lower, nowNanos), lingeredNanos(upper, nowNanos));
  }

  private long lingeredNanos(LevelQueue queue, long nowNanos) {
    long at = queue.partialSinceNanos() + assembly.linger().toNanos();
    return queue.hasPartial() && at > nowNanos ? at : Long.MAX_VALUE;
  }

  /** Takes a step's batches, which are in use until {@link #recycle}. */
  Draw draw(Consumption need, List<DeadLetter> rejected) {
    List<Batch> lowerBatches = draw(lower, ofLower(need), lowerInUse);
    if (prequential) {
      return new Draw(
          new StepInput(
              lowerBatches.subList(0, need.lower()), lowerBatches.subList(0, need.upper())),
          rejected,
          lowerInUse,
          List.of());
    }
    List<Batch> upperBatches = draw(upper, need.upper(), upperInUse);
    return new Draw(new StepInput(lowerBatches, upperBatches), rejected, lowerInUse, upperInUse);
  }

  /**
   * Takes a level's batches. Where it has too few, the other level holds their topic back, and what
   * is there is shared out: shorter batches, as the share of the levels in the topic gives them.
   */
  private static List<Batch> draw(LevelQueue queue, int batches, List<PendingBatch> inUse) {
    if (queue.isReady(batches, Long.MAX_VALUE, true)) {
      for (int i = 0; i < batches; i++) {
        inUse.add(queue.draw());
      }
    } else {
      queue.shareOut(batches, inUse);
    }
    List<Batch> out = new ArrayList<>(batches);
    for (PendingBatch batch : inUse) {
      out.add(batch.batch());
    }
    return out;
  }

  /** The batches of the last draw are done with. */
  void recycle() {
    lowerInUse.forEach(lower::recycle);
    lowerInUse.clear();
    upperInUse.forEach(upper::recycle);
    upperInUse.clear();
  }

  /** Moves each level's positions back to the first of its rows that still waits in each lane. */
  void rewind(Position[] ofLower, Position[] ofUpper) {
    lower.rewind(ofLower);
    if (prequential) {
      System.arraycopy(ofLower, 0, ofUpper, 0, ofLower.length);
    } else {
      upper.rewind(ofUpper);
    }
  }

  /**
   * Whether a level may take one more sample.
   *
   * @param ofFeed the level the sample's topic stands for, null where it is shared
   * @param level the sample's own
   * @return false when the feed has to wait
   * @throws StarvedException when waiting could not help: the other level comes from the same topic
   *     and lacks samples for a step, and this one holds more than its bound
   */
  boolean room(@Nullable Level ofFeed, Level level) {
    LevelQueue queue = of(level);
    if (queue.hasRoom()) {
      return true;
    }
    // a sample that names the other role must not hold back the level its topic stands for
    boolean foreign = ofFeed != null && ofFeed != level;
    int least = Math.max(1, level == Level.LOWER ? wanted.upper() : wanted.lower());
    if (!foreign && (!shared || (queue == lower ? upper : lower).rowsWaiting() >= least)) {
      return false;
    }
    // the other level has too little for a step and comes from the same topic: only reading on can
    // help
    boolean shareKnown = !foreign && assembly.roles().split() instanceof Roles.Split.Hash;
    if (queue.isOverdrawn(shareKnown)) {
      throw new StarvedException(starved(queue, level, shareKnown));
    }
    return true;
  }

  private String starved(LevelQueue queue, Level level, boolean shareKnown) {
    String among = " among " + queue.rowsWaiting() + " for the " + level.role() + " level: ";
    int found = (queue == lower ? upper : lower).rowsWaiting();
    if (found == 0) {
      return "no sample for the "
          + level.other().role()
          + " level"
          + among
          + (shareKnown
              ? "expected a share as in samples.split"
              : "both roles must come mixed, or each on a topic of its own");
    }
    int batches = level == Level.LOWER ? wanted.upper() : wanted.lower();
    return "only "
        + found
        + " samples for the "
        + level.other().role()
        + " level"
        + among
        + "a step takes "
        + batches
        + " batches of the first, at least a sample each; a larger solver.batch."
        + (level == Level.LOWER ? "lower" : "upper")
        + ", another share in samples.split, or a topic for each level";
  }
}
