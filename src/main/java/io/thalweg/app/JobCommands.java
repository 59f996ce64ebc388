package io.thalweg.app;

import io.thalweg.kafka.ControlClient;
import io.thalweg.kafka.KafkaFailure;
import io.thalweg.kafka.SnapshotRegistry;
import io.thalweg.page.Commands;
import io.thalweg.stream.Signature;
import io.thalweg.wire.CommandCodec;
import io.thalweg.wire.CommandFormatException;
import io.thalweg.wire.SnapshotFormatException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The commands of a page: those to the method go by way of the control topic, so that they are
 * logged, replayed and obeyed by whoever leads; {@code pin} and {@code unpin} change nothing about
 * the method and are written to the snapshot topic, as the command line does it.
 */
final class JobCommands implements Commands, AutoCloseable {
  /** Pins that may wait for the one at work. */
  static final int MOST_PINS = 8;

  private final ControlClient client;
  private final Supplier<SnapshotRegistry> registry;
  private final LongConsumer pinned;

  /** A thread of their own: what opens and closes the job must not wait for a walk over a topic. */
  private final Scheduler pins =
      Schedulers.newBoundedElastic(1, MOST_PINS, "thalweg-pins", 60, true);

  /**
   * Commands of a job.
   *
   * @param client writes to the control topic; closed with this
   * @param registry made for one use by one thread
   * @param pinned hears which version is pinned, 0 for none
   */
  JobCommands(ControlClient client, Supplier<SnapshotRegistry> registry, LongConsumer pinned) {
    this.client = client;
    this.registry = registry;
    this.pinned = pinned;
  }

  @Override
  public Mono<Sent> send(String command, String from) {
    return Mono.defer(
        () -> {
          PinRequest pin = PinRequest.of(command);
          if (pin == null) {
            return follow(signed(command, from));
          }
          Which which = pin.which();
          return Mono.just(done(() -> which == null ? unpin() : pin(which)));
        });
  }

  /** A command that says who asks: as it says itself, else by where it came from. */
  private static CommandCodec.Decoded signed(String command, String from) {
    try {
      CommandCodec.Decoded read = CommandCodec.decode(command);
      return read.by().isEmpty()
          ? new CommandCodec.Decoded(read.instruction(), read.id(), from)
          : read;
    } catch (CommandFormatException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private Mono<Sent> follow(CommandCodec.Decoded command) {
    ControlClient.Asked asked = client.follow(command);
    Mono<Outcome> answer =
        wait(asked.answer())
            .map(
                outcome ->
                    new Outcome(
                        !outcome.applied(),
                        outcome.applied() ? "applied" : "rejected",
                        outcome.step(),
                        outcome.version(),
                        outcome.reason()));
    return wait(asked.offset()).map(offset -> new Sent(offset, command.signature(), answer));
  }

  /** Once begun it goes to its end, whoever waits for it; a few may wait for their turn. */
  private Sent done(Supplier<Outcome> work) {
    try {
      return new Sent(
          null, Signature.NONE, wait(CompletableFuture.supplyAsync(work, pins::schedule)));
    } catch (RejectedExecutionException e) {
      throw new Unreachable(MOST_PINS + " pins wait for their turn already", e);
    }
  }

  private static <T> Mono<T> wait(CompletionStage<T> stage) {
    return Mono.fromCompletionStage(stage.toCompletableFuture().copy())
        .onErrorMap(JobCommands::worded);
  }

  private static Throwable worded(Throwable thrown) {
    Throwable failure = Exceptions.unwrap(thrown);
    if (failure instanceof java.util.concurrent.CompletionException e && e.getCause() != null) {
      failure = e.getCause();
    }
    return failure instanceof KafkaFailure || failure instanceof IllegalStateException
        ? new Unreachable(String.valueOf(failure.getMessage()), failure)
        : failure;
  }

  private Outcome pin(Which which) {
    SnapshotRegistry of = registry.get();
    SnapshotRegistry.Found found;
    try {
      found = which.in(of);
    } catch (SnapshotFormatException e) {
      return new Outcome(true, "rejected", null, null, e.getMessage());
    }
    if (found == null) {
      return new Outcome(true, "rejected", null, null, which.words() + " is not there");
    }
    of.pin(found);
    long version = found.snapshot().version();
    pinned.accept(version);
    return new Outcome(false, "pinned", found.snapshot().step(), version, null);
  }

  private Outcome unpin() {
    registry.get().unpin();
    pinned.accept(0);
    return new Outcome(false, "unpinned", null, null, null);
  }

  /** Takes no more; ends the client as well. */
  @Override
  public void close() {
    pins.dispose();
    client.close();
  }
}
