package io.thalweg.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.kafka.ControlClient;
import io.thalweg.kafka.KafkaFailure;
import io.thalweg.kafka.SnapshotRegistry;
import io.thalweg.page.Commands;
import io.thalweg.stream.Signature;
import io.thalweg.wire.CommandCodec;
import io.thalweg.wire.CommandFormatException;
import io.thalweg.wire.JsonMistake;
import io.thalweg.wire.SnapshotAlias;
import io.thalweg.wire.SnapshotFormatException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The commands of a page: those to the method go by way of the control topic, so that they are
 * logged, replayed and obeyed by whoever leads; {@code pin} and {@code unpin} change nothing about
 * the method and are written to the snapshot topic, as the command line does it.
 */
final class JobCommands implements Commands {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ControlClient client;
  private final Supplier<SnapshotRegistry> registry;
  private final LongConsumer pinned;
  private final Executor blocking = task -> Schedulers.boundedElastic().schedule(task);

  /**
   * Commands of a job.
   *
   * @param client writes to the control topic
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
          JsonNode read = read(command);
          String verb = read.path("command").asText();
          if (verb.equals("pin")) {
            String which = read.path("version").asText();
            return Mono.just(done(() -> pin(which)));
          }
          return verb.equals("unpin")
              ? Mono.just(done(this::unpin))
              : follow(signed(command, from));
        });
  }

  private static JsonNode read(String command) {
    try {
      JsonNode read = JSON.readTree(command);
      if (read != null && read.isObject()) {
        return read;
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(JsonMistake.words(e), e);
    }
    throw new IllegalArgumentException("expected a JSON object with the key command");
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
    ControlClient.Asked asked = client.follow(command.text());
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

  /** Once begun it goes to its end, whoever waits for it. */
  private Sent done(Supplier<Outcome> work) {
    return new Sent(null, Signature.NONE, wait(CompletableFuture.supplyAsync(work, blocking)));
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

  private Outcome pin(String which) {
    SnapshotRegistry of = registry.get();
    SnapshotRegistry.Found found;
    try {
      found = found(of, which);
    } catch (SnapshotFormatException e) {
      return new Outcome(true, "rejected", null, null, e.getMessage());
    }
    if (found == null) {
      return new Outcome(true, "rejected", null, null, "version " + which + " is not there");
    }
    of.pin(found);
    long version = found.snapshot().version();
    pinned.accept(version);
    return new Outcome(false, "pinned", found.snapshot().step(), version, null);
  }

  private static SnapshotRegistry.@Nullable Found found(SnapshotRegistry of, String which) {
    SnapshotAlias alias = SnapshotAlias.named(which);
    if (alias != null) {
      return of.find(alias);
    }
    try {
      return of.find(Long.parseLong(which));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "pin expects a version, latest or best, but was \"" + which + "\"", e);
    }
  }

  private Outcome unpin() {
    registry.get().unpin();
    pinned.accept(0);
    return new Outcome(false, "unpinned", null, null, null);
  }
}
