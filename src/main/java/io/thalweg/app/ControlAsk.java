package io.thalweg.app;

import io.thalweg.config.Durations;
import io.thalweg.config.JobConfig;
import io.thalweg.kafka.ControlClient;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.pipeline.Controls;
import io.thalweg.stream.Instruction;
import io.thalweg.stream.OneLine;
import io.thalweg.stream.Signature;
import io.thalweg.wire.CommandCodec;
import io.thalweg.wire.CommandFormatException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of every command to a running job: sends it, waits for the answer and prints it. */
final class ControlAsk {
  @Mixin private JobFile jobFile = new JobFile();

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "30s",
      description =
          "How long to wait for the answer: 30, 30s, 500ms or 2m; a plain number is seconds;"
              + " default ${DEFAULT-VALUE}.")
  private String timeout = "30s";

  @Option(
      names = "--no-wait",
      description = "Do not wait for the answer: the command takes effect when a leader reads it.")
  private boolean noWait;

  @Option(
      names = "--by",
      paramLabel = "WHO",
      defaultValue = "${sys:user.name}",
      description = "Who asks, for the ledger; default the user of this machine.")
  private @Nullable String by;

  @Option(names = "--id", paramLabel = "TEXT", description = "A name for it, for the ledger.")
  private @Nullable String id;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  ControlAsk() {}

  /** Sends a command; gives the exit code. */
  int send(Instruction instruction) {
    Duration limit = limit();
    CommandCodec.Decoded command = command(instruction);
    JobConfig job = jobFile.read();
    Cluster.connect(job.kafka().values()).close();
    try (ControlClient client =
        new ControlClient(
            new KafkaSettings(job.kafka().values()), job.topics().control(), job.job(), limit)) {
      return noWait
          ? written(job, client.write(command))
          : answered(job, command.signature(), client.send(command));
    }
  }

  /** As a leader will read it: what it would reject is wrong use here. */
  private CommandCodec.Decoded command(Instruction instruction) {
    try {
      return CommandCodec.decode(
          CommandCodec.encode(instruction, id == null ? "" : id, by == null ? "" : by));
    } catch (CommandFormatException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private Duration limit() {
    try {
      return Durations.parseSeconds(timeout);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--timeout: " + e.getMessage(), e);
    }
  }

  private int written(JobConfig job, CompletionStage<Long> offset) {
    say("sent: " + job.topics().control() + "-0@" + await(offset));
    return ExitCode.OK;
  }

  private int answered(
      JobConfig job, Signature signature, CompletionStage<Controls.Outcome> answer) {
    Controls.Outcome outcome = await(answer);
    PrintWriter err = spec.commandLine().getErr(); // the result alone goes to stdout
    err.println(
        OneLine.of(
            "asked "
                + signature.words()
                + (signature.equals(Signature.NONE) ? "" : ", ")
                + "record "
                + job.topics().control()
                + "-0@"
                + outcome.offset()));
    err.flush();
    say(
        (outcome.applied() ? "applied" : "rejected")
            + " at step "
            + outcome.step()
            + ", version "
            + outcome.version()
            + ": "
            + outcome.reason());
    return outcome.applied() ? ExitCode.OK : ExitCode.FAILURE;
  }

  private void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(OneLine.of(line));
    out.flush();
  }

  private static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserError(ExitCode.FAILURE, "interrupted while waiting for the answer", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof TimeoutException) {
        throw new UserError(ExitCode.FAILURE, String.valueOf(cause.getMessage()), cause);
      }
      if (cause instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(cause);
    }
  }
}
