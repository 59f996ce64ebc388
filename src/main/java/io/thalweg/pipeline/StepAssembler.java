package io.thalweg.pipeline;

import io.thalweg.sample.Batch;
import io.thalweg.sample.LateLabels;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.solver.Consumption;
import io.thalweg.solver.StepInput;
import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Decodes records into the columns of the level they belong to and cuts them into the batches of
 * steps. Used by one thread. Decoding stops as soon as a step can be drawn and when a level that is
 * ahead has its bound of full batches; the feed's rest then waits where it is.
 */
final class StepAssembler {
  /** Full batches a level may be ahead when it has a topic of its own. */
  private static final int AHEAD = 2;

  /** Samples of the rarer level to expect within the bound of a shared topic. */
  private static final double EXPECTED_OF_RARER = 40;

  /** Where records of a shared topic name their roles, which share is rare is not known before. */
  private static final double USUAL_SHARE_OF_RARER = 0.1;

  /**
   * How long a sample may be passed over by those of the other feed: one whose time lies in the
   * future must not stop all that come after it. A feed that holds more, as far as is known, and
   * does not bring it is waited for no longer either.
   */
  private static final long MOST_HELD_NANOS = 30_000_000_000L;

  private final Assembly assembly;
  private final List<Lane> lanes;
  private final Positions start;

  /** Whether every batch serves both levels, as a lower one. */
  private final boolean prequential;

  /** In which order records and labels are taken, null where there are no such. */
  private final @Nullable Turns turns;

  /** Whether a feed, by its number, may hold more than it has brought. */
  private final IntPredicate mayHoldMore;

  private final boolean shared;
  private final LevelQueue lower;
  private final LevelQueue upper;
  private final Intake[] intakes;
  private final long[] frontierOffset;
  private final int[] frontierIndex;
  private final List<DeadLetter> rejected = new ArrayList<>();
  private final List<PendingBatch> lowerInUse = new ArrayList<>();
  private final List<PendingBatch> upperInUse = new ArrayList<>();

  /**
   * Whether a row completed a batch since readiness was last asked: it need not be asked per row.
   */
  private boolean batchFilled;

  /** What the step that is being filled takes. */
  private Consumption wanted = Consumption.ONE_OF_EACH;

  private long leftOut;

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
    this.mayHoldMore = mayHoldMore;
    this.lanes = lanes;
    this.start = start;
    this.prequential = assembly.roles().sharesBatches();
    this.turns = assembly.turns();
    this.shared = !prequential && assembly.feeds().stream().anyMatch(feed -> feed.level() == null);
    this.lower = queue(Level.LOWER);
    this.upper = queue(Level.UPPER);
    this.intakes = new Intake[assembly.feeds().size()];
    for (int f = 0; f < intakes.length; f++) {
      intakes[f] =
          new Intake(
              assembly.feeds().get(f).level(),
              assembly.decoders().get(),
              turns == null ? null : new Batch(assembly.schema(Level.LOWER), 1));
    }
    this.frontierOffset = new long[lanes.size()];
    this.frontierIndex = new int[lanes.size()];
    for (int lane = 0; lane < frontierOffset.length; lane++) {
      frontierOffset[lane] = start.resumeOffset(lane);
    }
  }

  /** One feed's records in hand and how far they are decoded. */
  private static final class Intake {
    private final @Nullable Level level;
    private final SampleReader decoder;
    private @Nullable RecordBatch records;
    private int record;
    private int sample;
    private int samples;
    private RecordHead head = RecordHead.of(List.of());
    private boolean ended;

    /** The next sample where it may have to wait for its turn; empty or one row. */
    private final @Nullable Batch next;

    private long nextTime;
    private long nextSinceNanos;

    /** Samples read, refused ones included. */
    private long read;

    /** Whether something came, or it was said for the first time that nothing had. */
    private boolean news;

    private boolean answered;

    /** Since when nothing comes, once it has answered. */
    private long quietNanos;

    Intake(@Nullable Level level, SampleDecoder decoder, @Nullable Batch next) {
      this.level = level;
      this.decoder = new SampleReader(decoder);
      this.next = next;
    }

    boolean holdsNext() {
      return next != null && next.size() > 0;
    }
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

  /** Whether batches know the records their samples came in. */
  boolean keepsRecords() {
    return assembly.keepsRecords();
  }

  /** Whether every sample serves both levels. */
  boolean sharesBatches() {
    return prequential;
  }

  /** Whether a batch holds records and labels, each a row of its own. */
  boolean joinsLabels() {
    return turns != null;
  }

  /** A lane by its number. */
  Lane lane(int number) {
    return lanes.get(number);
  }

  /** Whether the feed's records in hand are used up and its level has room for more. */
  boolean wants(int feed) {
    Intake intake = intakes[feed];
    return intake.records == null
        && !intake.ended
        && (intake.level == null ? lower.hasRoom() || upper.hasRoom() : queueOf(intake).hasRoom());
  }

  private LevelQueue queueOf(Intake intake) {
    return intake.level == Level.UPPER && !prequential ? upper : lower;
  }

  /** Takes a feed's next records; only after {@link #wants}. */
  void offer(int feed, RecordBatch records) {
    Intake intake = intakes[feed];
    if (intake.records != null) {
      throw new IllegalStateException("feed " + feed + " still has records in hand");
    }
    intake.news |= records.size() > 0 || !intake.answered;
    intake.records = records;
    intake.record = 0;
    intake.sample = -1;
  }

  /** Notes that a feed will bring nothing more. */
  void end(int feed) {
    intakes[feed].ended = true;
  }

  /** Whether no further step can come: a level lacks samples and its feeds have ended. */
  boolean isExhausted(Consumption need) {
    int lowerNeed = prequential ? Math.max(need.lower(), need.upper()) : need.lower();
    return (hasEnded(Level.LOWER) && !lower.isReady(lowerNeed, 0, true))
        || (!prequential && hasEnded(Level.UPPER) && !upper.isReady(need.upper(), 0, true));
  }

  /** Whether every feed that may bring samples of a level has ended and is used up. */
  private boolean hasEnded(Level level) {
    for (Intake intake : intakes) {
      boolean brings = prequential || intake.level == null || intake.level == level;
      if (brings && (!intake.ended || intake.records != null)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The next step's batches, if they are there.
   *
   * @param nowNanos the time, for the linger of partial batches
   * @param need how many batches the step takes
   * @return the draw, or null when more records or more time are needed
   */
  @Nullable Draw next(long nowNanos, Consumption need) {
    recycle();
    wanted = need;
    lower.expect(prequential ? Math.max(need.lower(), need.upper()) : need.lower());
    upper.expect(need.upper());
    if (!isReady(nowNanos, need)) {
      if (turns != null) {
        decodeInTurns(turns, nowNanos, need);
      } else {
        for (Intake intake : intakes) {
          decode(intake, nowNanos, need);
        }
      }
      if (!isReady(nowNanos, need)) {
        return null;
      }
    }
    return draw(need);
  }

  /** When the next partial batch will have lingered, {@link Long#MAX_VALUE} when none is young. */
  long lingeredNanos(long nowNanos) {
    long linger = assembly.linger().toNanos();
    long next = Long.MAX_VALUE;
    for (LevelQueue queue : List.of(lower, upper)) {
      long at = queue.partialSinceNanos() + linger;
      if (queue.hasPartial() && at > nowNanos) {
        next = Math.min(next, at);
      }
    }
    return turns == null ? next : Math.min(next, turnNanos(nowNanos, linger));
  }

  /** When a sample need not wait any more for the other feed to bring one before it. */
  private long turnNanos(long nowNanos, long linger) {
    long next = Long.MAX_VALUE;
    for (int f = 0; f < intakes.length; f++) {
      Intake other = intakes[1 - f];
      if (intakes[f].holdsNext() && !other.holdsNext() && other.answered) {
        long at = other.quietNanos + (mayHoldMore.test(1 - f) ? mostHeldNanos() : linger);
        next = at > nowNanos ? Math.min(next, at) : next;
      }
    }
    return next;
  }

  /** Samples of a level that are decoded and wait for their step. */
  int queued(Level level) {
    return (level == Level.LOWER ? lower : upper).rowsWaiting();
  }

  /** Samples of a level from which on no more are decoded; may be asked from any thread. */
  int mostQueued(Level level) {
    return (level == Level.LOWER ? lower : upper).mostRows();
  }

  /** Samples of a level that wait for their step, records in hand counted as one sample each. */
  long waiting(Level level) {
    long waiting = (level == Level.LOWER ? lower : upper).rowsWaiting();
    for (Intake intake : intakes) {
      RecordBatch records = intake.records;
      Level brings = intake.level == null ? Level.LOWER : intake.level;
      if (records != null && brings == level) {
        waiting += records.size() - intake.record;
      }
    }
    return waiting;
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

  /** Samples of a level that no step takes, since this was last asked. */
  long takeLeftOut() {
    long taken = leftOut;
    leftOut = 0;
    return taken;
  }

  /** Whether steps take samples of a level. */
  boolean reads(Level level) {
    return assembly.reads(level);
  }

  /** A draw without batches: carries what was refused and lets time-bound decisions be made. */
  Draw tick() {
    recycle();
    return new Draw(null, takeRejected(), List.of(), List.of());
  }

  /** Where every lane stands when all draws handed out so far are done. */
  Positions positions() {
    Position[] frontier = new Position[lanes.size()];
    for (int lane = 0; lane < frontier.length; lane++) {
      frontier[lane] = new Position(frontierOffset[lane], frontierIndex[lane]);
    }
    Position[] lowerAt = frontier.clone();
    Position[] upperAt = frontier.clone();
    lower.rewind(lowerAt);
    if (prequential) {
      upperAt = lowerAt;
    } else {
      upper.rewind(upperAt);
    }
    // what a restart re-read and skipped must not fall behind where it had been
    return new Positions(
        lanes,
        latest(lowerAt, start.lower()),
        latest(upperAt, start.upper()),
        latest(frontier, start.rejected()));
  }

  private static List<Position> latest(Position[] now, List<Position> before) {
    List<Position> out = new ArrayList<>(now.length);
    for (int i = 0; i < now.length; i++) {
      out.add(now[i].compareTo(before.get(i)) >= 0 ? now[i] : before.get(i));
    }
    return out;
  }

  private boolean isReady(long nowNanos, Consumption need) {
    long since = nowNanos - assembly.linger().toNanos();
    if (prequential) {
      return lower.isReady(Math.max(need.lower(), need.upper()), since, hasEnded(Level.LOWER));
    }
    // a level that is ahead in a shared topic holds back the other one: it may not wait to fill
    boolean lowerFull = shared && !lower.hasRoom();
    boolean upperFull = shared && !upper.hasRoom();
    return (lower.isReady(need.lower(), since, upperFull || hasEnded(Level.LOWER))
            || (upperFull && lower.canShareOut(need.lower())))
        && (upper.isReady(need.upper(), since, lowerFull || hasEnded(Level.UPPER))
            || (lowerFull && upper.canShareOut(need.upper())));
  }

  private Draw draw(Consumption need) {
    List<Batch> lowerBatches =
        draw(lower, prequential ? Math.max(need.lower(), need.upper()) : need.lower(), lowerInUse);
    if (prequential) {
      return new Draw(
          new StepInput(
              lowerBatches.subList(0, need.lower()), lowerBatches.subList(0, need.upper())),
          takeRejected(),
          lowerInUse,
          List.of());
    }
    List<Batch> upperBatches = draw(upper, need.upper(), upperInUse);
    return new Draw(
        new StepInput(lowerBatches, upperBatches), takeRejected(), lowerInUse, upperInUse);
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

  private void recycle() {
    lowerInUse.forEach(lower::recycle);
    lowerInUse.clear();
    upperInUse.forEach(upper::recycle);
    upperInUse.clear();
  }

  private List<DeadLetter> takeRejected() {
    if (rejected.isEmpty()) {
      return List.of();
    }
    List<DeadLetter> taken = List.copyOf(rejected);
    rejected.clear();
    return taken;
  }

  /** Decodes a feed's records in hand until a step is ready, a level is full or they end. */
  private void decode(Intake intake, long nowNanos, Consumption need) {
    RecordBatch records = intake.records;
    if (records == null) {
      return;
    }
    while (intake.record < records.size()) {
      if (intake.sample < 0 && !openRecord(intake, records)) {
        continue;
      }
      while (intake.sample < intake.samples) {
        if (batchFilled && isReady(nowNanos, need)) {
          return;
        }
        batchFilled = false;
        if (!take(intake, records, nowNanos)) {
          return;
        }
        intake.sample++;
        moveFrontier(records.lane(intake.record), records.offset(intake.record), intake.sample);
      }
      closeRecord(intake, records);
    }
    letGo(intake, records);
  }

  private static void letGo(Intake intake, RecordBatch records) {
    intake.records = null;
    if (records instanceof DecodedRecords decoded) {
      decoded.release();
    }
  }

  /**
   * Decodes the records of two feeds in the order of their samples until a step is ready. A sample
   * waits for its turn while the other feed may still bring one that comes before it: as long as
   * that holds more as far as is known, and else until it has been quiet for the linger.
   */
  private void decodeInTurns(Turns order, long nowNanos, Consumption need) {
    Intake records = intakes[0];
    Intake labels = intakes[1];
    while (!(batchFilled && isReady(nowNanos, need))) {
      batchFilled = false;
      readNext(records, nowNanos);
      readNext(labels, nowNanos);
      if (!lower.hasRoom()) {
        return;
      }
      if (records.holdsNext() && labels.holdsNext()) {
        boolean label =
            order.isLabelNext(records.nextTime, labels.nextTime, records.read - 1, labels.read - 1);
        Intake due = label ? labels : records;
        Intake other = label ? records : labels;
        takeNext(isHeldTooLong(other, nowNanos) ? other : due, nowNanos);
      } else if (records.holdsNext() && !mayBring(1, nowNanos)) {
        takeNext(records, nowNanos);
      } else if (labels.holdsNext() && !mayBring(0, nowNanos)) {
        takeNext(labels, nowNanos);
      } else {
        return;
      }
    }
  }

  private boolean mayBring(int feed, long nowNanos) {
    Intake intake = intakes[feed];
    if (intake.ended || !intake.answered) {
      return !intake.ended;
    }
    long quiet = nowNanos - intake.quietNanos;
    return quiet < assembly.linger().toNanos()
        || (quiet < mostHeldNanos() && mayHoldMore.test(feed));
  }

  private boolean isHeldTooLong(Intake intake, long nowNanos) {
    return nowNanos - intake.nextSinceNanos >= mostHeldNanos();
  }

  private long mostHeldNanos() {
    return Math.max(MOST_HELD_NANOS, assembly.linger().toNanos());
  }

  /** Decodes samples until one is good; what is refused is so at once. */
  private void readNext(Intake intake, long nowNanos) {
    RecordBatch records = intake.records;
    if (intake.news) {
      intake.news = false;
      intake.answered = true;
      intake.quietNanos = nowNanos;
    }
    Batch next = intake.next;
    if (records == null || next == null || next.size() > 0) {
      return;
    }
    while (intake.record < records.size()) {
      if (intake.sample < 0 && !openRecord(intake, records)) {
        intake.read++;
        continue;
      }
      intake.read++;
      Level as = intake.head.presumed(intake.level);
      if (intake.decoder.decode(intake.sample, as, next)) {
        long timestamp = records.timestamp(intake.record);
        intake.nextTime = timestamp >= 0 ? timestamp : intake.decoder.eventTime();
        intake.nextSinceNanos = nowNanos;
        return;
      }
      settle(intake, records, nowNanos, as, false);
      closeSample(intake, records);
    }
    if (records.size() > 0) {
      intake.quietNanos = nowNanos;
    }
    letGo(intake, records);
  }

  /** Moves the sample whose turn it is into the open batch. */
  private void takeNext(Intake intake, long nowNanos) {
    RecordBatch records = intake.records;
    Batch next = intake.next;
    if (records == null || next == null) {
      throw new IllegalStateException("no sample is there to be taken");
    }
    Batch into = open(Level.LOWER);
    into.appendRow(next, 0);
    next.clear();
    LateLabels.address(
        into, records.lane(intake.record), records.offset(intake.record), intake.sample);
    settle(intake, records, nowNanos, Level.LOWER, true);
    closeSample(intake, records);
  }

  private void closeSample(Intake intake, RecordBatch records) {
    intake.sample++;
    moveFrontier(records.lane(intake.record), records.offset(intake.record), intake.sample);
    if (intake.sample == intake.samples) {
      closeRecord(intake, records);
    }
  }

  private void closeRecord(Intake intake, RecordBatch records) {
    moveFrontier(records.lane(intake.record), records.offset(intake.record) + 1, 0);
    intake.record++;
    intake.sample = -1;
  }

  private void moveFrontier(int lane, long offset, int index) {
    frontierOffset[lane] = offset;
    frontierIndex[lane] = index;
  }

  /** Takes up a record; a record that cannot be read at all is refused whole. */
  private boolean openRecord(Intake intake, RecordBatch records) {
    int i = intake.record;
    RecordHead head = assembly.roles().head(records.headers(i));
    intake.head = head;
    if (head.namesNoLevel()) {
      return refuse(
          intake,
          records,
          "header " + Roles.HEADER + " must be train or validation, but was " + head.role());
    }
    intake.samples = intake.decoder.open(records, i, head.contentType());
    if (intake.samples <= 0) {
      return refuse(intake, records, intake.decoder.rejection());
    }
    intake.sample = 0;
    return true;
  }

  private boolean refuse(Intake intake, RecordBatch records, String reason) {
    reject(records, intake.record, 0, reason);
    closeRecord(intake, records);
    return false;
  }

  /** Decodes one sample into its level's open batch; false when that level has no room. */
  private boolean take(Intake intake, RecordBatch records, long nowNanos) {
    int i = intake.record;
    int lane = records.lane(i);
    SampleReader decoder = intake.decoder;
    Level presumed = intake.head.presumed(intake.level);
    if (!assembly.reads(presumed)) {
      leaveOut(records, intake, presumed);
      return true;
    }
    if (!room(intake, presumed)) {
      return false;
    }
    boolean good = decoder.decode(intake.sample, presumed, open(presumed));
    Level level = presumed;
    if (intake.head.level() == null) {
      level =
          assembly
              .roles()
              .of(decoder, intake.level, lanes.get(lane), records.offset(i), intake.sample);
    }
    if (level != presumed && !prequential) {
      if (good) {
        open(presumed).dropLastRow();
      }
      if (!assembly.reads(level)) {
        leaveOut(records, intake, level);
        return true;
      }
      if (!room(intake, level)) {
        return false;
      }
      good = decoder.decode(intake.sample, level, open(level));
    } else {
      level = presumed;
    }
    settle(intake, records, nowNanos, level, good);
    return true;
  }

  /** Counts a sample of a level that no step takes, unless a restart had counted it. */
  private void leaveOut(RecordBatch records, Intake intake, Level level) {
    int i = intake.record;
    if (!isBefore(records.offset(i), intake.sample, start.of(records.lane(i), level))) {
      leftOut++;
    }
  }

  /** Notes where the row came from, or the refusal; what a restart had taken in is left out. */
  private void settle(
      Intake intake, RecordBatch records, long nowNanos, Level level, boolean good) {
    int i = intake.record;
    int lane = records.lane(i);
    long offset = records.offset(i);
    if (!good) {
      if (!isBefore(offset, intake.sample, start.rejected().get(lane))) {
        reject(records, i, intake.sample, intake.decoder.rejection());
      }
    } else if (isBefore(offset, intake.sample, start.of(lane, level))) {
      open(level).dropLastRow();
    } else {
      queue(
          prequential ? Level.LOWER : level,
          lane,
          offset,
          intake.sample,
          intake.decoder.eventTime(),
          nowNanos,
          assembly.keepsRecords() ? Origin.of(lanes, records, i, intake.sample) : null);
    }
  }

  private void queue(
      Level level,
      int lane,
      long offset,
      int index,
      long eventTime,
      long nowNanos,
      @Nullable Origin origin) {
    batchFilled |=
        (level == Level.LOWER ? lower : upper)
            .committed(lane, offset, index, eventTime, nowNanos, origin);
  }

  private boolean room(Intake intake, Level level) {
    LevelQueue queue = level == Level.LOWER || prequential ? lower : upper;
    if (queue.hasRoom()) {
      return true;
    }
    // a sample that names the other role must not hold back the level its topic stands for
    boolean foreign = intake.level != null && intake.level != level;
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

  private Batch open(Level level) {
    return (level == Level.LOWER || prequential ? lower : upper).open().batch();
  }

  private static boolean isBefore(long offset, int index, Position position) {
    return offset < position.offset() || (offset == position.offset() && index < position.index());
  }

  private void reject(RecordBatch records, int i, int index, String reason) {
    int lane = records.lane(i);
    if (isBefore(records.offset(i), index, start.rejected().get(lane))) {
      return;
    }
    rejected.add(Origin.of(lanes, records, i, index).letter(reason));
  }
}
