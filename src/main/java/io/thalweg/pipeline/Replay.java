package io.thalweg.pipeline;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.solver.Solver;
import io.thalweg.solver.StepInput;
import io.thalweg.solver.Verdict;
import io.thalweg.stream.Event;
import io.thalweg.stream.FeatureRange;
import io.thalweg.stream.Instruction;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Member;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.RecordBatch;
import io.thalweg.stream.Snapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Recomputes snapshots from the log by their ledgers: the same samples in the same steps must give
 * the same bits. It has no clock, no linger and no demand; what is read when does not matter, since
 * the ledger says which sample fed which step. Used by one thread.
 */
public final class Replay {
  /** Figures that tell how far the run had read, which no ledger says. */
  private static final Set<String> OF_READING = Set.of("rejected-samples", "left-out-samples");

  private final Assembly assembly;
  private final Solver solver;
  private final LaneReader log;
  private final boolean prequential;
  private final @Nullable CommandReader commands;
  private final Steering steering;
  private final Source[] sources;
  private final List<Batch> lower = new ArrayList<>();
  private final List<Batch> upper = new ArrayList<>();
  private @Nullable Positions at;
  private final Tally tally;

  /** Since the snapshot before. */
  private final List<Event> events = new ArrayList<>();

  private String software = "";
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
    this.prequential = assembly.roles().sharesBatches();
    List<Lane> lanes = log.lanes();
    Map<String, Feed> feeds = new HashMap<>();
    assembly.feeds().forEach(feed -> feeds.put(feed.topic(), feed));
    this.sources = new Source[lanes.size()];
    for (int i = 0; i < sources.length; i++) {
      Feed feed = feeds.get(lanes.get(i).topic());
      if (feed == null) {
        throw new IllegalArgumentException("lane " + lanes.get(i) + " belongs to no feed");
      }
      sources[i] = new Source(i, lanes.get(i), feed.level());
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
    return difference(snapshot);
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
    CommandReader.Asked asked = reader.read(command.text());
    ControlRecord.Target target = null;
    if (asked.instruction() instanceof Instruction.RollBack back) {
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
    steering.obey(
        ControlRecord.of(command.offset(), asked.instruction(), command.text(), target)
            .signed(asked.signature(), 0),
        version - 1);
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
      Source source = sources[i];
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
                  version, source.lane, level, before.of(i, level), from.of(i, level), samples));
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
          sources[shape[i]].take(level, batch, version);
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

  private @Nullable String difference(Snapshot snapshot) {
    List<Event> computed = List.copyOf(events);
    events.clear(); // whatever differs: the next snapshot has events of its own
    if (solver.steps() != snapshot.step()) {
      return "step: published " + snapshot.step() + ", recomputed " + solver.steps();
    }
    double[] x = new double[solver.upperDim()];
    double[] y = new double[solver.lowerDim()];
    solver.upper(x);
    solver.lower(y);
    String inX = difference("x", snapshot.x(), x);
    if (inX != null) {
      return inX;
    }
    String inY = difference("y", snapshot.y(), y);
    if (inY != null) {
      return inY;
    }
    String inMembers = difference(snapshot.members());
    if (inMembers != null) {
      return inMembers;
    }
    String inRange = difference(snapshot.range());
    if (inRange != null) {
      return inRange;
    }
    String inMetrics = difference(snapshot.metrics(), snapshot.software());
    return inMetrics != null ? inMetrics : inEvents(recomputable(snapshot), computed);
  }

  /** A range that was too long to be published is not judged. */
  private @Nullable String difference(FeatureRange published) {
    if (published.isEmpty()) {
      return null;
    }
    FeatureRange[] computed = {FeatureRange.NONE};
    solver.range((low, high) -> computed[0] = new FeatureRange(low.clone(), high.clone()));
    String low = difference("range.low", published.low(), computed[0].low());
    return low != null ? low : difference("range.high", published.high(), computed[0].high());
  }

  /** Figures of one version of the program; another may count from where it took the run up. */
  private @Nullable String difference(Map<String, Double> published, String by) {
    software = software.isEmpty() ? by : software;
    if (!software.equals(by)) {
      return null;
    }
    Map<String, Double> computed = new HashMap<>();
    tally.report(computed, true, assembly.reads(Level.LOWER));
    solver.report(computed::put);
    for (Map.Entry<String, Double> figure : published.entrySet()) {
      String name = figure.getKey();
      Double own = computed.get(name);
      if (!OF_READING.contains(name)
          && (own == null
              || Double.doubleToRawLongBits(own)
                  != Double.doubleToRawLongBits(figure.getValue()))) {
        return "metrics."
            + name
            + ": published "
            + figure.getValue()
            + ", recomputed "
            + (own == null ? "none" : own);
      }
    }
    return null;
  }

  private @Nullable String difference(List<Member> published) {
    List<String> computed = new ArrayList<>();
    List<String> differences = new ArrayList<>();
    solver.members(
        (name, weight, y) -> {
          int i = computed.size();
          computed.add(name);
          if (i < published.size() && differences.isEmpty()) {
            String difference = difference(published.get(i), weight, y);
            if (difference != null) {
              differences.add(difference);
            }
          }
        });
    List<String> names = published.stream().map(Member::name).toList();
    if (!names.equals(computed)) {
      return "members: published " + names + ", recomputed " + computed;
    }
    return differences.isEmpty() ? null : differences.get(0);
  }

  /** Without those that say why a record was turned away whatever the state: no ledger has it. */
  private static List<Event> recomputable(Snapshot snapshot) {
    Set<Double> obeyed = new HashSet<>();
    snapshot.ledger().commands().forEach(command -> obeyed.add((double) command.offset()));
    List<Event> events = new ArrayList<>(snapshot.events());
    events.removeIf(
        event ->
            event.kind().equals(Event.COMMAND_REJECTED)
                && !obeyed.contains(event.figures().get(Event.COMMAND_OFFSET)));
    return events;
  }

  private static @Nullable String inEvents(List<Event> published, List<Event> computed) {
    return published.equals(computed)
        ? null
        : "events: published " + published + ", recomputed " + computed;
  }

  /** A member whose vector was too long to be published is judged by its weight. */
  private static @Nullable String difference(Member published, double weight, double[] y) {
    String path = "members." + published.name();
    if (Double.doubleToRawLongBits(published.weight()) != Double.doubleToRawLongBits(weight)) {
      return path + ".weight: published " + published.weight() + ", recomputed " + weight;
    }
    return published.y().length == 0 ? null : difference(path + ".y", published.y(), y);
  }

  private static @Nullable String difference(String name, double[] published, double[] computed) {
    if (published.length != computed.length) {
      return name + ": published " + published.length + " entries, recomputed " + computed.length;
    }
    for (int i = 0; i < published.length; i++) {
      if (Double.doubleToRawLongBits(published[i]) != Double.doubleToRawLongBits(computed[i])) {
        return name + "[" + i + "]: published " + published[i] + ", recomputed " + computed[i];
      }
    }
    return null;
  }

  /** One lane: decoded as it is needed, its samples told apart by level. */
  private final class Source {
    private final int number;
    private final Lane lane;
    private final @Nullable Level level;
    private final SampleDecoder decoder = assembly.decoders().get();
    private final RowQueue lowerRows = new RowQueue(assembly.schema(Level.LOWER));
    private final RowQueue upperRows = new RowQueue(assembly.schema(Level.UPPER));
    private Position lowerFrom = Position.START;
    private Position upperFrom = Position.START;
    private long lowerDropped;
    private long upperDropped;
    private long nextOffset;

    Source(int number, Lane lane, @Nullable Level level) {
      this.number = number;
      this.lane = lane;
      this.level = level;
    }

    private RowQueue rows(Level of) {
      return of == Level.LOWER ? lowerRows : upperRows;
    }

    void skipTo(Level of, Position from) {
      if (of == Level.LOWER) {
        lowerFrom = from;
      } else {
        upperFrom = from;
      }
      RowQueue rows = rows(of);
      while (!rows.isEmpty() && rows.isBefore(from)) {
        rows.drop();
        countDropped(of);
      }
    }

    /** Reads on until every sample before a place was seen, or the log ends. */
    void readTo(Position place) {
      boolean more = true;
      while (more && new Position(nextOffset, 0).compareTo(place) < 0) {
        more = read();
      }
    }

    private void countDropped(Level of) {
      if (of == Level.LOWER) {
        lowerDropped++;
      } else {
        upperDropped++;
      }
    }

    /** Accepted samples of a level left out since they were last asked for. */
    long dropped(Level of) {
      long out = of == Level.LOWER ? lowerDropped : upperDropped;
      if (of == Level.LOWER) {
        lowerDropped = 0;
      } else {
        upperDropped = 0;
      }
      return out;
    }

    /** Decodes the next records; false when the log has no more. */
    private boolean read() {
      RecordBatch records = log.next(number);
      for (int i = 0; i < records.size(); i++) {
        decode(records, i);
        nextOffset = records.offset(i) + 1;
      }
      return records.size() > 0;
    }

    void take(Level of, Batch batch, long version) {
      RowQueue rows = rows(of);
      while (rows.isEmpty()) {
        if (!read()) {
          throw new ReplayException(
              lane
                  + ": the log ends, but version "
                  + version
                  + " took a "
                  + of.role()
                  + " sample more from it at step attempt "
                  + (tally.attempts() + 1));
        }
      }
      rows.moveTo(batch);
    }

    private void decode(RecordBatch records, int i) {
      RecordHead head = assembly.roles().head(records.headers(i));
      if (head.namesNoLevel()) {
        return; // was refused for its unknown role
      }
      if (head.level() != null && !assembly.reads(head.level())) {
        return; // was left out
      }
      int samples = decoder.open(records.value(i), head.contentType());
      for (int s = 0; s < samples; s++) {
        decode(records.offset(i), s, head);
      }
    }

    private void decode(long offset, int index, RecordHead head) {
      Level presumed = head.presumed(level);
      Level queue = prequential ? Level.LOWER : presumed;
      boolean good = decoder.decode(index, presumed, rows(queue).open());
      if (head.level() == null && !prequential) {
        Level right = assembly.roles().of(decoder, level, lane, offset, index);
        if (right != presumed) {
          if (good) {
            rows(queue).takeBack();
          }
          if (!assembly.reads(right)) {
            return; // was left out
          }
          queue = right;
          good = decoder.decode(index, right, rows(queue).open());
        }
      }
      if (!good) {
        return; // was refused
      }
      Position from = queue == Level.LOWER ? lowerFrom : upperFrom;
      if (new Position(offset, index).compareTo(from) < 0) {
        rows(queue).takeBack();
        countDropped(queue);
      } else {
        rows(queue).committed(offset, index);
      }
    }
  }
}
