package io.thalweg.kafka;

import io.thalweg.stream.Cut;
import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Member;
import io.thalweg.stream.Snapshot;
import io.thalweg.stream.StateArray;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Gathers cuts while a commit is under way and commits them together, on one thread of its own. Of
 * the solver's state it keeps two copies at most, however many cuts wait: one being written and the
 * newest. The first failure is the last: nothing is committed after it, and everybody who waits or
 * comes later hears of it.
 */
final class CommitLoop {
  /** Cuts that may wait for the commit under way. */
  static final int MOST_CUTS = 64;

  /** Rough size of the cuts that may wait, in bytes. */
  static final long MOST_BYTES = 32L << 20;

  /** Makes cuts durable, in order, all or none. */
  interface Committer {
    void commit(List<Cut> cuts);
  }

  private final Committer committer;
  private final Thread thread;
  private List<Cut> pending = new ArrayList<>();
  private long pendingBytes;
  private boolean committing;
  private int underWay;
  private volatile long commitNanos;
  private boolean stopped;
  private @Nullable RuntimeException failure;
  private CompletableFuture<Void> room = new CompletableFuture<>();
  private CompletableFuture<Void> idle = new CompletableFuture<>();
  private final CompletableFuture<Void> failed = new CompletableFuture<>();

  CommitLoop(String name, Committer committer) {
    this.committer = committer;
    this.thread = new Thread(this::run, name);
    this.thread.setDaemon(true);
    this.thread.start();
  }

  Mono<Void> accept(Cut cut) {
    return Mono.defer(() -> take(cut));
  }

  /** Completes when nothing is pending or under way. */
  Mono<Void> flush() {
    return Mono.defer(
        () -> {
          synchronized (this) {
            if (failure != null) {
              return Mono.error(failure);
            }
            return pending.isEmpty() && !committing ? Mono.empty() : Mono.fromFuture(idle, true);
          }
        });
  }

  /** Cuts that wait, those of the commit under way included. */
  synchronized int waiting() {
    return pending.size() + underWay;
  }

  /** Smoothed time of the last commits, 0 before the first. */
  long commitNanos() {
    return commitNanos;
  }

  /** Fails when a commit fails; never completes otherwise, not by stopping either. */
  Mono<Void> failed() {
    return Mono.fromFuture(failed, true);
  }

  /** Ends the thread after the commit under way; what is only pending is dropped. */
  void stop(long millis) {
    synchronized (this) {
      stopped = true;
      notifyAll();
    }
    if (Thread.currentThread() != thread) {
      try {
        thread.join(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private synchronized Mono<Void> take(Cut cut) {
    if (failure != null) {
      return Mono.error(failure);
    }
    if (stopped) {
      return Mono.error(new IllegalStateException("the sink is closed"));
    }
    supersede();
    pending.add(cut);
    pendingBytes += weight(cut);
    notifyAll();
    boolean full = pending.size() >= MOST_CUTS || pendingBytes >= MOST_BYTES;
    return full ? Mono.fromFuture(room, true) : Mono.empty();
  }

  /**
   * The state of a cut that has not begun to be written is of no use once the next one is there.
   */
  private void supersede() {
    if (!pending.isEmpty()) {
      Cut before = pending.get(pending.size() - 1);
      Cut light =
          new Cut(before.snapshot(), before.checkpoint().withoutState(), before.deadLetters());
      pendingBytes += weight(light) - weight(before);
      pending.set(pending.size() - 1, light);
    }
  }

  private void run() {
    List<Cut> cuts = next();
    while (cuts != null) {
      long start = System.nanoTime();
      try {
        committer.commit(cuts);
        long took = System.nanoTime() - start;
        commitNanos = commitNanos == 0 ? took : commitNanos + (took - commitNanos) / 4;
      } catch (Throwable t) { // whatever it is, those who wait must hear of it
        RuntimeException why = t instanceof RuntimeException e ? e : new IllegalStateException(t);
        fail(why);
        failed.completeExceptionally(why);
        return;
      }
      cuts = next();
    }
    fail(new IllegalStateException("the sink is closed"));
  }

  /** Waits for cuts; null when stopped. */
  private @Nullable List<Cut> next() {
    CompletableFuture<Void> nowIdle = null;
    synchronized (this) {
      committing = false;
      underWay = 0;
      if (pending.isEmpty()) {
        nowIdle = idle;
        idle = new CompletableFuture<>();
      }
    }
    if (nowIdle != null) {
      nowIdle.complete(null);
    }
    List<Cut> cuts;
    CompletableFuture<Void> nowRoom;
    synchronized (this) {
      while (pending.isEmpty() && !stopped) {
        try {
          wait();
        } catch (InterruptedException e) {
          stopped = true;
        }
      }
      if (stopped) {
        return null;
      }
      cuts = pending;
      pending = new ArrayList<>();
      pendingBytes = 0;
      committing = true;
      underWay = cuts.size();
      nowRoom = room;
      room = new CompletableFuture<>();
    }
    nowRoom.complete(null);
    return cuts;
  }

  private void fail(RuntimeException why) {
    CompletableFuture<Void> waitingForRoom;
    CompletableFuture<Void> waitingForIdle;
    synchronized (this) {
      failure = why;
      committing = false;
      pending.clear();
      waitingForRoom = room;
      waitingForIdle = idle;
    }
    waitingForRoom.completeExceptionally(why);
    waitingForIdle.completeExceptionally(why);
  }

  /** About as many bytes as a cut keeps in memory. */
  static long weight(Cut cut) {
    long bytes = 1024;
    Snapshot snapshot = cut.snapshot();
    if (snapshot != null) {
      bytes += 8L * (snapshot.x().length + snapshot.y().length);
      for (Member member : snapshot.members()) {
        bytes += 8L * member.y().length;
      }
      bytes += 64L * (snapshot.upper().size() + snapshot.metrics().size());
      bytes += 64L * snapshot.ledger().runs().size();
    }
    for (StateArray array : cut.checkpoint().solver()) {
      if (array instanceof StateArray.Doubles doubles) {
        bytes += 8L * doubles.values().length;
      }
    }
    for (DeadLetter letter : cut.deadLetters()) {
      bytes += 256L + CutRecords.size(letter);
    }
    return bytes;
  }
}
