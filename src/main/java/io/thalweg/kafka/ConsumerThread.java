package io.thalweg.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;

/**
 * One subscription: one thread that makes, reads and closes one consumer. What is read, and when,
 * is said by those that extend it; they hand on nothing that was not requested, and there is no
 * queue.
 *
 * <p>{@code wakeup()} is not used; a poll ends by itself, so that its length bounds how long demand
 * and cancellation wait.
 *
 * @param <T> what is handed on
 */
abstract class ConsumerThread<T> implements Subscription, Runnable {
  /** How often an idle consumer is polled for nothing, to keep its connections and metadata. */
  static final long TEND_EVERY_NANOS = 250_000_000;

  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final KafkaSettings kafka;
  private final Function<Map<String, Object>, Consumer<byte[], byte[]>> clients;
  private final String topic;
  private final CoreSubscriber<? super T> subscriber;
  private final Thread thread;
  private final AtomicLong requested = new AtomicLong();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private volatile boolean cancelled;

  /**
   * A subscription; {@link #start} begins it.
   *
   * @param clients makes the consumer
   * @param name of the thread
   * @param topic what is read, for messages
   */
  ConsumerThread(
      KafkaSettings kafka,
      Function<Map<String, Object>, Consumer<byte[], byte[]>> clients,
      String name,
      String topic,
      CoreSubscriber<? super T> subscriber) {
    this.kafka = kafka;
    this.clients = clients;
    this.topic = topic;
    this.subscriber = subscriber;
    this.thread = new Thread(this, name);
    this.thread.setDaemon(true);
  }

  /** Settings of the consumer. */
  abstract Map<String, Object> settings();

  /** Reads until it is cancelled. */
  abstract void read(Consumer<byte[], byte[]> consumer);

  final void start() {
    subscriber.onSubscribe(this);
    thread.start();
  }

  /** Completes when the consumer is closed and the thread about to end. */
  final CompletableFuture<Void> closed() {
    return closed;
  }

  final boolean isCancelled() {
    return cancelled;
  }

  final boolean isRequested() {
    return requested.get() > 0;
  }

  @Override
  public final void request(long n) {
    if (Operators.validate(n)) {
      requested.updateAndGet(before -> Operators.addCap(before, n));
      LockSupport.unpark(thread);
    }
  }

  @Override
  public final void cancel() {
    cancelled = true;
    LockSupport.unpark(thread);
  }

  /** Waits, or until something is requested or it is cancelled. */
  final void park(long nanos) {
    LockSupport.parkNanos(this, nanos);
  }

  final void handOver(T item) {
    if (requested.get() != Long.MAX_VALUE) {
      requested.decrementAndGet();
    }
    subscriber.onNext(item);
  }

  @Override
  public final void run() {
    Throwable failure = null;
    try {
      Consumer<byte[], byte[]> consumer = clients.apply(settings());
      Runnable unwatch = kafka.watch().opened(consumer);
      try {
        read(consumer);
      } finally {
        unwatch.run();
        consumer.close(CloseOptions.timeout(CLOSE));
      }
    } catch (Throwable t) { // whatever it is, the subscriber must hear of it
      failure = t;
    } finally {
      closed.complete(null);
    }
    if (failure != null) {
      fail(failure);
    }
  }

  private void fail(Throwable failure) {
    Throwable said =
        failure instanceof Exception
            ? Failures.of(failure, "reading " + topic, MissingRight.read(topic))
            : failure;
    if (cancelled) {
      Operators.onErrorDropped(said, subscriber.currentContext());
    } else {
      cancelled = true;
      subscriber.onError(said);
    }
  }
}
