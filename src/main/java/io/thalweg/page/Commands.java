package io.thalweg.page;

import io.thalweg.stream.Signature;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Where the page's commands to the job go, and where their acknowledgements come from. */
public interface Commands {
  /**
   * Sends a command on its way.
   *
   * @param command the JSON of the request, as it came
   * @param from who asks, where the command does not say it
   * @return completes once the command is written down; fails with {@link IllegalArgumentException}
   *     where it is no command, with {@link Unreachable} where it cannot be written
   */
  Mono<Sent> send(String command, String from);

  /**
   * A command that is on its way.
   *
   * @param offset where it is written down, null where it is done without
   * @param signature what the command says of itself and its sender
   * @param outcome what the job made of it; may take as long as it likes
   */
  record Sent(@Nullable Long offset, Signature signature, Mono<Outcome> outcome) {}

  /**
   * What became of a command.
   *
   * @param rejected whether nothing was changed
   * @param word for example {@code applied}
   * @param step after which it took effect, null where there is none
   * @param version of the snapshot it concerns, null where there is none
   * @param reason why it was rejected, or what was done
   */
  record Outcome(
      boolean rejected,
      String word,
      @Nullable Long step,
      @Nullable Long version,
      @Nullable String reason) {}

  /** The command could not be written down; it may be sent again. */
  final class Unreachable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param message what was tried and what came of it
     * @param cause of it, or null
     */
    public Unreachable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
