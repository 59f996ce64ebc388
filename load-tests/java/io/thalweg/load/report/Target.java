package io.thalweg.load.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Locale;

/**
 * Something that is asked, and what was measured.
 *
 * @param what is measured
 * @param unit of both numbers
 * @param least whether at least, not at most, so much is asked
 * @param asked the target
 * @param figure what was measured
 */
public record Target(String what, String unit, boolean least, double asked, double figure) {
  /**
   * Whether the figure is as good as asked.
   *
   * @return false for a figure that is not a number, too
   */
  @JsonIgnore
  public boolean met() {
    return least ? figure >= asked : figure <= asked;
  }

  /**
   * How many times as good as asked.
   *
   * @return 1 or more when met; not a number where nothing (0) is asked or came of it
   */
  @JsonIgnore
  public double ratio() {
    if (asked == 0 || (figure == 0 && !least)) {
      return Double.NaN;
    }
    return least ? figure / asked : asked / figure;
  }

  /**
   * Whether it was met, and by how much.
   *
   * @return words for people
   */
  @JsonIgnore
  public String outcome() {
    if (met()) {
      return "met";
    }
    return asked == 0
        ? "missed by " + Numbers.of(figure)
        : String.format(Locale.ROOT, "missed by %.0f %%", 100 * Math.abs(figure - asked) / asked);
  }
}
