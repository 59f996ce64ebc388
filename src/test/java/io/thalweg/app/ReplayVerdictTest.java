package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.pipeline.Replay;
import io.thalweg.sample.Level;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Position;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplayVerdictTest {
  private static final Replay.Jump JUMP =
      new Replay.Jump(
          3, new Lane("t", 0), Level.LOWER, new Position(16, 0), new Position(150, 0), 134);

  private final StringWriter out = new StringWriter();

  private int verdict(List<Replay.Jump> jumps, boolean lossy) {
    return ReplayCommand.verdict(new PrintWriter(out), 3, 7, jumps, lossy);
  }

  @Test
  void without_a_jump_all_is_equal() {
    assertThat(verdict(List.of(), false)).isEqualTo(ExitCode.OK);
    assertThat(out.toString().strip())
        .isEqualTo("versions 1 to 3: 7 steps recomputed: equal bit for bit, chain unbroken");
  }

  @Test
  void samples_left_out_are_named_and_are_a_failure_of_the_data() {
    assertThat(verdict(List.of(JUMP), false)).isEqualTo(ExitCode.DATA);
    assertThat(out.toString().lines())
        .containsExactly(
            JUMP.toString(),
            "versions 1 to 3: 7 steps recomputed: equal bit for bit, chain unbroken, but 134"
                + " samples were left out");
  }

  @Test
  void a_job_that_goes_on_after_a_loss_allows_them_and_they_are_named_all_the_same() {
    assertThat(verdict(List.of(JUMP), true)).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains(JUMP.toString(), "on-data-loss: continue");
  }
}
