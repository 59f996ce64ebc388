package io.thalweg.telemetry;

import io.thalweg.stream.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The committed snapshots of a job from its first to its newest, as many as a chart can show: a job
 * that publishes hundreds a second has at most four points a second here, and of a long course the
 * older half grows coarser each time it is full. What happened at a snapshot that is left out is
 * told by the next one that stays. Each point has its number for ever, so readers keep a number and
 * not a queue.
 */
public final class Course {
  /** Points that are kept. */
  public static final int MOST = 2_000;

  /** Between two points, by the times of their snapshots. */
  static final long SPACING_MILLIS = 250;

  /** Events of one point. */
  static final int MOST_EVENTS = 50;

  private record Entry(long number, Point point) {}

  private List<Entry> entries = new ArrayList<>();
  private long end;
  private @Nullable Point waiting;
  private boolean fresh;

  /** Nothing yet. */
  public Course() {}

  /**
   * Takes up the next snapshot. It waits where the last point is too near; a later one that takes
   * its place takes its events along.
   *
   * @param point later than those before
   */
  public synchronized void add(Point point) {
    Point left = waiting;
    Point next = left == null ? point : point.after(left.events(), MOST_EVENTS);
    Point last = entries.isEmpty() ? null : entries.get(entries.size() - 1).point;
    if (last == null || isApart(last, next)) {
      append(next);
    } else {
      waiting = next;
      fresh = true;
    }
  }

  /** A new life of the job begins with a point of its own; so it is after a clock was set back. */
  private static boolean isApart(Point last, Point next) {
    long since = next.timeMillis() - last.timeMillis();
    return since < 0 || since >= SPACING_MILLIS || next.epoch() != last.epoch();
  }

  /**
   * Lets the snapshot that waits be a point where no other has come since the last call: so the
   * newest one is seen when a job stands still, too. Called at a beat.
   */
  public synchronized void settle() {
    Point left = waiting;
    if (left != null && !fresh) {
      append(left);
    }
    fresh = false;
  }

  /** Lets the snapshot that waits be a point now, as the last one of what was before. */
  synchronized void settleNow() {
    Point left = waiting;
    if (left != null) {
      append(left);
    }
  }

  private void append(Point point) {
    waiting = null;
    entries.add(new Entry(end++, point));
    if (entries.size() > MOST) {
      thin();
    }
  }

  private void thin() {
    int half = MOST / 2;
    List<Entry> kept = new ArrayList<>(MOST);
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      boolean leaves = i < half && i % 2 == 1;
      if (leaves) {
        Entry next = entries.get(i + 1);
        List<Event> events = entry.point.events();
        entries.set(i + 1, new Entry(next.number, next.point.after(events, MOST_EVENTS)));
      } else {
        kept.add(entry);
      }
    }
    entries = kept;
  }

  /**
   * The number the next point will have.
   *
   * @return how many there were so far
   */
  public synchronized long end() {
    return end;
  }

  /**
   * The snapshot that was taken up last, whether it is a point yet or waits.
   *
   * @return null before the first
   */
  public synchronized @Nullable Point newest() {
    if (waiting != null) {
      return waiting;
    }
    return entries.isEmpty() ? null : entries.get(entries.size() - 1).point;
  }

  /**
   * Points from a number on, oldest first, as many as the reader takes.
   *
   * @param from the least number wanted
   * @param reader gives false when it wants no more
   * @return the number to go on from
   */
  public synchronized long read(long from, Predicate<Point> reader) {
    for (int i = place(from); i < entries.size(); i++) {
      Entry entry = entries.get(i);
      if (!reader.test(entry.point)) {
        return entry.number + 1;
      }
    }
    return end;
  }

  /** Index of the first entry with this number or a higher one. */
  private int place(long number) {
    int low = 0;
    int high = entries.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (entries.get(middle).number < number) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /**
   * Where somebody goes on who has seen the points up to a version.
   *
   * @param version of a snapshot
   * @return number of the first point after the last one that is not later than it; 0 where the
   *     version is later than all, since it is of another log then
   */
  public synchronized long after(long version) {
    Point newest = newest();
    if (newest == null || version > newest.version()) {
      return 0;
    }
    for (int i = entries.size() - 1; i >= 0; i--) {
      Entry entry = entries.get(i);
      if (entry.point.version() <= version) {
        return entry.number + 1;
      }
    }
    return 0;
  }
}
