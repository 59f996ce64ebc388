package io.thalweg.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.thalweg.pipeline.ControlState;
import io.thalweg.telemetry.Facts;
import io.thalweg.telemetry.JobWatch;
import io.thalweg.telemetry.Journal;
import io.thalweg.telemetry.Letter;
import io.thalweg.telemetry.Note;
import io.thalweg.telemetry.Phase;
import io.thalweg.telemetry.Point;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * The stream of {@code /stream}: one for all who listen. Nothing is queued for anybody: the feed
 * pulses when there is something new, at most ten times a second, and each listener then reads on
 * from the numbers it has reached in the journal, when its connection takes more. Of what only the
 * present matters of, the status, a slow one gets the latest. So a tab that sleeps costs a few
 * numbers, and the solver nothing.
 */
final class EventFeed {
  /** Listeners at the same time. */
  static final int MOST_LISTENERS = 32;

  /** Bytes handed to a connection at once; it asks for a bounded number of such pieces. */
  private static final int PIECE = 8 << 10;

  private static final byte[] HEARTBEAT = ": heartbeat\n\n".getBytes(UTF_8);
  private static final byte[] RETRY = "retry: 2000\n\n".getBytes(UTF_8);

  private final JobWatch watch;
  private final Journal journal;
  private final byte[] hello;
  private final Sinks.Many<Boolean> pulses = Sinks.many().multicast().directBestEffort();
  private final AtomicInteger listeners = new AtomicInteger();
  private final Set<Cursor> cursors = ConcurrentHashMap.newKeySet();
  private final AtomicLong statusNumber = new AtomicLong();
  private final AtomicLong beats = new AtomicLong();
  private final AtomicLong steeringNumber = new AtomicLong();
  private volatile byte[] steering = new byte[0];

  /** What {@link #steering} says. */
  private ControlState told = ControlState.NONE;

  private byte[] status = new byte[0];
  private long statusOf = -1;
  private long seen = -1;

  EventFeed(JobWatch watch, Hello hello) {
    this.watch = watch;
    this.journal = watch.journal();
    this.hello = Messages.event("hello", Messages.hello(hello));
  }

  /**
   * The events for one listener.
   *
   * @param after version it has seen last, null when it is new
   * @param drop closes its connection
   * @return ends never by itself; null when there are too many already
   */
  @Nullable Flux<ByteBuf> listen(@Nullable Long after, Runnable drop) {
    if (listeners.incrementAndGet() > MOST_LISTENERS) {
      listeners.decrementAndGet();
      return null;
    }
    Cursor cursor = new Cursor(after, drop);
    cursors.add(cursor);
    return pulses
        .asFlux()
        .startWith(true)
        .onBackpressureLatest()
        .concatMapIterable(pulse -> () -> cursor, 1)
        .doFinally(
            end -> {
              if (cursors.remove(cursor)) {
                listeners.decrementAndGet();
              }
            });
  }

  /** How many listen now. */
  int listeners() {
    return listeners.get();
  }

  /** There is a new status. */
  void statusChanged() {
    steer(watch.look().facts());
    statusNumber.incrementAndGet();
  }

  /** What commands have made of the job is known to the one that leads, and rarely changes. */
  private synchronized void steer(Facts facts) {
    if (facts.phase() != Phase.RUNNING) {
      return;
    }
    ControlState control = facts.progress().control();
    boolean same = control.pause().equals(told.pause()) && control.steered().equals(told.steered());
    if (steering.length == 0 || !same) {
      told = control;
      steering = Messages.event("steering", Messages.steering(control));
      steeringNumber.incrementAndGet();
    }
  }

  /** Time for a sign of life on quiet connections, and for those that take nothing to go. */
  void beat(long nowNanos, long patienceNanos) {
    beats.incrementAndGet();
    for (Cursor cursor : cursors) {
      if (nowNanos - cursor.tookNanos > patienceNanos) {
        cursor.drop.run();
      }
    }
  }

  /** Tells the listeners when something has changed; called by one thread. */
  void pulse() {
    journal.course().settle();
    long now =
        journal.course().end()
            + journal.letters().end()
            + journal.notes().end()
            + (journal.isComplete() ? 1 : 0)
            + journal.aliasChanges()
            + steeringNumber.get()
            + statusNumber.get()
            + beats.get();
    if (now != seen) {
      seen = now;
      pulses.tryEmitNext(true);
    }
  }

  /** Ends every stream: in order where it is read, else by closing its connection. */
  void end() {
    pulses.tryEmitComplete();
    cursors.forEach(cursor -> cursor.drop.run()); // those that have not read up to the end
  }

  /** A status is written once for all who listen. */
  private synchronized byte[] status(long number) {
    if (statusOf != number) {
      statusOf = number;
      status = Messages.event("status", Messages.status(watch.look(), journal.leader()));
    }
    return status;
  }

  /** How far one listener has read; pulled by one thread at a time. */
  private final class Cursor implements Iterator<ByteBuf> {
    private final @Nullable Long after;
    private final Runnable drop;
    private boolean greeted;
    private boolean placed;
    private long point;
    private long aliasesSeen;
    private long letter;
    private long note;
    private long latest;
    private long steeringSeen;
    private long statusSeen;
    private long beatSeen = beats.get();
    private volatile long tookNanos = System.nanoTime();

    Cursor(@Nullable Long after, Runnable drop) {
      this.after = after;
      this.drop = drop;
    }

    /** Only looked at here; a piece is put together when it is asked for, at most one ahead. */
    @Override
    public boolean hasNext() {
      return !greeted
          || (journal.isComplete() && point < journal.course().end())
          || aliasesSeen != journal.aliasChanges()
          || letter < journal.letters().end()
          || note < journal.notes().end()
          || steeringSeen != steeringNumber.get()
          || statusSeen != statusNumber.get()
          || beatSeen != beats.get();
    }

    @Override
    public ByteBuf next() {
      if (!hasNext()) {
        throw new NoSuchElementException("read up to the end");
      }
      tookNanos = System.nanoTime();
      return piece();
    }

    /** As much of what is new as goes into one piece. */
    private ByteBuf piece() {
      List<byte[]> parts = new ArrayList<>();
      int room = PIECE;
      if (!greeted) {
        greeted = true;
        parts.add(RETRY);
        parts.add(hello);
        room -= hello.length;
      }
      boolean complete = journal.isComplete();
      if (complete && !placed) { // what came before has its numbers from now on
        placed = true;
        point = after == null ? 0 : journal.course().after(after);
      }
      List<Point> points = new ArrayList<>();
      int[] guess = {room};
      point =
          !complete
              ? 0
              : journal
                  .course()
                  .read(
                      point,
                      p -> {
                        points.add(p);
                        guess[0] -= 64 * (4 + p.metrics().size() + p.upper().size());
                        return guess[0] > 0;
                      });
      for (Point p : points) { // written outside of the course, which the commits need
        byte[] event = Messages.event("point", p.version(), Messages.point(p));
        parts.add(event);
        room -= event.length;
        latest = p.version();
      }
      long changes = journal.aliasChanges();
      boolean caughtUp = !points.isEmpty() && point == journal.course().end();
      if (room > 0 && (caughtUp || aliasesSeen != changes)) {
        aliasesSeen = changes;
        parts.add(Messages.event("aliases", Messages.aliases(latest, journal)));
      }
      if (room > 0) {
        List<Letter> letters = new ArrayList<>();
        letter = journal.letters().read(letter, letters::add);
        letters.forEach(l -> parts.add(Messages.event("letter", Messages.letter(l))));
        List<Note> notes = new ArrayList<>();
        note = journal.notes().read(note, notes::add);
        notes.forEach(n -> parts.add(Messages.event("note", Messages.note(n))));
        long steered = steeringNumber.get();
        if (steered != steeringSeen) {
          steeringSeen = steered;
          parts.add(steering);
        }
        long current = statusNumber.get();
        if (current != statusSeen) {
          statusSeen = current;
          parts.add(status(current));
        }
        long beat = beats.get();
        if (beat != beatSeen) {
          beatSeen = beat;
          parts.add(HEARTBEAT);
        }
      }
      return Unpooled.wrappedBuffer(parts.toArray(new byte[0][]));
    }
  }
}
