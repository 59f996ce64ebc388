package io.thalweg.app;

/** What the process tells its caller, in the numbers of sysexits where one fits. */
public final class ExitCode {
  /** Done. */
  public static final int OK = 0;

  /** A failure no other code names. */
  public static final int FAILURE = 1;

  /** The command line was wrong. */
  public static final int USAGE = 2;

  /** Data that cannot be used, or data that is gone. */
  public static final int DATA = 65;

  /** The broker does not answer, or refuses us. */
  public static final int BROKER = 69;

  /** The optimizer left the finite numbers, for good. */
  public static final int DIVERGED = 70;

  /** The job file, the environment or a topic's settings are wrong. */
  public static final int CONFIGURATION = 78;

  private ExitCode() {}
}
