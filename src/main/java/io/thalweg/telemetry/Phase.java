package io.thalweg.telemetry;

import java.util.Locale;

/** What an instance is doing. */
public enum Phase {
  /** Waits for the election, or opens its clients. */
  STARTING,
  /** Another instance leads; this one takes over when it goes. */
  STANDBY,
  /** Leads and tunes. */
  RUNNING,
  /** Something failed; goes on from the last committed checkpoint in a moment. */
  RESTARTING,
  /** Was asked to stop, or has ended. */
  STOPPING;

  /**
   * For messages.
   *
   * @return in lower case
   */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
