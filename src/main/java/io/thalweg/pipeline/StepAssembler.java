package io.thalweg.pipeline;

import io.thalweg.sample.Level;
import io.thalweg.solver.Consumption;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Positions;
import io.thalweg.stream.RecordBatch;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Decodes records into the columns of the level they belong to and cuts them into the batches of
 * steps. Used by one thread. Decoding stops as soon as a step can be drawn and when a level that is
 * ahead has its bound of full batches; the feed's rest then waits where it is.
 */
final class StepAssembler {
  private final Assembly assembly;
  private final Frontier frontier;
  private final Intakes intakes;
  private final LevelQueues queues;
  private final Admission admission;

  /** How records and labels take turns, null where there are no such. */
  private final @Nullable TurnTaking turnTaking;

  StepAssembler(Assembly assembly, List<Lane> lanes, Positions start) {
    this(assembly, lanes, start, feed -> false);
  }

  /**
   * An assembler that has nothing in hand.
   *
   * @param mayHoldMore whether a feed, by its number, may hold more than it has brought
   */
  StepAssembler(Assembly assembly, List<Lane> lanes, Positions start, IntPredicate mayHoldMore) {
    this.assembly = assembly;
    this.frontier = new Frontier(lanes, start);
    this.intakes = new Intakes(assembly);
    this.queues = new LevelQueues(assembly, intakes);
    this.admission = new Admission(assembly, queues, frontier);
    @Nullable Turns turns = assembly.turns();
    this.turnTaking =
        turns == null
            ? null
            : new TurnTaking(
                turns, intakes, queues, admission, mayHoldMore, assembly.linger().toNanos());
  }

  /** Whether batches know the records their samples came in. */
  boolean keepsRecords() {
    return assembly.keepsRecords();
  }

  /** Whether every sample serves both levels. */
  boolean sharesBatches() {
    return queues.sharesBatches();
  }

  /** Whether a batch holds records and labels, each a row of its own. */
  boolean joinsLabels() {
    return turnTaking != null;
  }

  /** A lane by its number. */
  Lane lane(int number) {
    return frontier.lanes().get(number);
  }

  /** Whether the feed's records in hand are used up and its level has room for more. */
  boolean wants(int feed) {
    Intake intake = intakes.get(feed);
    return intake.records == null && !intake.hasEnded() && queues.hasRoomFor(intake.level);
  }

  /** Takes a feed's next records; only after {@link #wants}. */
  void offer(int feed, RecordBatch records) {
    intakes.get(feed).offer(records);
  }

  /** Notes that a feed will bring nothing more. */
  void end(int feed) {
    intakes.get(feed).end();
  }

  /** Whether no further step can come: a level lacks samples and its feeds have ended. */
  boolean isExhausted(Consumption need) {
    return queues.isExhausted(need);
  }

  /**
   * The next step's batches, if they are there.
   *
   * @param nowNanos the time, for the linger of partial batches
   * @param need how many batches the step takes
   * @return the draw, or null when more records or more time are needed
   */
  @Nullable Draw next(long nowNanos, Consumption need) {
    queues.recycle();
    queues.expect(need);
    if (!queues.isReady(nowNanos, need)) {
      decode(nowNanos, need);
      if (!queues.isReady(nowNanos, need)) {
        return null;
      }
    }
    return queues.draw(need, admission.takeRejected());
  }

  private void decode(long nowNanos, Consumption need) {
    if (turnTaking != null) {
      turnTaking.decode(nowNanos, need);
      return;
    }
    for (int feed = 0; feed < intakes.count(); feed++) {
      decode(intakes.get(feed), nowNanos, need);
    }
  }

  /** Decodes a feed's records in hand until a step is ready, a level is full or they end. */
  private void decode(Intake intake, long nowNanos, Consumption need) {
    RecordBatch records = intake.records;
    if (records == null) {
      return;
    }
    while (intake.record < records.size()) {
      if (intake.sample < 0 && !admission.openRecord(intake, records)) {
        continue;
      }
      if (queues.becameReady(nowNanos, need) || !admission.take(intake, records, nowNanos)) {
        return;
      }
      admission.closeSample(intake, records);
    }
    intake.letGo();
  }

  /** When the next partial batch will have lingered, {@link Long#MAX_VALUE} when none is young. */
  long lingeredNanos(long nowNanos) {
    long lingered = queues.lingeredNanos(nowNanos);
    return turnTaking == null ? lingered : Math.min(lingered, turnTaking.turnNanos(nowNanos));
  }

  /** Samples of a level that are decoded and wait for their step. */
  int queued(Level level) {
    return queues.rowsWaiting(level);
  }

  /** Samples of a level from which on no more are decoded; may be asked from any thread. */
  int mostQueued(Level level) {
    return queues.mostRows(level);
  }

  /** Samples of a level that wait for their step, records in hand counted as one sample each. */
  long waiting(Level level) {
    return queues.rowsWaiting(level) + intakes.unread(level);
  }

  /**
   * The level that has too few samples for a step where the other one has enough, else null. A
   * partial batch counts: it only lingers.
   */
  @Nullable Level lacking(Consumption need) {
    return queues.lacking(need);
  }

  /** Samples of a level that no step takes, since this was last asked. */
  long takeLeftOut() {
    return admission.takeLeftOut();
  }

  /** Whether steps take samples of a level. */
  boolean reads(Level level) {
    return assembly.reads(level);
  }

  /** A draw without batches: carries what was refused and lets time-bound decisions be made. */
  Draw tick() {
    queues.recycle();
    return new Draw(null, admission.takeRejected(), List.of(), List.of());
  }

  /** Where every lane stands when all draws handed out so far are done. */
  Positions positions() {
    return frontier.positions(queues);
  }
}
