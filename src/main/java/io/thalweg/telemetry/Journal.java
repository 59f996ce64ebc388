package io.thalweg.telemetry;

import io.thalweg.pipeline.CommitListener;
import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Event;
import io.thalweg.stream.Positions;
import io.thalweg.stream.Snapshot;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The newest of what was committed and of what happened; bounded however long the job runs. */
public final class Journal implements CommitListener {
  private static final int LETTERS = 50;
  private static final int NOTES = 100;

  /** Kinds are words of the program, not of the data; this only makes sure. */
  private static final int EVENT_KINDS = 50;

  private final LongSupplier clockMillis;
  private final Course course = new Course();
  private final Ring<Letter> letters = new Ring<>(LETTERS);
  private final Ring<Note> notes = new Ring<>(NOTES);
  private volatile @Nullable Positions positions;
  private volatile long deadLetters;
  private volatile @Nullable Point newest;
  private volatile long bestVersion;
  private volatile long pinnedVersion;
  private final AtomicLong aliasChanges = new AtomicLong();
  private volatile boolean complete = true;

  /** Commits of this process that wait for what was before them; null where none has to. */
  private @Nullable ArrayDeque<Point> held;

  private boolean knowsBest;
  private volatile String leader = "";
  private final ConcurrentHashMap<String, Long> events = new ConcurrentHashMap<>();

  /**
   * An empty journal.
   *
   * @param clockMillis wall clock for the times of notes and letters
   */
  public Journal(LongSupplier clockMillis) {
    this.clockMillis = clockMillis;
  }

  @Override
  public void committed(
      @Nullable Snapshot snapshot, String sha256, boolean best, List<DeadLetter> refused) {
    if (snapshot != null) {
      positions = snapshot.positions();
      if (best) {
        best(snapshot.version());
      }
      add(Point.of(snapshot, sha256));
      for (Event event : snapshot.events()) {
        if (events.size() < EVENT_KINDS || events.containsKey(event.kind())) {
          events.merge(event.kind(), 1L, Long::sum);
        }
      }
    }
    long total = deadLetters;
    for (DeadLetter letter : refused) {
      total++;
      if (total > deadLetters + refused.size() - LETTERS) {
        letters.add(
            new Letter(
                letter.lane() + "@" + letter.position(),
                letter.reason(),
                clockMillis.getAsLong(),
                total));
      }
    }
    deadLetters = total;
  }

  private synchronized void add(Point point) {
    newest = point;
    ArrayDeque<Point> waiting = held;
    if (waiting == null) {
      addLater(point);
      return;
    }
    waiting.add(point);
    if (waiting.size() > Course.MOST) {
      waiting.poll();
    }
  }

  /** One that is later than those before: it may come by the topic and by its commit. */
  private void addLater(Point point) {
    Point last = course.newest();
    boolean later =
        last == null
            || point.epoch() > last.epoch()
            || (point.epoch() == last.epoch() && point.version() > last.version());
    if (later) {
      course.add(point);
    }
  }

  /**
   * What others committed will be told by {@link #past}; what this process commits waits for {@link
   * #present}, so that all are in their order. Until the first of the two, pages are told no
   * points.
   */
  public synchronized void expectPast() {
    complete = false;
    held = new ArrayDeque<>();
  }

  /**
   * What was committed by other processes, as the topic has it.
   *
   * @param past oldest first, later than what was told before; what is not is left out
   */
  public synchronized void past(List<Point> past) {
    past.forEach(this::addLater);
    course.settleNow(); // who comes back has seen this one, if any, and is not told it again
    complete = true;
  }

  /** From now on this process alone commits. */
  public synchronized void present() {
    ArrayDeque<Point> waiting = held;
    held = null;
    if (waiting != null) {
      waiting.forEach(this::addLater);
    }
    complete = true;
  }

  /**
   * Whether the points hold what was committed before now, as far as it will come.
   *
   * @return false from {@link #expectPast} to the first {@link #past} or {@link #present}
   */
  public boolean isComplete() {
    return complete;
  }

  /**
   * The snapshot that this process committed last.
   *
   * @return null before the first
   */
  public @Nullable Point newest() {
    return newest;
  }

  private synchronized void best(long version) {
    bestVersion = version;
    knowsBest = true;
  }

  /**
   * What aliases point to by the topic.
   *
   * @param best the best version by others, 0 where it is not known; this process knows its own
   * @param pinned the pinned version, 0 for none
   */
  public synchronized void aliases(long best, long pinned) {
    boolean better = !knowsBest && best > 0 && best != bestVersion;
    if (better) {
      bestVersion = best;
    }
    if (better || pinned != pinnedVersion) {
      pinnedVersion = pinned;
      aliasChanges.incrementAndGet();
    }
  }

  /**
   * The pinned snapshot of the job, as far as this process knows.
   *
   * @return its version, 0 for none
   */
  public long pinnedVersion() {
    return pinnedVersion;
  }

  /**
   * Grows when {@link #aliases} changes something.
   *
   * @return how often it has
   */
  public long aliasChanges() {
    return aliasChanges.get();
  }

  /**
   * Who leads, by the group of the election.
   *
   * @param name of an instance, empty where it is not known
   */
  public void leader(String name) {
    leader = name;
  }

  /**
   * The instance that leads, as far as this process has asked.
   *
   * @return its name, empty where it is not known
   */
  public String leader() {
    return leader;
  }

  /**
   * Notes something down.
   *
   * @param kind one word
   * @param text what happened
   */
  public void note(String kind, String text) {
    notes.add(new Note(clockMillis.getAsLong(), kind, text));
  }

  /**
   * Committed snapshots.
   *
   * @return their course
   */
  public Course course() {
    return course;
  }

  /**
   * Dead letters.
   *
   * @return the newest of them
   */
  public Ring<Letter> letters() {
    return letters;
  }

  /**
   * What happened.
   *
   * @return the newest of it
   */
  public Ring<Note> notes() {
    return notes;
  }

  /**
   * The best snapshot of the job, as far as this process knows.
   *
   * @return its version, 0 for none
   */
  public long bestVersion() {
    return bestVersion;
  }

  /**
   * Dead letters of this process.
   *
   * @return how many were committed
   */
  public long deadLetters() {
    return deadLetters;
  }

  /**
   * Events of this process, such as {@code drift} and {@code rolled-back}.
   *
   * @return kind to how many were committed
   */
  public Map<String, Long> events() {
    return new TreeMap<>(events);
  }

  /**
   * Where every lane stands as of the last commit of a snapshot.
   *
   * @return null before the first
   */
  public @Nullable Positions positions() {
    return positions;
  }
}
