package io.thalweg.telemetry;

import io.thalweg.pipeline.ControlState;
import io.thalweg.pipeline.Progress;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Positions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Looks at an instance once a second and judges whether it is ready. Its own clock tells whether
 * somebody still looks: a process whose threads do not run any more is not alive.
 */
public final class JobWatch {
  /** Refused steps in a row that make an instance unready; a hundred end it. */
  static final int REFUSALS = 10;

  private static final int RATE_TICKS = 4;
  private static final long SILENT_NANOS = Duration.ofSeconds(30).toNanos();

  private final Journal journal;
  private final Supplier<Facts> instance;
  private final Supplier<Check> broker;
  private final long staleNanos;
  private final LongSupplier nanos;
  private final ArrayDeque<long[]> samples = new ArrayDeque<>();
  private final Total rejected = new Total();
  private long committedVersion;
  private long behindSince;
  private boolean behind;
  private volatile long ticked;
  private volatile Look look =
      new Look(
          Facts.idle(Phase.STARTING, ""),
          List.of(new Check("leads", false, "this instance is starting")),
          0,
          0);

  /**
   * A watch that looks when {@link #tick} is called.
   *
   * @param journal what was committed
   * @param instance asked for the facts
   * @param broker whether the brokers answer
   * @param staleAfter how long a snapshot may wait for its commit
   * @param nanos monotone clock
   */
  public JobWatch(
      Journal journal,
      Supplier<Facts> instance,
      Supplier<Check> broker,
      Duration staleAfter,
      LongSupplier nanos) {
    this.journal = journal;
    this.instance = instance;
    this.broker = broker;
    this.staleNanos = staleAfter.toNanos();
    this.nanos = nanos;
    this.ticked = nanos.getAsLong();
  }

  /**
   * What was committed and what happened.
   *
   * @return the journal
   */
  public Journal journal() {
    return journal;
  }

  /**
   * The instance as of the last tick.
   *
   * @return the last look
   */
  public Look look() {
    return look;
  }

  /**
   * Whether ticks still come.
   *
   * @return false when none has come for half a minute
   */
  public boolean isTicking() {
    return nanos.getAsLong() - ticked < SILENT_NANOS;
  }

  /**
   * The instance as of now; only rates are those of the last tick. For probes, who are asked about
   * now and may come at any pace.
   *
   * @return a look of its own
   */
  public synchronized Look now() {
    Facts facts = committedPositions(instance.get());
    Look last = look;
    return new Look(facts, checks(facts, nanos.getAsLong()), last.rate(), last.rejected());
  }

  /** Looks; to be called once a second by one thread at a time. */
  public synchronized void tick() {
    long now = nanos.getAsLong();
    Facts facts = committedPositions(instance.get());
    look =
        new Look(
            facts,
            checks(facts, now),
            rate(facts.progress().samples(), now),
            rejected.of(facts.progress().rejected()));
    ticked = now;
  }

  /** Partitions from where the last committed snapshot stands: a restart would go on there. */
  private Facts committedPositions(Facts facts) {
    Positions positions = journal.positions();
    if (positions == null || facts.lanes().isEmpty()) {
      return facts;
    }
    List<LaneLook> lanes = new ArrayList<>();
    for (LaneLook lane : facts.lanes()) {
      int at = positions.lanes().indexOf(new Lane(lane.topic(), lane.partition()));
      lanes.add(
          at < 0
              ? lane
              : new LaneLook(
                  lane.topic(),
                  lane.partition(),
                  lane.role(),
                  positions.resumeOffset(at),
                  Math.max(lane.end(), positions.resumeOffset(at))));
    }
    return new Facts(
        facts.phase(),
        facts.why(),
        facts.progress(),
        facts.restoredVersion(),
        facts.steps(),
        facts.stepNanos(),
        facts.stages(),
        List.copyOf(lanes),
        facts.lag(),
        facts.commits());
  }

  private double rate(long taken, long now) {
    long[] last = samples.peekLast();
    if (last != null && taken < last[1]) {
      samples.clear(); // another life
    }
    samples.add(new long[] {now, taken});
    if (samples.size() > RATE_TICKS) {
      samples.poll();
    }
    long[] first = samples.getFirst();
    // what an earlier life took in came with the restored state, not in this second
    boolean began = first[1] == 0 && look.facts().restoredVersion() > 0;
    return now == first[0] || began ? 0 : (taken - first[1]) * 1e9 / (now - first[0]);
  }

  private List<Check> checks(Facts facts, long now) {
    boolean standby = facts.phase() == Phase.STANDBY;
    List<Check> checks = new ArrayList<>();
    checks.add(leads(facts));
    if (standby) {
      checks.add(broker.get());
      return List.copyOf(checks);
    }
    checks.add(partitions(facts));
    checks.add(snapshot(facts));
    checks.add(converges(facts.progress()));
    ControlState control = facts.progress().control();
    if (control.isPaused()) { // as it was asked to be: no fault of the instance
      checks.add(new Check("paused", true, control.pause().words()));
    }
    checks.add(broker.get());
    checks.add(commits(facts, now));
    return List.copyOf(checks);
  }

  private static Check leads(Facts facts) {
    return switch (facts.phase()) {
      case RUNNING -> new Check("leads", true, "this instance leads");
      case STANDBY -> new Check("leads", true, "another instance leads; this one stands by");
      case STARTING -> new Check("leads", false, "this instance is starting");
      case RESTARTING ->
          new Check("leads", false, "starting again from the last checkpoint: " + facts.why());
      case STOPPING -> new Check("leads", false, "this instance is stopping");
    };
  }

  private static Check partitions(Facts facts) {
    int count = facts.lanes().size();
    boolean reads = facts.phase() == Phase.RUNNING && count > 0;
    return new Check(
        "partitions",
        reads,
        reads
            ? "reads " + count + (count == 1 ? " partition" : " partitions")
            : "reads no partition" + (facts.phase() == Phase.STOPPING ? " any more" : " yet"));
  }

  private Check snapshot(Facts facts) {
    Point newest = journal.newest();
    if (newest != null) {
      return new Check("snapshot", true, "version " + newest.version() + " is published");
    }
    long restored = facts.restoredVersion();
    return restored > 0
        ? new Check("snapshot", true, "version " + restored + " is restored")
        : new Check("snapshot", false, "no snapshot is published yet");
  }

  private static Check converges(Progress progress) {
    long inRow = progress.refusals().inRow();
    return inRow < REFUSALS
        ? new Check("converges", true, steps(progress))
        : new Check(
            "converges",
            false,
            inRow
                + " steps in a row were refused, the last because "
                + progress.refusals().reason());
  }

  /** A level without samples is no fault of the instance, but who asks should know. */
  private static String steps(Progress progress) {
    if (progress.control().isPaused()) {
      return "no step is refused, and none is taken while it is paused";
    }
    String lacking = progress.lackingRole();
    return lacking.isEmpty()
        ? "steps are taken"
        : "no step is refused; the next one waits for " + lacking + " samples";
  }

  private Check commits(Facts facts, long now) {
    Point newest = journal.newest();
    long committed = Math.max(facts.restoredVersion(), newest == null ? 0 : newest.version());
    boolean waits = facts.progress().version() > committed;
    if (!waits || !behind || committed != committedVersion) {
      behindSince = now;
    }
    behind = waits;
    committedVersion = committed;
    long waited = now - behindSince;
    return waits && waited > staleNanos
        ? new Check(
            "commits",
            false,
            String.format(
                Locale.ROOT,
                "version %d has waited %d s for its commit",
                committed + 1,
                waited / 1_000_000_000L))
        : new Check("commits", true, "what is made is committed");
  }
}
