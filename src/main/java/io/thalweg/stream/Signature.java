package io.thalweg.stream;

/**
 * What the sender of a command says of it and of himself: texts that are kept and never acted on.
 *
 * @param id what he calls it, empty for nothing
 * @param by who he is, empty for nothing
 */
public record Signature(String id, String by) {
  /** Nothing was said. */
  public static final Signature NONE = new Signature("", "");

  /**
   * The signature as the end of a sentence, on one line.
   *
   * @return for example {@code by ann (INC-42)}; empty when nothing was said
   */
  public String words() {
    String name = id.isEmpty() ? "" : "(" + id + ")";
    String words = by.isEmpty() ? name : name.isEmpty() ? "by " + by : "by " + by + " " + name;
    return OneLine.of(words);
  }
}
