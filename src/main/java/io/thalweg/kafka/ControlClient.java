package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.thalweg.pipeline.Controls;
import io.thalweg.stream.Event;
import io.thalweg.wire.CommandCodec;
import io.thalweg.wire.CommandFormatException;
import io.thalweg.wire.EventCodec;
import io.thalweg.wire.SnapshotFormatException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes commands to the control topic of a job and reads the answers, which are events that name
 * the offset of their command. May be used by any thread, and blocks none: the clients belong to a
 * {@link ControlSession}, which begins with the first command and ends when there was none for a
 * minute or when something fails; the next command begins another. Every command fails when its
 * time is over, wherever it is by then.
 */
public final class ControlClient implements Controls, AutoCloseable {
  private static final Duration CLOSE = Duration.ofSeconds(5);
  private static final Duration IDLE = Duration.ofMinutes(1);

  private final String topic;
  private final String job;
  private final Duration limit;
  private final Supplier<ControlSession> sessions;
  private final Object lock = new Object();
  private @Nullable ControlSession session;
  private boolean closed;

  /** A command on its way. */
  static final class Ask {
    /** Where a command is. */
    enum Place {
      /** Nobody but this program knows of it. */
      WAITS,
      /** The client of the broker has it. */
      SENT,
      /** It stands in the topic. */
      WRITTEN
    }

    final byte[] value;

    /** Whether somebody waits for what comes of it. */
    final boolean answered;

    /** Guarded by the session's lock, as are the two that follow. */
    Place place = Place.WAITS;

    /** Of what is written. */
    long offset;

    /** Whether its time is over. */
    boolean givenUp;

    final CompletableFuture<Long> written = new CompletableFuture<>();
    final CompletableFuture<Outcome> answer = new CompletableFuture<>();

    Ask(byte[] value, boolean answered) {
      this.value = value;
      this.answered = answered;
    }

    void fail(Throwable why) {
      written.completeExceptionally(why);
      answer.completeExceptionally(why);
    }

    /** Done when nobody waits for anything any more. */
    CompletableFuture<?> last() {
      return answered ? answer : written;
    }
  }

  /**
   * A client; nothing is opened yet.
   *
   * @param kafka settings
   * @param topic the control topic
   * @param job whose
   * @param limit how long an answer is waited for
   */
  public ControlClient(KafkaSettings kafka, String topic, String job, Duration limit) {
    this(
        topic,
        job,
        limit,
        () -> new ControlSession(new ControlSession.KafkaClients(kafka, topic, job), IDLE));
  }

  /** The same with sessions of another make. */
  ControlClient(String topic, String job, Duration limit, Supplier<ControlSession> sessions) {
    this.topic = topic;
    this.job = job;
    this.limit = limit;
    this.sessions = sessions;
  }

  @Override
  public CompletionStage<Outcome> send(String json) {
    try {
      return send(CommandCodec.decode(json));
    } catch (CommandFormatException e) {
      return CompletableFuture.failedStage(new IllegalArgumentException(e.getMessage(), e));
    }
  }

  /**
   * Writes a command to the control topic and waits for the committed answer.
   *
   * @param command which
   * @return the answer; fails as {@link #send(String)} does
   */
  public CompletionStage<Outcome> send(CommandCodec.Decoded command) {
    return ask(command, true).answer;
  }

  /**
   * Writes a command to the control topic and does not wait for an answer.
   *
   * @param command which
   * @return the offset of the record; fails as {@link #send(String)} does
   */
  public CompletionStage<Long> write(CommandCodec.Decoded command) {
    return ask(command, false).written;
  }

  /**
   * A command on its way.
   *
   * @param offset of its record, once it is written
   * @param answer what came of it, as for {@link #send(String)}
   */
  public record Asked(CompletionStage<Long> offset, CompletionStage<Outcome> answer) {}

  /**
   * Writes a command to the control topic and tells both when it is written and when it is
   * answered.
   *
   * @param command which
   * @return both; each fails as {@link #send(String)} does
   */
  public Asked follow(CommandCodec.Decoded command) {
    Ask ask = ask(command, true);
    return new Asked(ask.written, ask.answer);
  }

  private Ask ask(CommandCodec.Decoded command, boolean answered) {
    Ask ask = new Ask(command.text().getBytes(UTF_8), answered);
    ControlSession taken;
    synchronized (lock) {
      if (closed) {
        ask.fail(new IllegalStateException("the client of " + topic + " is closed"));
        return ask;
      }
      taken = session;
      if (taken == null || !taken.offer(ask)) {
        taken = sessions.get();
        session = taken;
        taken.offer(ask);
        taken.start();
      }
    }
    limitTime(taken, ask);
    return ask;
  }

  private void limitTime(ControlSession in, Ask ask) {
    CompletableFuture<Void> over =
        new CompletableFuture<Void>()
            .completeOnTimeout(null, limit.toNanos(), TimeUnit.NANOSECONDS);
    var unused = over.thenRunAsync(() -> expire(in, ask));
    var unusedToo = ask.last().whenComplete((done, failure) -> over.cancel(false));
  }

  private void expire(ControlSession in, Ask ask) {
    Ask.Place place = in.giveUp(ask);
    if (place == Ask.Place.WRITTEN && !ask.answered) {
      ask.written.complete(ask.offset); // just in time
      return;
    }
    String within = " within " + words(limit);
    ask.fail(
        new TimeoutException(
            switch (place) {
              case WAITS ->
                  "no broker took the command for "
                      + topic
                      + within
                      + ": it was not written and has no effect; send it again when they answer";
              case SENT ->
                  "no broker said"
                      + within
                      + " whether the command stands in "
                      + topic
                      + ": see whether thalweg control log shows it before you send it again";
              case WRITTEN ->
                  "no answer to the command at "
                      + topic
                      + "-0@"
                      + ask.offset
                      + within
                      + ": no instance leads job "
                      + job
                      + ", or it is slow; the command takes effect when a leader reads it";
            }));
  }

  private static String words(Duration limit) {
    return limit.toMillis() % 1000 == 0 ? limit.toSeconds() + " s" : limit.toMillis() + " ms";
  }

  /** The answer to a command, null for any other record. */
  static @Nullable Outcome outcome(ConsumerRecord<byte[], byte[]> record, String job) {
    if (record.headers().lastHeader(EventCodec.HEADER) == null || record.value() == null) {
      return null;
    }
    EventCodec.Decoded read;
    try {
      read = EventCodec.decode(record.value());
    } catch (SnapshotFormatException e) {
      return null; // somebody else's
    }
    Event event = read.event();
    Double offset = event.figures().get(Event.COMMAND_OFFSET);
    if (offset == null || !read.job().equals(job) || !EventCodec.isAnswer(event)) {
      return null;
    }
    return new Outcome(
        EventCodec.isApplied(event),
        event.reason(),
        offset.longValue(),
        event.step(),
        read.version());
  }

  /** Takes no more, and leaves what is not written or answered within seconds. */
  @Override
  public void close() {
    ControlSession last;
    synchronized (lock) {
      closed = true;
      last = session;
    }
    if (last != null) {
      last.end(CLOSE);
    }
  }
}
