package io.thalweg.app;

import io.thalweg.pipeline.ControlState;
import io.thalweg.pipeline.Pause;
import java.util.function.Consumer;

/**
 * Says once of every pause who asked for it, when, and how the job goes on: also after a restart,
 * when whoever looks at the log may not know of any command.
 */
final class PauseNotice {
  private final String jobFile;
  private final Consumer<String> log;
  private Pause known = Pause.NONE;

  /**
   * Nothing was said yet.
   *
   * @param jobFile as the command to resume takes it
   * @param log hears one line for each pause
   */
  PauseNotice(String jobFile, Consumer<String> log) {
    this.jobFile = jobFile;
    this.log = log;
  }

  /** Looks at a job as it is now. */
  void look(ControlState control) {
    Pause now = control.pause();
    if (control.isPaused() && !now.equals(known)) {
      log.accept(
          now.words() + ": no samples are taken in until thalweg control resume -c " + jobFile);
    }
    known = now;
  }
}
