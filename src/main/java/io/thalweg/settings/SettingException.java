package io.thalweg.settings;

/** A setting that cannot be used; says which key, what was expected and what was found. */
public final class SettingException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** The key in dotted form, for example {@code solver.eta.k}. */
  private final String path;

  /** What is wrong, without the key. */
  private final String problem;

  /**
   * A complaint about one key.
   *
   * @param path the key in dotted form, as written in the job file
   * @param problem what was expected and what was found
   */
  public SettingException(String path, String problem) {
    super(path + " " + problem);
    this.path = path;
    this.problem = problem;
  }

  /**
   * The key the complaint is about.
   *
   * @return dotted path, as in the job file
   */
  public String path() {
    return path;
  }

  /**
   * The complaint without the key.
   *
   * @return what was expected and what was found
   */
  public String problem() {
    return problem;
  }
}
