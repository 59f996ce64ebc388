package io.thalweg.pipeline;

import io.thalweg.sample.Batch;
import io.thalweg.sample.LateLabels;
import io.thalweg.sample.Level;
import io.thalweg.solver.Consumption;
import io.thalweg.stream.RecordBatch;
import java.util.function.IntPredicate;

/**
 * Decodes records and the labels that come apart from them in the order of their samples. A sample
 * waits for its turn while the other feed may still bring one that comes before it: as long as that
 * holds more as far as is known, and else until it has been quiet for the linger.
 */
final class TurnTaking {
  /**
   * How long a sample may be passed over by those of the other feed: one whose time lies in the
   * future must not stop all that come after it. A feed that holds more, as far as is known, and
   * does not bring it is waited for no longer either.
   */
  private static final long MOST_HELD_NANOS = 30_000_000_000L;

  private final Turns turns;
  private final Side records;
  private final Side labels;
  private final LevelQueues queues;
  private final Admission admission;
  private final IntPredicate mayHoldMore;
  private final long linger;
  private final long mostHeld;

  /** One of the two feeds: its next sample, and since when it is quiet. */
  private static final class Side {
    private final int feed;
    private final Intake intake;
    private long nextTime;
    private long nextSinceNanos;

    /** Since when nothing comes, once it has answered. */
    private long quietNanos;

    /** Samples read, refused ones included. */
    private long read;

    Side(int feed, Intake intake) {
      this.feed = feed;
      this.intake = intake;
    }
  }

  /**
   * For two feeds: the first brings records, the second labels.
   *
   * @param mayHoldMore whether a feed, by its number, may hold more than it has brought
   */
  TurnTaking(
      Turns turns,
      Intakes intakes,
      LevelQueues queues,
      Admission admission,
      IntPredicate mayHoldMore,
      long lingerNanos) {
    this.turns = turns;
    this.records = new Side(0, intakes.get(0));
    this.labels = new Side(1, intakes.get(1));
    this.queues = queues;
    this.admission = admission;
    this.mayHoldMore = mayHoldMore;
    this.linger = lingerNanos;
    this.mostHeld = Math.max(MOST_HELD_NANOS, lingerNanos);
  }

  /** Decodes until a step is ready, a sample has to wait or nothing is in hand. */
  void decode(long nowNanos, Consumption need) {
    while (!queues.becameReady(nowNanos, need)) {
      readNext(records, nowNanos);
      readNext(labels, nowNanos);
      if (!queues.of(Level.LOWER).hasRoom()) {
        return;
      }
      boolean record = records.intake.holdsNext();
      boolean label = labels.intake.holdsNext();
      if (record && label) {
        boolean labelIsDue =
            turns.isLabelNext(records.nextTime, labels.nextTime, records.read - 1, labels.read - 1);
        Side due = labelIsDue ? labels : records;
        Side other = labelIsDue ? records : labels;
        takeNext(isHeldTooLong(other, nowNanos) ? other : due, nowNanos);
      } else if (record && !mayBring(labels, nowNanos)) {
        takeNext(records, nowNanos);
      } else if (label && !mayBring(records, nowNanos)) {
        takeNext(labels, nowNanos);
      } else {
        return;
      }
    }
  }

  /** When a sample need not wait any more for the other feed to bring one before it. */
  long turnNanos(long nowNanos) {
    return Math.min(turnNanos(records, labels, nowNanos), turnNanos(labels, records, nowNanos));
  }

  private long turnNanos(Side waiting, Side other, long nowNanos) {
    if (!waiting.intake.holdsNext() || other.intake.holdsNext() || !other.intake.hasAnswered()) {
      return Long.MAX_VALUE;
    }
    long at = other.quietNanos + (mayHoldMore.test(other.feed) ? mostHeld : linger);
    return at > nowNanos ? at : Long.MAX_VALUE;
  }

  private boolean mayBring(Side side, long nowNanos) {
    if (side.intake.hasEnded() || !side.intake.hasAnswered()) {
      return !side.intake.hasEnded();
    }
    long quiet = nowNanos - side.quietNanos;
    return quiet < linger || (quiet < mostHeld && mayHoldMore.test(side.feed));
  }

  private boolean isHeldTooLong(Side side, long nowNanos) {
    return nowNanos - side.nextSinceNanos >= mostHeld;
  }

  /** Decodes samples until one is good; what is refused is so at once. */
  private void readNext(Side side, long nowNanos) {
    Intake intake = side.intake;
    if (intake.takeNews()) {
      side.quietNanos = nowNanos;
    }
    RecordBatch inHand = intake.records;
    Batch next = intake.next;
    if (inHand == null || next == null || next.size() > 0) {
      return;
    }
    while (intake.record < inHand.size()) {
      side.read++;
      if (intake.sample < 0 && !admission.openRecord(intake, inHand)) {
        continue;
      }
      Level as = intake.head.presumed(intake.level);
      if (intake.decoder.decode(intake.sample, as, next)) {
        long timestamp = inHand.timestamp(intake.record);
        side.nextTime = timestamp >= 0 ? timestamp : intake.decoder.eventTime();
        side.nextSinceNanos = nowNanos;
        return;
      }
      admission.settle(intake, inHand, nowNanos, as, false);
      admission.closeSample(intake, inHand);
    }
    if (inHand.size() > 0) {
      side.quietNanos = nowNanos;
    }
    intake.letGo();
  }

  /** Moves the sample whose turn it is into the open batch. */
  private void takeNext(Side side, long nowNanos) {
    Intake intake = side.intake;
    RecordBatch inHand = intake.records;
    Batch next = intake.next;
    if (inHand == null || next == null) {
      throw new IllegalStateException("no sample is there to be taken");
    }
    Batch into = queues.open(Level.LOWER);
    into.appendRow(next, 0);
    next.clear();
    LateLabels.address(
        into, inHand.lane(intake.record), inHand.offset(intake.record), intake.sample);
    admission.settle(intake, inHand, nowNanos, Level.LOWER, true);
    admission.closeSample(intake, inHand);
  }
}
