package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExperimentCommandTest {
  @Test
  void the_rate_experiment_prints_a_table_of_all_curves() {
    CommandRun run = CommandRun.of("experiment", "pl-game-rates", "--runs", "1", "--steps", "300");
    assertThat(run.code()).isZero();
    assertThat(run.lines()).hasSize(2 + 8);
    assertThat(run.lines().get(2)).startsWith("| msgbio | dense | 0.01 |");
    assertThat(run.err().lines()).hasSize(8);
  }

  @Test
  void as_csv_it_prints_every_level_that_was_reached() {
    CommandRun run =
        CommandRun.of("experiment", "pl-game-rates", "--runs", "1", "--steps", "300", "--csv");
    assertThat(run.code()).isZero();
    assertThat(run.lines().get(0)).isEqualTo("method,hypergradient,coupling,eps,step,samples");
    assertThat(run.lines().get(1)).matches("msgbio,dense,0\\.01,0\\.2,\\d+,\\d+");
  }

  @Test
  void what_does_not_exist_is_a_mistake_of_usage() {
    CommandRun run = CommandRun.of("experiment", "pl-game-rate");
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("did you mean \"pl-game-rates\"?");
    assertThat(CommandRun.of("experiment", "pl-game-rates", "--runs", "0").code())
        .isEqualTo(ExitCode.USAGE);
  }
}
