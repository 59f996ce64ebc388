package io.thalweg.pipeline;

import io.thalweg.solver.Command;
import io.thalweg.solver.Solver;
import io.thalweg.stream.Event;
import io.thalweg.stream.Instruction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Does what operators ask for, between two steps: the same instructions between the same steps give
 * the same bits and the same events, in a run and when it is recomputed. Used by one thread.
 */
final class Steering {
  private final Solver solver;
  private final Coordinates coordinates;
  private final Consumer<Event> events;
  private Pause pause = Pause.NONE;
  private long applied;
  private long rejected;

  /** What is in force, made anew with every command. */
  private Steered steered = Steered.NONE;

  /**
   * Nothing was asked for yet.
   *
   * @param solver the method at work
   * @param view how its upper coordinates are called
   * @param events hears what came of every instruction
   */
  Steering(Solver solver, UpperView view, Consumer<Event> events) {
    this.solver = solver;
    this.coordinates = new Coordinates(solver, view);
    this.events = events;
  }

  /** Goes on as a checkpoint says. */
  void restore(Pause paused) {
    pause = paused;
  }

  /** The method was restored: what commands have made of it is part of its state. */
  void restored() {
    look();
  }

  /** The command that paused the run. */
  Pause pause() {
    return pause;
  }

  boolean isPaused() {
    return pause.offset() >= 0;
  }

  ControlState state() {
    return new ControlState(pause, applied, rejected, steered);
  }

  private void look() {
    double[] factor = {1};
    List<Steered.Coordinate> bounded = new ArrayList<>();
    double[] x = new double[solver.upperDim()];
    solver.steered(
        new Solver.SteeredSink() {
          @Override
          public void stepSizes(double times) {
            factor[0] = times;
          }

          @Override
          public void coordinate(int i, double low, double high, boolean held) {
            bounded.add(
                new Steered.Coordinate(
                    coordinates.name(i),
                    coordinates.unit(i, low, x),
                    coordinates.unit(i, high, x),
                    held));
          }
        });
    steered = new Steered(factor[0], bounded);
  }

  /** What came of an instruction: what was done, or why nothing was. */
  private record Answer(boolean done, String reason, Map<String, Double> figures) {
    static Answer done(String what) {
      return new Answer(true, what, Map.of());
    }

    static Answer rejected(String why) {
      return new Answer(false, why, Map.of());
    }

    static Answer of(@Nullable String refused, String what) {
      return refused == null ? done(what) : rejected(refused);
    }
  }

  /**
   * Obeys, or says why not.
   *
   * @param asked what is asked for, or a record that is turned away
   * @param version of the last snapshot
   */
  void obey(ControlRecord asked, long version) {
    Instruction instruction = asked.instruction();
    Answer answer;
    if (instruction == null) {
      answer = Answer.rejected(asked.refusal());
    } else {
      answer = answer(asked, instruction, version);
      solver.events(
          (step, kind, reason, of) -> events.accept(Event.finite(step, kind, reason, of)));
    }
    if (answer.done()) {
      look();
    }
    applied += answer.done() ? 1 : 0;
    rejected += answer.done() ? 0 : 1;
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put(Event.COMMAND_OFFSET, (double) asked.offset());
    figures.putAll(answer.figures());
    events.accept(
        new Event(
            solver.steps(),
            answer.done() ? Event.COMMAND_APPLIED : Event.COMMAND_REJECTED,
            answer.reason(),
            figures,
            asked.signature()));
  }

  private Answer answer(ControlRecord asked, Instruction instruction, long version) {
    if (instruction instanceof Instruction.Pause) {
      boolean already = isPaused();
      if (!already) {
        pause = new Pause(asked.offset(), asked.timeMillis(), asked.signature());
      }
      return Answer.done(already ? "paused already" : "paused");
    } else if (instruction instanceof Instruction.Resume) {
      boolean paused = isPaused();
      pause = Pause.NONE;
      return Answer.done(paused ? "resumed" : "was not paused");
    } else if (instruction instanceof Instruction.Publish) {
      return Answer.done("published");
    } else if (instruction instanceof Instruction.Bounds bounds) {
      return bound(bounds);
    } else if (instruction instanceof Instruction.Freeze freeze) {
      return freeze(freeze);
    } else if (instruction instanceof Instruction.StepSize size) {
      return scale(size.factor());
    } else if (instruction instanceof Instruction.ResetEstimators) {
      return Answer.of(
          solver.steer(new Command.ResetEstimators()), "schedules and estimators begin anew");
    }
    ControlRecord.Target target = asked.target();
    return target == null
        ? Answer.rejected("there is no snapshot to go back to")
        : rollBack(target, version);
  }

  private Answer scale(double factor) {
    return Answer.of(
        solver.steer(new Command.StepSize(factor)),
        solver.ownUpper() == 0
            ? "step sizes are " + factor + " of the job's"
            : "tuned step sizes were pushed by the factor "
                + factor
                + " over the one before, within their range");
  }

  private Answer rollBack(ControlRecord.Target target, long version) {
    if (target.x().length != solver.upperDim() || target.y().length != solver.lowerDim()) {
      return Answer.rejected(
          "version "
              + target.version()
              + " has "
              + target.x().length
              + " and "
              + target.y().length
              + " entries, but the method has "
              + solver.upperDim()
              + " and "
              + solver.lowerDim());
    }
    String refused = solver.steer(new Command.RollBack(target.version(), target.x(), target.y()));
    if (refused != null) {
      return Answer.rejected(refused);
    }
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("from-version", (double) version);
    figures.put("to-version", (double) target.version());
    return new Answer(true, "gone back to version " + target.version(), figures);
  }

  private Answer bound(Instruction.Bounds bounds) {
    Set<Integer> chosen = new LinkedHashSet<>();
    String refused = coordinates.choose(bounds.names(), chosen);
    if (refused == null) {
      refused = each(chosen, i -> within(i, bounds));
    }
    return refused == null ? Answer.done(bounded(bounds, chosen)) : Answer.rejected(refused);
  }

  /** The bounds in force: what is asked for beyond the job's own has no effect, and is said. */
  private String bounded(Instruction.Bounds asked, Set<Integer> chosen) {
    int closer = 0;
    String first = "";
    for (int i : chosen) {
      Solver.Reach reach = solver.reach(i);
      boolean low = reach.low() > least(i, asked);
      boolean high = reach.high() < most(i, asked);
      if ((low && asked.lower() > Double.NEGATIVE_INFINITY)
          || (high && asked.upper() < Double.POSITIVE_INFINITY)) {
        if (closer++ == 0) {
          first =
              coordinates.name(i)
                  + " in ["
                  + (low ? coordinates.tell(i, reach.low()) : end(asked.lower()))
                  + ", "
                  + (high ? coordinates.tell(i, reach.high()) : end(asked.upper()))
                  + "]";
        }
      }
    }
    return "bounds of "
        + Coordinates.words(asked.names())
        + " are ["
        + end(asked.lower())
        + ", "
        + end(asked.upper())
        + "]"
        + switch (closer) {
          case 0 -> "";
          case 1 -> "; the job's own keep " + first;
          default -> "; the job's own keep " + first + ", and " + (closer - 1) + " more as closely";
        };
  }

  private Answer freeze(Instruction.Freeze freeze) {
    Set<Integer> chosen = new LinkedHashSet<>();
    String refused = coordinates.choose(freeze.names(), chosen);
    if (refused != null) {
      return Answer.rejected(refused);
    }
    int held = 0;
    for (int i : chosen) {
      held += solver.reach(i).held() ? 1 : 0;
    }
    refused = each(chosen, i -> solver.steer(new Command.Freeze(i, freeze.frozen()), coordinates));
    String words = Coordinates.words(freeze.names());
    if (freeze.frozen()) {
      return Answer.of(refused, held == chosen.size() ? words + " held already" : words + " held");
    }
    return Answer.of(
        refused,
        held == 0
            ? "nothing was frozen of " + words
            : held == chosen.size()
                ? words + " let go"
                : words + " let go: " + held + " of " + chosen.size() + " were frozen");
  }

  /** What is done to one coordinate; says why it cannot be. */
  private interface Move {
    @Nullable String on(int coordinate);
  }

  /** All of the coordinates or none: where one of them cannot, the state is what it was. */
  private @Nullable String each(Set<Integer> chosen, Move move) {
    Saved before = new Saved();
    if (chosen.size() > 1) {
      solver.save(before);
    }
    for (int coordinate : chosen) {
      String why = move.on(coordinate);
      if (why != null) {
        if (chosen.size() > 1) {
          solver.restore(new Restored(before.pieces()));
        }
        return coordinates.name(coordinate) + ": " + why;
      }
    }
    return null;
  }

  private double least(int i, Instruction.Bounds asked) {
    return asked.lower() > Double.NEGATIVE_INFINITY
        ? coordinates.value(i, asked.lower())
        : Double.NEGATIVE_INFINITY;
  }

  private double most(int i, Instruction.Bounds asked) {
    return asked.upper() < Double.POSITIVE_INFINITY
        ? coordinates.value(i, asked.upper())
        : Double.POSITIVE_INFINITY;
  }

  private @Nullable String within(int i, Instruction.Bounds asked) {
    double low = least(i, asked);
    double high = most(i, asked);
    // an end that lies at infinity is never reached: nothing is beyond it
    if (Double.isNaN(low) || low == Double.POSITIVE_INFINITY) {
      return "lower was " + asked.lower() + ", which it never reaches";
    }
    if (Double.isNaN(high) || high == Double.NEGATIVE_INFINITY) {
      return "upper was " + asked.upper() + ", which it never reaches";
    }
    return solver.steer(new Command.Bounds(i, low, high), coordinates);
  }

  private static String end(double value) {
    return Double.isInfinite(value) ? "none" : Double.toString(value);
  }
}
