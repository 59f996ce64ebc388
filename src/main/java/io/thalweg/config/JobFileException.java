package io.thalweg.config;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** A job file that cannot be used; holds every mistake found, in the order of the file. */
public final class JobFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** All that is wrong; records of texts, so serialisable in fact. */
  @SuppressWarnings("serial")
  private final List<Mistake> mistakes;

  /**
   * A refusal.
   *
   * @param mistakes at least one
   */
  public JobFileException(List<Mistake> mistakes) {
    super(text(sorted(mistakes)));
    this.mistakes = sorted(mistakes);
  }

  /**
   * All mistakes.
   *
   * @return in the order of the file, then those of other sources
   */
  public List<Mistake> mistakes() {
    return mistakes;
  }

  private static List<Mistake> sorted(List<Mistake> mistakes) {
    return mistakes.stream()
        .distinct()
        .sorted(
            Comparator.comparing((Mistake m) -> m.at().line() == 0)
                .thenComparingInt(m -> m.at().line())
                .thenComparingInt(m -> m.at().column()))
        .toList();
  }

  private static String text(List<Mistake> mistakes) {
    return mistakes.stream().map(Mistake::toString).collect(Collectors.joining("\n"));
  }
}
