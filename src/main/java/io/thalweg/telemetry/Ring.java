package io.thalweg.telemetry;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The newest entries of a growing list, each under its number for ever. Readers keep a number, not
 * a queue: one who is slow costs nothing and finds the oldest entry that is left.
 *
 * @param <T> what is kept
 */
public final class Ring<T> {
  private final int capacity;
  private final ArrayDeque<T> entries = new ArrayDeque<>();
  private long end;

  /**
   * An empty ring.
   *
   * @param capacity entries that are kept, at least 1
   */
  public Ring(int capacity) {
    this.capacity = capacity;
  }

  /**
   * Takes an entry in, in the place of the oldest where it is full.
   *
   * @param entry the next one
   */
  public synchronized void add(T entry) {
    if (entries.size() == capacity) {
      entries.poll();
    }
    entries.add(entry);
    end++;
  }

  /**
   * The number the next entry will have.
   *
   * @return the number of the first one, and how many were added since
   */
  public synchronized long end() {
    return end;
  }

  /**
   * The newest entry.
   *
   * @return null where there is none
   */
  public synchronized @Nullable T newest() {
    return entries.peekLast();
  }

  /**
   * Entries from a number on, oldest first, as many as the reader takes.
   *
   * @param from number of the first one wanted; where it is gone, the oldest that is left
   * @param reader gives false when it wants no more
   * @return number of the first entry that was not read
   */
  public synchronized long read(long from, Predicate<T> reader) {
    long at = Math.max(from, end - entries.size());
    Iterator<T> i = entries.iterator();
    for (long skipped = end - entries.size(); skipped < at && i.hasNext(); skipped++) {
      i.next();
    }
    while (at < end) {
      at++;
      if (!reader.test(i.next())) {
        return at;
      }
    }
    return at;
  }
}
