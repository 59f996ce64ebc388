package io.thalweg.config;

import io.thalweg.solver.Standardization;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the texts and numbers of a sample before the method sees them.
 *
 * @param separator between the cells of CSV records
 * @param classes texts of the label by class from 0 on; empty where the label is a number
 * @param missing what stands for a feature that a sample does not have
 * @param standardization how features are brought to unit size; null where they stay as they are
 */
public record Preparation(
    char separator,
    List<String> classes,
    Missing missing,
    @Nullable Standardization standardization) {
  /** What stands for a missing feature. */
  public enum Missing {
    /** Nothing: the sample is refused. */
    REJECT,
    /** The running mean. */
    MEAN,
    /** Zero. */
    ZERO
  }

  /**
   * Copies the list.
   *
   * @param separator between the cells of CSV records
   * @param classes texts of the label by class from 0 on
   * @param missing what stands for a feature that a sample does not have
   * @param standardization how features are brought to unit size
   */
  public Preparation {
    classes = List.copyOf(classes);
  }
}
