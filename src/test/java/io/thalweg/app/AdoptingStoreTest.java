package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import io.thalweg.pipeline.ResumeException;
import io.thalweg.solver.Constraint;
import io.thalweg.solver.Constraints;
import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Positions;
import io.thalweg.stream.StateArray;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class AdoptingStoreTest {
  private static final Constraint BOX = bounds("{type: box, lower: -1, upper: 1}");

  private static Constraint bounds(String constraint) {
    JobConfig job =
        new JobReader(
                Map.of(), List.of("upper.constraint=" + constraint, "upper.init=[0.25,0.25,0.5]"))
            .read(
                """
                job: game
                problem: {type: pl-game, dx: 3, dy: 4}
                solver: {method: msgbio}
                """,
                "job.yaml");
    return Constraints.of(
        job.upperSettings(), job.problem().upperDim(), job.problem().upperBounds());
  }

  private static Checkpoint adopted(Constraint bounds, String config, double... x) {
    Checkpoint found =
        new Checkpoint(
            config,
            1,
            7,
            "",
            Positions.at(List.of(), List.of()),
            Map.of(),
            List.of(new StateArray.Doubles("x", x)),
            List.of());
    return new AdoptingStore(() -> Mono.just(found), "new", bounds).latest().block();
  }

  private static Checkpoint made(String by) {
    return new Checkpoint(
        by,
        3,
        17,
        "ab",
        Positions.at(List.of(), List.of()),
        Map.of("t", "id"),
        List.of(),
        List.of());
  }

  @Test
  void a_checkpoint_of_another_configuration_becomes_ours_and_keeps_everything_else() {
    Checkpoint adopted =
        new AdoptingStore(() -> Mono.just(made("old")), "new", BOX).latest().block();
    assertThat(adopted).isEqualTo(made("new"));
  }

  @Test
  void a_checkpoint_of_ours_is_handed_on_as_it_is() {
    Checkpoint own = made("new");
    assertThat(new AdoptingStore(() -> Mono.just(own), "new", BOX).latest().block()).isSameAs(own);
  }

  @Test
  void no_checkpoint_stays_none() {
    assertThat(new AdoptingStore(Mono::empty, "new", BOX).latest().blockOptional()).isEmpty();
  }

  @Test
  void a_point_outside_the_new_bounds_is_refused_with_its_coordinate() {
    assertThatThrownBy(() -> adopted(BOX, "old", 0.5, -1, 1.25))
        .isInstanceOf(ResumeException.class)
        .hasMessageContaining("x[2] = 1.25")
        .hasMessageContaining("upper.constraint")
        .satisfies(e -> assertThat(Failures.code(e)).isEqualTo(ExitCode.CONFIGURATION));
  }

  @Test
  void what_rounding_leaves_of_a_simplex_is_not_outside() {
    assertThat(adopted(bounds("simplex"), "old", 0.1, 0.2, 0.7000000000000002).config())
        .isEqualTo("new");
    assertThatThrownBy(() -> adopted(bounds("simplex"), "old", 0.1, 0.2, 0.9))
        .isInstanceOf(ResumeException.class);
  }

  @Test
  void the_state_of_the_same_configuration_is_not_looked_at() {
    assertThat(adopted(BOX, "new", 9, 9, 9).config()).isEqualTo("new");
  }
}
