package io.thalweg.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.stream.Event;
import io.thalweg.stream.Instruction;
import io.thalweg.stream.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SteeringTest {
  private static final double NONE = Double.POSITIVE_INFINITY;

  private final Helm helm = new Helm();
  private final List<Event> events = new ArrayList<>();
  private final Steering steering = new Steering(helm, Helm.VIEW, events::add);
  private long offset = 40;

  private Event ask(Instruction instruction) {
    steering.obey(ControlRecord.of(offset++, instruction, "", null), 6);
    return events.get(events.size() - 1);
  }

  private double[] x() {
    double[] x = new double[3];
    helm.upper(x);
    return x;
  }

  @Test
  void a_bound_is_in_the_users_units_and_the_answer_names_the_command() {
    Event answer = ask(new Instruction.Bounds(List.of("a.1"), 0, 15));
    assertThat(x()).containsExactly(1, 1.5, 3);
    assertThat(answer)
        .isEqualTo(
            new Event(0, "control", "bounds of a.1 are [0.0, 15.0]", Map.of("offset", 40.0)));
  }

  @Test
  void a_star_stands_for_every_name_that_begins_so() {
    ask(new Instruction.Bounds(List.of("a.*"), 25, NONE));
    assertThat(x()).containsExactly(2.5, 2.5, 3);
    ask(new Instruction.Bounds(List.of("*"), 27, NONE));
    assertThat(x()).containsExactly(2.7, 2.7, 3);
  }

  @Test
  void where_one_of_the_coordinates_cannot_none_does() {
    ask(new Instruction.Freeze(List.of("b"), true));
    Event answer = ask(new Instruction.Bounds(List.of("a.0", "b"), 50, 60));
    assertThat(x()).containsExactly(1, 2, 3);
    assertThat(answer)
        .isEqualTo(
            new Event(0, "control-rejected", "b: it is frozen at 30.0", Map.of("offset", 41.0)));
    ask(new Instruction.Freeze(List.of("b"), false));
    assertThat(ask(new Instruction.Bounds(List.of("a.0", "b"), 50, 60)).kind())
        .isEqualTo("control");
    assertThat(x()).containsExactly(5, 2, 5);
    ControlState state = steering.state();
    assertThat(state).isEqualTo(new ControlState(Pause.NONE, 3, 1, state.steered()));
  }

  @Test
  void what_is_in_force_is_told_in_the_users_units_and_again_after_a_restore() {
    assertThat(steering.state().steered()).isEqualTo(Steered.NONE);
    ask(new Instruction.Bounds(List.of("a.*"), 5, NONE));
    ask(new Instruction.Freeze(List.of("b"), true));
    ask(new Instruction.StepSize(0.5));
    Steered expected =
        new Steered(
            0.5,
            List.of(
                new Steered.Coordinate("a.0", 5, NONE, false),
                new Steered.Coordinate("a.1", 5, NONE, false),
                new Steered.Coordinate("b", -NONE, NONE, true)));
    assertThat(steering.state().steered()).isEqualTo(expected);
    ask(new Instruction.Freeze(List.of("c"), true)); // rejected: nothing changes
    assertThat(steering.state().steered()).isEqualTo(expected);

    Saved saved = new Saved();
    helm.save(saved);
    Helm other = new Helm();
    other.restore(new Restored(saved.pieces()));
    Steering resumed = new Steering(other, Helm.VIEW, events::add);
    resumed.restored();
    assertThat(resumed.state().steered()).isEqualTo(expected);

    ask(new Instruction.Freeze(List.of("b"), false));
    ask(new Instruction.StepSize(1));
    ask(new Instruction.Bounds(List.of("a.*"), Double.NEGATIVE_INFINITY, NONE));
    assertThat(steering.state().steered()).isEqualTo(Steered.NONE);
  }

  @Test
  void what_has_no_such_name_or_value_is_rejected() {
    assertThat(ask(new Instruction.Freeze(List.of("c"), true)).reason())
        .isEqualTo("there is no coordinate c; snapshots name them in upper; did you mean \"b\"?");
    assertThat(ask(new Instruction.Freeze(List.of("c.*"), true)).kind())
        .isEqualTo("control-rejected");
    assertThat(ask(new Instruction.Bounds(List.of("b"), -1, 9)).reason())
        .isEqualTo("b: lower was -1.0, which it never reaches");
    assertThat(ask(new Instruction.ResetEstimators()).reason()).isEqualTo("it has none");
    assertThat(x()).containsExactly(1, 2, 3);
  }

  @Test
  void a_rollback_says_from_where_to_where_and_a_point_of_another_length_is_rejected() {
    Instruction back = new Instruction.RollBack(2);
    steering.obey(
        ControlRecord.of(
            7, back, "", new ControlRecord.Target(2, new double[] {7, 8, 9}, new double[] {4})),
        6);
    assertThat(x()).containsExactly(7, 8, 9);
    assertThat(events).extracting(Event::kind).containsExactly("began-anew", "control");
    assertThat(events.get(1).figures())
        .containsExactly(
            Map.entry("offset", 7.0), Map.entry("from-version", 6.0), Map.entry("to-version", 2.0));
    steering.obey(
        ControlRecord.of(8, back, "", new ControlRecord.Target(2, new double[2], new double[1])),
        6);
    assertThat(events.get(2).reason())
        .isEqualTo("version 2 has 2 and 1 entries, but the method has 3 and 1");
    assertThat(events.get(2).figures()).containsOnlyKeys("offset");
  }

  @Test
  void it_is_paused_by_the_first_command_that_says_so() {
    assertThat(ask(new Instruction.Resume()).reason()).isEqualTo("was not paused");
    assertThat(ask(new Instruction.Pause()).reason()).isEqualTo("paused");
    assertThat(ask(new Instruction.Pause()).reason()).isEqualTo("paused already");
    assertThat(steering.pause()).isEqualTo(Pause.at(41));
    assertThat(ask(new Instruction.Resume()).reason()).isEqualTo("resumed");
    assertThat(steering.state().isPaused()).isFalse();
  }

  @Test
  void a_name_that_is_not_there_is_told_what_could_be_meant() {
    assertThat(ask(new Instruction.Freeze(List.of("a.7"), true)).reason())
        .isEqualTo("there is no coordinate a.7; snapshots name them in upper: a.0 to a.1");
    assertThat(ask(new Instruction.Freeze(List.of("a0"), true)).reason())
        .endsWith("; did you mean \"a.0\"?");
    assertThat(ask(new Instruction.Freeze(List.of("c.*"), true)).reason())
        .endsWith("; did you mean \"a.*\"?");
    assertThat(ask(new Instruction.Freeze(List.of("learning-rate"), true)).reason())
        .isEqualTo(
            "there is no coordinate learning-rate; snapshots name them in upper: a.0, a.1, b");
  }

  @Test
  void freezing_and_letting_go_say_what_there_was_to_do() {
    assertThat(ask(new Instruction.Freeze(List.of("b"), false)).reason())
        .isEqualTo("nothing was frozen of b");
    assertThat(ask(new Instruction.Freeze(List.of("a.0"), true)).reason()).isEqualTo("a.0 held");
    assertThat(ask(new Instruction.Freeze(List.of("a.0"), true)).reason())
        .isEqualTo("a.0 held already");
    Event some = ask(new Instruction.Freeze(List.of("*"), false));
    assertThat(some.kind()).isEqualTo("control");
    assertThat(some.reason()).isEqualTo("* let go: 1 of 3 were frozen");
    ask(new Instruction.Freeze(List.of("a.*"), true));
    assertThat(ask(new Instruction.Freeze(List.of("a.*"), false)).reason()).isEqualTo("a.* let go");
  }

  @Test
  void bounds_beyond_those_of_the_job_say_which_are_in_force() {
    assertThat(ask(new Instruction.Bounds(List.of("b"), 20, 1e11)).reason())
        .isEqualTo("bounds of b are [20.0, 1.0E11]; the job's own keep b in [20.0, 1.0E10]");
    assertThat(ask(new Instruction.Bounds(List.of("*"), NONE * -1, 1e11)).reason())
        .isEqualTo(
            "bounds of * are [none, 1.0E11]; the job's own keep a.0 in [-1.0E10, 1.0E10], and 2"
                + " more as closely");
  }

  @Test
  void an_answer_is_signed_as_its_command_is() {
    Signature ann = new Signature("INC-42", "ann");
    steering.obey(
        ControlRecord.of(7, new Instruction.Pause(), "", null).signed(ann, 1_700_000_000_123L), 6);
    steering.obey(ControlRecord.refused(8, "too late").signed(ann, 2), 6);
    assertThat(events).extracting(Event::signature).containsExactly(ann, ann);
    assertThat(events.get(0)).hasToString("control at step 0, asked by ann (INC-42): paused");
    assertThat(steering.state().pause().words())
        .isEqualTo("paused by ann (INC-42) at 2023-11-14T22:13:20Z, command at offset 7");
  }
}
