package io.thalweg.app;

import io.thalweg.stream.Instruction;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg control}: commands to a running job. */
@Command(
    name = "control",
    description = {
      "Asks a running job for something, by a record on its control topic. It is done at the next"
          + " batch boundary, once whatever crashes, and answered in the snapshot taken right after:"
          + " each command waits for that answer and prints the step and the version.",
      "",
      "NAME is a coordinate as snapshots name it in upper; 'l2.*' stands for all that begin with"
          + " l2., '*' for all. Values are in the units of upper.",
      ""
    },
    subcommands = {
      ControlCommand.Pause.class,
      ControlCommand.Resume.class,
      ControlCommand.TakeSnapshot.class,
      ControlCommand.Bounds.class,
      ControlCommand.Freeze.class,
      ControlCommand.Unfreeze.class,
      ControlCommand.StepSize.class,
      ControlCommand.ResetEstimators.class,
      ControlCommand.RollBack.class,
      ControlLogCommand.class
    },
    footer = {
      "",
      "Exit codes: 0 done; 1 rejected, with the reason, or no answer in time; 2 wrong use; 69 broker"
          + " unreachable; 78 the job file, or its topics are missing.",
      "",
      "Examples:",
      "  thalweg control pause -c job.yaml",
      "  thalweg control bounds 'l2.*' --lower 1e-6 --upper 0.1 -c job.yaml",
      "  thalweg control step-size 0.5 -c job.yaml",
      "  thalweg control rollback best -c job.yaml",
      "  thalweg control log -c job.yaml"
    })
final class ControlCommand implements Runnable {
  @Spec private CommandSpec spec;

  ControlCommand() {}

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "Missing command: pause, resume, snapshot, bounds, freeze, unfreeze, step-size,"
            + " reset-estimators, rollback or log");
  }

  /** {@code thalweg control pause}. */
  @Command(
      name = "pause",
      description = {
        "Takes no samples in until resume: they wait in their topics. A job that is started anew"
            + " stays paused.",
        ""
      })
  static final class Pause implements Callable<Integer> {
    @Mixin private ControlAsk ask;

    Pause() {}

    @Override
    public Integer call() {
      return ask.send(new Instruction.Pause());
    }
  }

  /** {@code thalweg control resume}. */
  @Command(
      name = "resume",
      description = {"Goes on after pause.", ""})
  static final class Resume implements Callable<Integer> {
    @Mixin private ControlAsk ask;

    Resume() {}

    @Override
    public Integer call() {
      return ask.send(new Instruction.Resume());
    }
  }

  /** {@code thalweg control snapshot}. */
  @Command(
      name = "snapshot",
      description = {"Publishes a snapshot now, whatever snapshots.every says.", ""})
  static final class TakeSnapshot implements Callable<Integer> {
    @Mixin private ControlAsk ask;

    TakeSnapshot() {}

    @Override
    public Integer call() {
      return ask.send(new Instruction.Publish());
    }
  }

  /** {@code thalweg control bounds}. */
  @Command(
      name = "bounds",
      description = {
        "Keeps coordinates within bounds from now on; a value outside is moved to the nearer end.",
        ""
      })
  static final class Bounds implements Callable<Integer> {
    @Mixin private ControlAsk ask;

    @Mixin private CoordinateNames names;

    @Option(names = "--lower", paramLabel = "VALUE", description = "Least value; default none.")
    private @Nullable Double lower;

    @Option(names = "--upper", paramLabel = "VALUE", description = "Largest value; default none.")
    private @Nullable Double upper;

    Bounds() {}

    @Override
    public Integer call() {
      return ask.send(
          new Instruction.Bounds(
              names.list(),
              lower == null ? Double.NEGATIVE_INFINITY : lower,
              upper == null ? Double.POSITIVE_INFINITY : upper));
    }
  }

  /** {@code thalweg control freeze}. */
  @Command(
      name = "freeze",
      description = {"Holds coordinates where they are.", ""})
  static final class Freeze implements Callable<Integer> {
    @Mixin private ControlAsk ask;

    @Mixin private CoordinateNames names;

    Freeze() {}

    @Override
    public Integer call() {
      return ask.send(new Instruction.Freeze(names.list(), true));
    }
  }

  /** {@code thalweg control unfreeze}. */
  @Command(
      name = "unfreeze",
      description = {"Lets coordinates go that freeze holds.", ""})
  static final class Unfreeze implements Callable<Integer> {
    @Mixin private ControlAsk ask;

    @Mixin private CoordinateNames names;

    Unfreeze() {}

    @Override
    public Integer call() {
      return ask.send(new Instruction.Freeze(names.list(), false));
    }
  }

  /** {@code thalweg control step-size}. */
  @Command(
      name = "step-size",
      description = {"Scales the step sizes; 1 is what the job file says.", ""})
  static final class StepSize implements Callable<Integer> {
    @Mixin private ControlAsk ask;

    @Parameters(arity = "1", paramLabel = "FACTOR", description = "Positive.")
    private double factor;

    StepSize() {}

    @Override
    public Integer call() {
      return ask.send(new Instruction.StepSize(factor));
    }
  }

  /** {@code thalweg control reset-estimators}. */
  @Command(
      name = "reset-estimators",
      description = {"Begins schedules and estimators anew at the point where the job is.", ""})
  static final class ResetEstimators implements Callable<Integer> {
    @Mixin private ControlAsk ask;

    ResetEstimators() {}

    @Override
    public Integer call() {
      return ask.send(new Instruction.ResetEstimators());
    }
  }

  /** {@code thalweg control rollback}, and {@code thalweg snapshot rollback}. */
  @Command(
      name = "rollback",
      description = {
        "Goes on from an earlier snapshot, with schedules and estimators anew. Versions go on"
            + " counting; samples that were taken in are not taken in again.",
        ""
      })
  static final class RollBack implements Callable<Integer> {
    @Mixin private ControlAsk ask;

    @Parameters(paramLabel = "WHICH", description = Which.WORDS)
    private String which = "";

    @Spec private CommandSpec spec;

    RollBack() {}

    @Override
    public Integer call() {
      Which wanted;
      try {
        wanted = Which.of(which);
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
      }
      return ask.send(wanted.rollBack());
    }
  }
}
