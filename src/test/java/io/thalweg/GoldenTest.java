package io.thalweg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files of a golden folder are run through the solver. */
class GoldenTest {
  @TempDir private Path dir;

  private void file(String name, String text) throws IOException {
    Files.writeString(dir.resolve(name + ".json"), text);
  }

  @Test
  void only_files_of_methods_that_do_not_exist_are_left_out() throws IOException {
    file("game.problem", "{}");
    file("game.other", "{\"method\": \"no_such_method\"}");
    file("game.msgbio", "{\"method\": \"msgbio\"}");
    file("game.mf_storm", "{\"method\": \"mf_storm\"}");
    file("game.vrmsgbio_wide", "{\"method\": \"vrmsgbio_wide\"}");
    assertThat(Golden.trajectories(dir))
        .containsExactly("game.mf_storm", "game.msgbio", "game.vrmsgbio_wide");
  }

  @Test
  void a_folder_without_a_single_trajectory_fails() throws IOException {
    file("game.problem", "{}");
    file("game.other", "{\"method\": \"no_such_method\"}");
    assertThatThrownBy(() -> Golden.trajectories(dir))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(dir.toString());
  }

  @Test
  void every_trajectory_of_ours_that_is_recorded_is_run() {
    assertThat(Golden.trajectories(Path.of("src/test/resources/golden"))).hasSize(24);
  }
}
