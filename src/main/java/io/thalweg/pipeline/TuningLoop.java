package io.thalweg.pipeline;

import io.thalweg.oracle.Predictor;
import io.thalweg.sample.Level;
import io.thalweg.solver.Solver;
import io.thalweg.solver.StepFigures;
import io.thalweg.solver.StepInput;
import io.thalweg.solver.Verdict;
import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Cut;
import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Event;
import io.thalweg.stream.FeatureRange;
import io.thalweg.stream.Instruction;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Member;
import io.thalweg.stream.NamedFigures;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.Snapshot;
import io.thalweg.stream.StateArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The single writer: scores a step's batches, lets the solver step, keeps the books, and takes a
 * cut when one is due. Whatever leaves it is a copy.
 */
final class TuningLoop {
  /**
   * Refused steps in a row after which the run is given up as diverged, unless a guard counts them.
   */
  static final int PATIENCE = 100;

  /** Dead letters that make a cut due whatever the cadence: they must not pile up in memory. */
  static final int MOST_LETTERS = 10_000;

  /** Events that make a cut due. */
  static final int MOST_EVENTS = 100;

  /**
   * Words of the ledger that make a cut due. Where two topics take turns every row may be a segment
   * of its own, two words of it, and a word takes two to six bytes of the snapshot: so the ledger
   * keeps below 400 kB of the megabyte that a broker lets a record have.
   */
  static final int MOST_LEDGER_WORDS = 1 << 16;

  private static final long MOST_LETTER_BYTES = 8 << 20;

  private final Tuning tuning;
  private final StepAssembler assembler;
  private final Map<String, String> topicIds;
  private final List<Consumer<StepInput>> observers;
  private final LongSupplier commitNanos;
  private final Tally tally;
  private final Ledger.Builder ledger;
  private final Steering steering;
  private final List<DeadLetter> deadLetters = new ArrayList<>();
  private final AtomicLong lowerDepth = new AtomicLong();
  private final AtomicLong upperDepth = new AtomicLong();
  private final List<Event> events = new ArrayList<>();
  private final double[] x;
  private final double[] y;
  private final String[] upperNames;
  private final long epoch;

  /** Offset of the record of the control topic that is next, -1 where there is no such topic. */
  private long nextAsked;

  private long version;
  private long stepsSinceCut;
  private long lastCutNanos;
  private long rejectedInRun;
  private long leftOutInRun;
  private long deadLetterBytes;
  private String lastRefusal = "";
  private @Nullable DivergedException end;
  private volatile Progress progress = Progress.NONE;

  TuningLoop(
      Tuning tuning,
      StepAssembler assembler,
      Map<String, String> topicIds,
      Positions start,
      @Nullable Checkpoint from,
      long firstAsked,
      List<Consumer<StepInput>> observers,
      LongSupplier commitNanos,
      long nowNanos) {
    this.tuning = tuning;
    this.assembler = assembler;
    this.topicIds = Map.copyOf(topicIds);
    this.observers = List.copyOf(observers);
    this.commitNanos = commitNanos;
    this.ledger = new Ledger.Builder(from == null ? start : LedgerStart.of(from, start));
    this.x = new double[tuning.solver().upperDim()];
    this.tally = new Tally(x.length);
    this.y = new double[tuning.solver().lowerDim()];
    this.upperNames = names(tuning.upper(), x.length);
    this.lastCutNanos = nowNanos;
    this.nextAsked = firstAsked;
    this.steering = new Steering(tuning.solver(), tuning.upper(), this::keep);
    ControlBook book = ControlBook.of(from);
    if (book != null) {
      steering.restore(book.pausedBy());
    }
    if (from == null) {
      epoch = 1;
    } else {
      epoch = from.epoch() + 1;
      version = from.version();
      if (!from.isStart()) {
        tuning
            .solver()
            .restore(new Restored(from.solver(), from.positions().lanes(), start.lanes()));
        steering.restored();
        tally.restore(from.tally());
        look(Map.of());
      }
    }
  }

  Progress progress() {
    return progress;
  }

  /** Whether an operator has paused the run: no samples are taken in. */
  boolean isPaused() {
    return steering.pausedBy() >= 0;
  }

  /** Samples that are decoded and wait for their step, level by level; read from any thread. */
  List<Stage> stages() {
    Stage lower =
        new Stage(
            assembler.sharesBatches() ? "batches" : Level.LOWER.name().toLowerCase(Locale.ROOT),
            lowerDepth.get(),
            assembler.mostQueued(Level.LOWER));
    Stage upper =
        new Stage(
            Level.UPPER.name().toLowerCase(Locale.ROOT),
            upperDepth.get(),
            assembler.mostQueued(Level.UPPER));
    if (assembler.sharesBatches()) {
      return List.of(lower);
    }
    return assembler.reads(Level.LOWER) ? List.of(lower, upper) : List.of(upper);
  }

  /** Takes a draw in; gives a cut when one is due, else null. */
  @Nullable Cut take(Draw draw, long nowNanos) {
    draw.rejected().forEach(this::keep);
    tally.rejected(draw.rejected().size());
    countLeftOut();
    lowerDepth.lazySet(assembler.queued(Level.LOWER));
    upperDepth.lazySet(assembler.queued(Level.UPPER));
    rejectedInRun += draw.rejected().size();
    ControlRead asked = draw.asked();
    if (asked != null) {
      asked.records().forEach(this::obey);
      nextAsked = asked.next();
      if (!asked.records().isEmpty()) {
        return cut(nowNanos, true); // whoever asked hears of it at once
      }
    }
    StepInput input = draw.input();
    if (input != null) {
      step(input);
      if (assembler.keepsRecords()) {
        nameRemoved(draw);
      }
      nameUnused();
      draw.enter(ledger);
      tally.eventTime(draw.eventTime());
    }
    if (stepsSinceCut >= tuning.cadence().steps()
        || deadLetters.size() >= MOST_LETTERS
        || events.size() >= MOST_EVENTS
        || isOver()
        || deadLetterBytes >= MOST_LETTER_BYTES
        || ledger.words() >= MOST_LEDGER_WORDS
        || (somethingToCut() && nowNanos - lastCutNanos >= intervalNanos())) {
      return cut(nowNanos, stepsSinceCut > 0);
    }
    if (input == null) {
      look(progress.metrics());
    }
    return null;
  }

  private void obey(ControlRecord asked) {
    Instruction instruction = asked.instruction();
    if (instruction == null) {
      steering.refuse(asked.offset(), asked.refusal());
    } else {
      ledger.command(asked.offset(), asked.text());
      steering.obey(asked.offset(), instruction, asked.target(), version);
    }
  }

  private void keep(Event event) {
    events.add(event);
    tally.noticed(event);
  }

  private void keep(DeadLetter letter) {
    deadLetters.add(letter);
    byte[] value = letter.value();
    deadLetterBytes += value == null ? 0 : value.length;
  }

  /** Letters for the samples that the step took out of its batches. */
  private void nameRemoved(Draw draw) {
    StepFigures figures = tuning.solver().figures();
    for (int k = 0; k < figures.removals(); k++) {
      Level level = figures.removedLevel(k);
      keep(
          draw.batches(level)
              .get(figures.removedBatch(k))
              .origin(figures.removedRow(k))
              .letter(
                  "left out by robust: it stands far apart from the other "
                      + level.role()
                      + " samples"));
    }
  }

  /** Letters for the rows that the step gave up: they may be older than any record in hand. */
  private void nameUnused() {
    StepFigures figures = tuning.solver().figures();
    for (int k = 0; k < figures.unused(); k++) {
      keep(
          new DeadLetter(
              assembler.lane(figures.unusedLane(k)),
              new Position(figures.unusedOffset(k), figures.unusedIndex(k)),
              -1,
              null,
              null,
              List.of(),
              figures.unusedReason(k)));
    }
  }

  private boolean somethingToCut() {
    return stepsSinceCut > 0 || !deadLetters.isEmpty();
  }

  private long intervalNanos() {
    return tuning.cadence().intervalNanos(commitNanos.getAsLong());
  }

  /** When a cut is due by time, {@link Long#MAX_VALUE} when nothing happened since the last one. */
  long cutDueNanos() {
    long interval = intervalNanos();
    return somethingToCut() && interval < Long.MAX_VALUE - lastCutNanos
        ? lastCutNanos + interval
        : Long.MAX_VALUE;
  }

  /** Whether the method has come to its end: nothing is taken in any more but what is cut. */
  boolean isOver() {
    return end != null;
  }

  /** Throws what ended the run, if anything did. */
  void checkEnd() {
    DivergedException over = end;
    if (over != null) {
      throw over;
    }
  }

  /** The cut owed on stop, or null when nothing happened since the last one. */
  @Nullable Cut last(long nowNanos) {
    return somethingToCut() ? cut(nowNanos, stepsSinceCut > 0) : null;
  }

  private void step(StepInput input) {
    for (Consumer<StepInput> observer : observers) {
      observer.accept(input);
    }
    Verdict verdict = verdict(input);
    tally.attempted(input, verdict, tuning.solver().figures());
    stepsSinceCut++;
    tuning.solver().events((step, kind, why, of) -> keep(Event.finite(step, kind, why, of)));
    String last = tuning.solver().end();
    if (last != null) {
      end = new DivergedException(last);
      return;
    }
    if (verdict instanceof Verdict.Refused refused) {
      lastRefusal = refused.reason();
      if (tally.refusedInRow() >= PATIENCE && !tuning.solver().judgesRefusals()) {
        throw refusals().diverged();
      }
    }
  }

  private Verdict verdict(StepInput input) {
    try {
      return tuning.solver().step(input);
    } catch (RuntimeException e) {
      throw new StepException(tuning.solver().steps() + 1, tuning.oracle().getClass(), e);
    }
  }

  private Refusals refusals() {
    return new Refusals(tally.refused(), tally.refusedInRow(), lastRefusal, tuning.method());
  }

  private void countLeftOut() {
    long samples = assembler.takeLeftOut();
    tally.leftOut(samples);
    leftOutInRun += samples;
  }

  private Cut cut(long nowNanos, boolean publishes) {
    countLeftOut(); // up to the positions of the cut, whatever was decoded since the draw
    Positions positions = assembler.positions();
    Snapshot snapshot = publishes ? snapshot(positions) : null;
    Saved state = new Saved();
    tuning.solver().save(state);
    List<StateArray> books = new ArrayList<>(tally.save());
    if (snapshot == null) {
      books.add(LedgerStart.save(ledger.from()));
    }
    if (nextAsked >= 0) {
      books.add(new ControlBook(nextAsked, steering.pausedBy()).save());
    }
    Checkpoint checkpoint =
        new Checkpoint(
            tuning.config(),
            epoch,
            version,
            "",
            positions,
            topicIds,
            state.pieces(),
            List.copyOf(books));
    Cut cut = new Cut(snapshot, checkpoint, List.copyOf(deadLetters));
    deadLetters.clear();
    deadLetterBytes = 0;
    stepsSinceCut = 0;
    lastCutNanos = nowNanos;
    look(snapshot != null ? snapshot.metrics() : progress.metrics());
    return cut;
  }

  private static String[] names(UpperView upper, int dimension) {
    String[] names = new String[upper.named(dimension)];
    Arrays.setAll(names, upper::name);
    return names;
  }

  private Snapshot snapshot(Positions positions) {
    version++;
    tuning.solver().upper(x);
    tuning.solver().lower(y);
    double[] units = new double[upperNames.length];
    for (int i = 0; i < units.length; i++) {
      units[i] = tuning.upper().unit(i, x);
    }
    Map<String, Double> metrics = new LinkedHashMap<>();
    tally.report(
        metrics, tuning.oracle().as(Predictor.class) != null, assembler.reads(Level.LOWER));
    tuning.solver().report(metrics::put);
    // a norm may overflow where the state does not: such a figure is left out, never published
    metrics.values().removeIf(figure -> !Double.isFinite(figure));
    return new Snapshot(
        tuning.job(),
        epoch,
        version,
        tuning.solver().steps(),
        tuning.clockMillis().getAsLong(),
        tuning.method(),
        tuning.config(),
        new NamedFigures(upperNames, units),
        x.clone(),
        y.clone(),
        members(),
        range(),
        metrics,
        positions,
        ledger.take(positions),
        tally.eventTime(),
        tuning.software(),
        takeEvents());
  }

  private List<Event> takeEvents() {
    List<Event> out = List.copyOf(events);
    events.clear();
    return out;
  }

  private List<Member> members() {
    List<Member> members = new ArrayList<>();
    boolean whole = y.length <= tuning.memberEntries();
    tuning
        .solver()
        .members(
            new Solver.MemberSink() {
              @Override
              public void member(String name, double weight, double[] model) {
                members.add(new Member(name, weight, whole ? model.clone() : new double[0]));
              }

              @Override
              public boolean readsModels() {
                return whole;
              }
            });
    return members;
  }

  private FeatureRange range() {
    FeatureRange[] range = {FeatureRange.NONE};
    if (y.length <= tuning.memberEntries()) {
      tuning.solver().range((low, high) -> range[0] = new FeatureRange(low.clone(), high.clone()));
    }
    return range[0];
  }

  private void look(Map<String, Double> metrics) {
    progress =
        new Progress(
            tuning.solver().steps(),
            version,
            assembler.sharesBatches() ? tally.lowerSamples() : tally.samples(),
            tally.attempts(),
            rejectedInRun,
            leftOutInRun,
            assembler.waiting(Level.LOWER),
            assembler.waiting(Level.UPPER),
            assembler.lacking(tuning.solver().next()),
            refusals(),
            metrics,
            steering.state());
  }
}
