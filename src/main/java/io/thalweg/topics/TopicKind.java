package io.thalweg.topics;

import java.util.Locale;

/** The kinds of topics a job has. */
public enum TopicKind {
  /** Lower samples. */
  TRAIN,
  /** Upper samples. */
  VALIDATION,
  /** Published parameters. */
  SNAPSHOTS,
  /** The state to restart from. */
  CHECKPOINTS,
  /** Commands to the running job. */
  CONTROL,
  /** Samples that could not be used. */
  DEAD_LETTERS;

  /**
   * The name in files.
   *
   * @return {@code dead-letters} for {@link #DEAD_LETTERS}
   */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
