package io.thalweg.pipeline;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.solver.Solver;
import io.thalweg.solver.StepInput;
import io.thalweg.solver.Verdict;
import io.thalweg.stream.Event;
import io.thalweg.stream.Instruction;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.Snapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Recomputes snapshots from the log by their ledgers: the same samples in the same steps must give
 * the same bits. It has no clock, no linger and no demand; what is read when does not matter, since
 * the ledger says which sample fed which step. Used by one thread.
 */
public final class Replay {
  private final Assembly assembly;
  private final Solver solver;
  private final LaneReader log;
  private final boolean prequential;
  private final @Nullable CommandReader commands;
  private final Steering steering;
  private final ReplaySource[] sources;
  private final List<Batch> lower = new ArrayList<>();
  private final List<Batch> upper = new ArrayList<>();
  private @Nullable Positions at;
  private final Tally tally;
  private final Comparison comparison;

  /** Since the snapshot before. */
  private final List<Event> events = new ArrayList<>();

  private final List<Jump> jumps = new ArrayList<>();

  /**
   * Samples that the run left out between two snapshots: accepted ones of this level, which lie
   * behind those of one ledger and before those of the next. Rejected records and samples of the
   * other level between the two are none.
   *
   * @param version whose ledger begins behind them
   * @param lane where they lie
   * @param level which level they were for
   * @param from where the previous snapshot stood
   * @param to where the ledger begins
   * @param samples how many there are
   */
  public record Jump(
      long version, Lane lane, Level level, Position from, Position to, long samples) {
    @Override
    public String toString() {
      return "version "
          + version
          + " begins at "
          + lane
          + "@"
          + to
          + " where "
          + lane
          + "@"
          + from
          + " was next: "
          + samples
          + " "
          + level.role()
          + (samples == 1 ? " sample was" : " samples were")
          + " left out";
    }
  }

  /**
   * A replay from the initial state.
   *
   * @param assembly how records become steps, as in the run
   * @param solver a fresh solver at the job's starting point
   * @param log the records the run read
   */
  public Replay(Assembly assembly, Solver solver, LaneReader log) {
    this(assembly, solver, log, UpperView.NONE, null);
  }

  /**
   * A replay of a run that took commands, from the initial state.
   *
   * @param assembly how records become steps, as in the run
   * @param solver a fresh solver at the job's starting point
   * @param log the records the run read
   * @param view names and units of the upper coordinates, as in the run
   * @param commands what is to be known of the commands; null refuses a ledger that has any
   */
  public Replay(
      Assembly assembly,
      Solver solver,
      LaneReader log,
      UpperView view,
      @Nullable CommandReader commands) {
    this.commands = commands;
    this.steering = new Steering(solver, view, this::keep);
    this.assembly = assembly;
    this.solver = solver;
    this.log = log;
    this.tally = new Tally(solver.upperDim());
    this.comparison = new Comparison(solver, tally, assembly.reads(Level.LOWER));
    this.prequential = assembly.roles().sharesBatches();
    List<Lane> lanes = log.lanes();
    Map<String, Feed> feeds = new HashMap<>();
    assembly.feeds().forEach(feed -> feeds.put(feed.topic(), feed));
    this.sources = new ReplaySource[lanes.size()];
    for (int i = 0; i < sources.length; i++) {
      Feed feed = feeds.get(lanes.get(i).topic());
      if (feed == null) {
        throw new IllegalArgumentException("lane " + lanes.get(i) + " belongs to no feed");
      }
      sources[i] = new ReplaySource(assembly, log, i, feed.level());
    }
  }

  /**
   * Takes the steps of one snapshot's ledger and compares. Snapshots are given in order of their
   * versions, beginning with the first.
   *
   * @param snapshot the next one
   * @return what differs, or null when step, x, y, the members of a portfolio, the range of the
   *     features, the metrics and the events are equal bit for bit
   * @throws ReplayException when the log does not hold the samples the ledger names any more
   */
  public @Nullable String recompute(Snapshot snapshot) {
    Ledger ledger = snapshot.ledger();
    if (!ledger.from().lanes().equals(log.lanes())) {
      throw new ReplayException(
          "version "
              + snapshot.version()
              + " was made from the partitions "
              + ledger.from().lanes()
              + ", but the topics now have "
              + log.lanes());
    }
    if (!ledger.from().equals(at)) {
      goTo(ledger.from(), snapshot.version());
    }
    Iterator<Ledger.Command> asked = ledger.commands().iterator();
    Ledger.Command next = next(asked);
    long taken = 0;
    for (Ledger.Run run : ledger.runs()) {
      for (int k = 0; k < run.steps(); k++, taken++) {
        for (; next != null && next.after() <= taken; next = next(asked)) {
          obey(next, snapshot.version());
        }
        step(run.shape(), snapshot.version());
      }
    }
    for (; next != null; next = next(asked)) {
      obey(next, snapshot.version());
    }
    at = snapshot.positions();
    List<Event> computed = List.copyOf(events);
    events.clear(); // whatever differs: the next snapshot has events of its own
    return comparison.difference(snapshot, computed);
  }

  private static Ledger.@Nullable Command next(Iterator<Ledger.Command> commands) {
    return commands.hasNext() ? commands.next() : null;
  }

  private void obey(Ledger.Command command, long version) {
    CommandReader reader = commands;
    if (reader == null) {
      throw new ReplayException(
          "version " + version + " took commands in, which this replay does not read");
    }
    Instruction instruction = reader.read(command.text());
    ControlRecord.Target target = null;
    if (instruction instanceof Instruction.RollBack back) {
      target = reader.snapshot(back.version());
      if (target == null) {
        throw new ReplayException(
            "version "
                + version
                + " went back to version "
                + back.version()
                + ", which is gone from the topic");
      }
    }
    steering.obey(command.offset(), instruction, target, version - 1);
  }

  /**
   * Steps taken over, refused ones included.
   *
   * @return their number since the initial state
   */
  public long attempts() {
    return tally.attempts();
  }

  /**
   * What the run left out so far.
   *
   * @return in the order of the versions; empty when every ledger begins where the one before ended
   */
  public List<Jump> jumps() {
    return List.copyOf(jumps);
  }

  /** The first ledger, or one behind a loss that the run survived: some samples are left out. */
  private void goTo(Positions from, long version) {
    Positions before = at;
    if (before == null) {
      log.seek(from);
    }
    for (int i = 0; i < sources.length; i++) {
      ReplaySource source = sources[i];
      for (Level level : Level.values()) {
        source.dropped(level); // what lay before the first ledger counts for nothing
        source.skipTo(level, from.of(i, level));
      }
      if (before == null) {
        continue; // the first ledger: nothing was used before it
      }
      for (Level level : Level.values()) {
        if (from.of(i, level).compareTo(before.of(i, level)) > 0) {
          source.readTo(from.of(i, level));
        }
      }
      for (Level level : Level.values()) {
        long samples = source.dropped(level);
        if (samples > 0) {
          jumps.add(
              new Jump(
                  version, source.lane(), level, before.of(i, level), from.of(i, level), samples));
        }
      }
    }
  }

  private void step(int[] shape, long version) {
    int lowerCount = 0;
    int upperCount = 0;
    int i = 0;
    while (i < shape.length) {
      Level level = shape[i] == 0 ? Level.LOWER : Level.UPPER;
      int segments = shape[i + 1];
      i += 2;
      int rows = 0;
      for (int s = 0; s < segments; s++) {
        rows += shape[i + 2 * s + 1];
      }
      Batch batch =
          batch(level, level == Level.LOWER ? lowerCount++ : upperCount++, Math.max(1, rows));
      for (int s = 0; s < segments; s++, i += 2) {
        for (int c = 0; c < shape[i + 1]; c++) {
          sources[shape[i]].take(level, batch, version, tally.attempts() + 1);
        }
      }
    }
    List<Batch> lowers = List.copyOf(lower.subList(0, lowerCount));
    StepInput input =
        prequential
            ? new StepInput(
                lowers.subList(0, Math.min(lowerCount, solver.next().lower())),
                lowers.subList(0, Math.min(lowerCount, solver.next().upper())))
            : new StepInput(lowers, List.copyOf(upper.subList(0, upperCount)));
    Verdict verdict = solver.step(input);
    tally.attempted(input, verdict, solver.figures());
    solver.events((step, kind, why, of) -> keep(Event.finite(step, kind, why, of)));
  }

  private void keep(Event event) {
    events.add(event);
    tally.noticed(event);
  }

  private Batch batch(Level level, int number, int rows) {
    List<Batch> all = level == Level.LOWER ? lower : upper;
    if (number == all.size()) {
      all.add(new Batch(assembly.schema(level), Math.max(rows, assembly.rows(level))));
    } else if (all.get(number).capacity() < rows) {
      all.set(number, new Batch(assembly.schema(level), rows));
    }
    all.get(number).clear();
    return all.get(number);
  }
}
