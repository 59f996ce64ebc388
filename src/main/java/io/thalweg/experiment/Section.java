package io.thalweg.experiment;

import java.util.List;

/**
 * A table of an experiment's report.
 *
 * @param title its heading
 * @param head names of the columns
 * @param rows as many cells as columns each
 */
public record Section(String title, List<String> head, List<List<String>> rows) {
  /**
   * Copied.
   *
   * @param title its heading
   * @param head names of the columns
   * @param rows as many cells as columns each
   */
  public Section {
    head = List.copyOf(head);
    rows = rows.stream().map(List::copyOf).toList();
  }
}
