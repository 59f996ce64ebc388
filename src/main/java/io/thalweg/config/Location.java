package io.thalweg.config;

/**
 * Where something was written.
 *
 * @param source a file, an environment variable or a command-line option
 * @param line counted from 1; 0 when the source has no lines
 * @param column counted from 1; 0 when the source has no lines
 */
public record Location(String source, int line, int column) {
  /**
   * A source that is one line in itself.
   *
   * @param source an environment variable or a command-line option
   * @return its place
   */
  public static Location of(String source) {
    return new Location(source, 0, 0);
  }

  @Override
  public String toString() {
    return line == 0 ? source : source + ":" + line + ":" + column;
  }
}
