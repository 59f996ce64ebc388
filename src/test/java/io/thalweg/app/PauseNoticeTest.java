package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.pipeline.ControlState;
import io.thalweg.pipeline.Pause;
import io.thalweg.stream.Signature;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the log of a paused job says. */
class PauseNoticeTest {
  private final List<String> said = new ArrayList<>();
  private final PauseNotice notice = new PauseNotice("churn.yaml", said::add);

  private static ControlState by(Pause pause) {
    return new ControlState(pause, 1, 0);
  }

  @Test
  void who_paused_when_and_how_it_goes_on_is_said_once_of_each_pause() {
    Pause ann = new Pause(17, 1_700_000_000_000L, new Signature("INC-42", "ann\u001b[2J"));
    notice.look(ControlState.NONE);
    assertThat(said).isEmpty();
    for (int i = 0; i < 3; i++) {
      notice.look(by(ann));
    }
    assertThat(said)
        .containsExactly(
            "paused by ann [2J (INC-42) at 2023-11-14T22:13:20Z, command at offset 17: no samples"
                + " are taken in until thalweg control resume -c churn.yaml");
    notice.look(ControlState.NONE);
    notice.look(by(Pause.at(20)));
    assertThat(said).hasSize(2);
    assertThat(said.get(1)).startsWith("paused, command at offset 20: ");
  }
}
