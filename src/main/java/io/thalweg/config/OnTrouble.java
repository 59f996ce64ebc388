package io.thalweg.config;

/** What to do where going on would hide something. */
public enum OnTrouble {
  /** Stop with an explanation. */
  STOP,
  /** Report it and go on. */
  CONTINUE
}
