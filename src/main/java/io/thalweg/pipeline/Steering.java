package io.thalweg.pipeline;

import io.thalweg.solver.Command;
import io.thalweg.solver.Solver;
import io.thalweg.stream.Event;
import io.thalweg.stream.Instruction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Does what operators ask for, between two steps: the same instructions between the same steps give
 * the same bits and the same events, in a run and when it is recomputed. Used by one thread.
 */
final class Steering {
  /** Names that a reason lists; of more, their number. */
  private static final int NAMED = 4;

  private static final int LONGEST_NAME = 60;

  private final Solver solver;
  private final UpperView view;
  private final Consumer<Event> events;
  private long pausedBy = -1;
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
    this.view = view;
    this.events = events;
  }

  /** Goes on as a checkpoint says. */
  void restore(long paused) {
    pausedBy = paused;
  }

  /** The method was restored: what commands have made of it is part of its state. */
  void restored() {
    look();
  }

  /** Offset of the command that paused the run, -1 where it is not paused. */
  long pausedBy() {
    return pausedBy;
  }

  ControlState state() {
    return new ControlState(pausedBy, applied, rejected, steered);
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
                new Steered.Coordinate(view.name(i), unit(i, low, x), unit(i, high, x), held));
          }
        });
    steered = new Steered(factor[0], bounded);
  }

  /** An end of a coordinate in the user's units; none stays none. */
  private double unit(int i, double end, double[] x) {
    if (Double.isInfinite(end)) {
      return end;
    }
    x[i] = end;
    return view.unit(i, x);
  }

  /** Says of a record that it is turned away. */
  void refuse(long offset, String why) {
    answer(offset, why, false, Map.of());
  }

  /**
   * Obeys, or says why not.
   *
   * @param version of the last snapshot
   */
  void obey(
      long offset, Instruction instruction, ControlRecord.@Nullable Target target, long version) {
    Map<String, Double> figures = new LinkedHashMap<>();
    String done;
    String why;
    if (instruction instanceof Instruction.Pause) {
      done = pausedBy >= 0 ? "paused already" : "paused";
      why = null;
      pausedBy = pausedBy >= 0 ? pausedBy : offset;
    } else if (instruction instanceof Instruction.Resume) {
      done = pausedBy >= 0 ? "resumed" : "was not paused";
      why = null;
      pausedBy = -1;
    } else if (instruction instanceof Instruction.Publish) {
      done = "published";
      why = null;
    } else if (instruction instanceof Instruction.Bounds bounds) {
      done =
          "bounds of "
              + words(bounds.names())
              + " are ["
              + end(bounds.lower())
              + ", "
              + end(bounds.upper())
              + "]";
      why = each(bounds.names(), i -> within(i, bounds));
    } else if (instruction instanceof Instruction.Freeze freeze) {
      done = words(freeze.names()) + (freeze.frozen() ? " held" : " let go");
      why = each(freeze.names(), i -> solver.steer(new Command.Freeze(i, freeze.frozen())));
    } else if (instruction instanceof Instruction.StepSize size) {
      done =
          solver.ownUpper() == 0
              ? "step sizes are " + size.factor() + " of the job's"
              : "tuned step sizes were pushed by the factor "
                  + size.factor()
                  + " over the one before, within their range";
      why = solver.steer(new Command.StepSize(size.factor()));
    } else if (instruction instanceof Instruction.ResetEstimators) {
      done = "schedules and estimators begin anew";
      why = solver.steer(new Command.ResetEstimators());
    } else if (target == null) {
      done = "";
      why = "there is no snapshot to go back to";
    } else {
      done = "gone back to version " + target.version();
      figures.put("from-version", (double) version);
      figures.put("to-version", (double) target.version());
      why = rollBack(target);
    }
    solver.events((step, kind, reason, of) -> events.accept(Event.finite(step, kind, reason, of)));
    if (why == null) {
      look();
    }
    answer(offset, why == null ? done : why, why == null, figures);
  }

  private @Nullable String rollBack(ControlRecord.Target target) {
    if (target.x().length != solver.upperDim() || target.y().length != solver.lowerDim()) {
      return "version "
          + target.version()
          + " has "
          + target.x().length
          + " and "
          + target.y().length
          + " entries, but the method has "
          + solver.upperDim()
          + " and "
          + solver.lowerDim();
    }
    return solver.steer(new Command.RollBack(target.version(), target.x(), target.y()));
  }

  private void answer(long offset, String reason, boolean done, Map<String, Double> more) {
    applied += done ? 1 : 0;
    rejected += done ? 0 : 1;
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put(Event.COMMAND_OFFSET, (double) offset);
    if (done) {
      figures.putAll(more);
    }
    events.accept(
        new Event(
            solver.steps(),
            done ? Event.COMMAND_APPLIED : Event.COMMAND_REJECTED,
            reason,
            figures));
  }

  /** What is done to one coordinate; says why it cannot be. */
  private interface Move {
    @Nullable String on(int coordinate);
  }

  /** All of the coordinates or none: where one of them cannot, the state is what it was. */
  private @Nullable String each(List<String> names, Move move) {
    Coordinates chosen = new Coordinates(view, solver.upperDim(), names);
    String missing = chosen.missing();
    if (missing != null) {
      return "there is no coordinate " + brief(missing) + "; snapshots name them in upper";
    }
    if (chosen.count() > Command.MOST_COORDINATES) {
      return "it names "
          + chosen.count()
          + " coordinates, but at most "
          + Command.MOST_COORDINATES
          + " can be bounded or frozen";
    }
    Saved before = new Saved();
    if (chosen.count() > 1) {
      solver.save(before);
    }
    for (int coordinate : chosen.inOrder()) {
      String why = move.on(coordinate);
      if (why != null) {
        if (chosen.count() > 1) {
          solver.restore(new Restored(before.pieces()));
        }
        return view.name(coordinate) + ": " + why;
      }
    }
    return null;
  }

  private @Nullable String within(int coordinate, Instruction.Bounds bounds) {
    double low =
        bounds.lower() > Double.NEGATIVE_INFINITY
            ? view.value(coordinate, bounds.lower())
            : Double.NEGATIVE_INFINITY;
    double high =
        bounds.upper() < Double.POSITIVE_INFINITY
            ? view.value(coordinate, bounds.upper())
            : Double.POSITIVE_INFINITY;
    if (Double.isNaN(low) || Double.isNaN(high)) {
      return "it never has the value " + (Double.isNaN(low) ? bounds.lower() : bounds.upper());
    }
    return solver.steer(new Command.Bounds(coordinate, low, high));
  }

  private static String words(List<String> names) {
    if (names.size() > NAMED) {
      return names.size() + " names";
    }
    List<String> brief = new ArrayList<>();
    names.forEach(name -> brief.add(brief(name)));
    return String.join(", ", brief);
  }

  private static String brief(String name) {
    return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "...";
  }

  private static String end(double value) {
    return Double.isInfinite(value) ? "none" : Double.toString(value);
  }
}
