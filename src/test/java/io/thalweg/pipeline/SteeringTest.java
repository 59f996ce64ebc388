package io.thalweg.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.stream.Event;
import io.thalweg.stream.Instruction;
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
    steering.obey(offset++, instruction, null, 6);
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
        .isEqualTo(new Event(0, "control-rejected", "b: it is frozen", Map.of("offset", 41.0)));
    ask(new Instruction.Freeze(List.of("b"), false));
    assertThat(ask(new Instruction.Bounds(List.of("a.0", "b"), 50, 60)).kind())
        .isEqualTo("control");
    assertThat(x()).containsExactly(5, 2, 5);
    ControlState state = steering.state();
    assertThat(List.of(state.pausedBy(), state.applied(), state.rejected()))
        .containsExactly(-1L, 3L, 1L);
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
        .isEqualTo("there is no coordinate c; snapshots name them in upper");
    assertThat(ask(new Instruction.Freeze(List.of("c.*"), true)).kind())
        .isEqualTo("control-rejected");
    assertThat(ask(new Instruction.Bounds(List.of("b"), -1, 9)).reason())
        .isEqualTo("b: it never has the value -1.0");
    assertThat(ask(new Instruction.ResetEstimators()).reason()).isEqualTo("it has none");
    assertThat(x()).containsExactly(1, 2, 3);
  }

  @Test
  void a_rollback_says_from_where_to_where_and_a_point_of_another_length_is_rejected() {
    Instruction back = new Instruction.RollBack(2);
    steering.obey(
        7, back, new ControlRecord.Target(2, new double[] {7, 8, 9}, new double[] {4}), 6);
    assertThat(x()).containsExactly(7, 8, 9);
    assertThat(events).extracting(Event::kind).containsExactly("began-anew", "control");
    assertThat(events.get(1).figures())
        .containsExactly(
            Map.entry("offset", 7.0), Map.entry("from-version", 6.0), Map.entry("to-version", 2.0));
    steering.obey(8, back, new ControlRecord.Target(2, new double[2], new double[1]), 6);
    assertThat(events.get(2).reason())
        .isEqualTo("version 2 has 2 and 1 entries, but the method has 3 and 1");
    assertThat(events.get(2).figures()).containsOnlyKeys("offset");
  }

  @Test
  void it_is_paused_by_the_first_command_that_says_so() {
    assertThat(ask(new Instruction.Resume()).reason()).isEqualTo("was not paused");
    assertThat(ask(new Instruction.Pause()).reason()).isEqualTo("paused");
    assertThat(ask(new Instruction.Pause()).reason()).isEqualTo("paused already");
    assertThat(steering.pausedBy()).isEqualTo(41);
    assertThat(ask(new Instruction.Resume()).reason()).isEqualTo("resumed");
    assertThat(steering.state().isPaused()).isFalse();
  }
}
