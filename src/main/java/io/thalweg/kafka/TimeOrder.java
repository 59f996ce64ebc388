package io.thalweg.kafka;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Records of several lanes in the order of their timestamps, each lane in that of its offsets; of
 * the same time, the lane with the smaller number first. A record is handed on when every other
 * lane has one in hand too or is read to its end, so that a backlog comes in the same order over
 * several partitions as from one. A client brings the records of one partition after those of
 * another, whatever their times: what comes too soon is held here meanwhile.
 *
 * <p>Nothing is waited for without end: a lane that is not at its end and brings nothing for half a
 * minute is left aside until it brings something, and a record that is passed over for so long and
 * whose time lies in the future is handed on: nothing that comes could be after it for long. Used
 * by one thread.
 */
final class TimeOrder {
  /** How long a silent lane, or a record out of its time, stops others. */
  static final long MOST_HELD_NANOS = 30_000_000_000L;

  private final int[] lanes;
  private final LongSupplier wallMillis;
  private final List<ArrayDeque<ConsumerRecord<byte[], byte[]>>> held = new ArrayList<>();

  /** Whether all that a lane has is in hand; not so before anything is known of it. */
  private final boolean[] atEnd;

  /** Since when the first record of a lane is the first; of an empty one, since when it is so. */
  private final long[] since;

  /**
   * Nothing in hand, and nothing known.
   *
   * @param lanes numbers of the lanes in the source
   * @param nowNanos the time
   * @param wallMillis the time as the records have it
   */
  TimeOrder(int[] lanes, long nowNanos, LongSupplier wallMillis) {
    this.lanes = lanes.clone();
    this.wallMillis = wallMillis;
    for (int i = 0; i < lanes.length; i++) {
      held.add(new ArrayDeque<>());
    }
    atEnd = new boolean[lanes.length];
    since = new long[lanes.length];
    Arrays.fill(since, nowNanos);
  }

  /** Takes up what a lane brought; i counts the lanes as they were given. */
  void add(int i, List<ConsumerRecord<byte[], byte[]>> records, long nowNanos) {
    if (held.get(i).isEmpty() && !records.isEmpty()) {
      since[i] = nowNanos;
    }
    held.get(i).addAll(records);
  }

  /** Notes whether a lane has more than what it brought. */
  void atEnd(int i, boolean end, long nowNanos) {
    if (atEnd[i] && !end && held.get(i).isEmpty()) {
      since[i] = nowNanos;
    }
    atEnd[i] = end;
  }

  /** Leaves a time out in which nobody asked: what was not asked for cannot have been late. */
  void leaveOut(long nanos) {
    for (int i = 0; i < since.length; i++) {
      since[i] += nanos;
    }
  }

  /** Records of a lane in hand. */
  int held(int i) {
    return held.get(i).size();
  }

  /** Offset of the first record of a lane in hand; only where there is one. */
  long firstHeld(int i) {
    return held.get(i).element().offset();
  }

  /** Whether a record may be handed on. */
  boolean isReady(long nowNanos) {
    return next(nowNanos) >= 0;
  }

  /** The lane whose record is next, -1 while one may still come before it. */
  private int next(long nowNanos) {
    int best = -1;
    boolean mayComeBefore = false;
    for (int i = 0; i < lanes.length; i++) {
      boolean tooLong = nowNanos - since[i] >= MOST_HELD_NANOS;
      if (held.get(i).isEmpty()) {
        mayComeBefore |= !atEnd[i] && !tooLong;
      } else if (tooLong && time(i) > wallMillis.getAsLong()) {
        return i;
      } else if (best < 0 || time(i) < time(best)) {
        best = i;
      }
    }
    return mayComeBefore ? -1 : best;
  }

  private long time(int i) {
    return held.get(i).element().timestamp();
  }

  /**
   * Hands records on.
   *
   * @param most how many at the most
   * @return those whose turn it is, empty when some must wait for others
   */
  PolledBatch take(int most, long nowNanos) {
    List<List<ConsumerRecord<byte[], byte[]>>> runs = new ArrayList<>();
    int[] of = new int[16];
    int last = -1;
    for (int n = 0; n < most; n++) {
      int i = next(nowNanos);
      if (i < 0) {
        break;
      }
      if (i != last) {
        if (runs.size() == of.length) {
          of = Arrays.copyOf(of, 2 * of.length);
        }
        of[runs.size()] = lanes[i];
        runs.add(new ArrayList<>());
        last = i;
      }
      runs.get(runs.size() - 1).add(held.get(i).remove());
      since[i] = nowNanos;
    }
    return new PolledBatch(runs, Arrays.copyOf(of, runs.size()));
  }
}
