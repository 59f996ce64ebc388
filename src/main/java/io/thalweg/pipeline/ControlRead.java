package io.thalweg.pipeline;

import java.util.List;

/**
 * What one read of the control topic brought. It may have brought nothing for this job: the place
 * moves on all the same, so that a restart neither reads the same records again nor looks for a
 * place that retention has taken away meanwhile.
 *
 * @param records what is asked for, in order
 * @param next offset of the record to read next; all before it are in {@code records}, or ask for
 *     nothing of this job
 */
public record ControlRead(List<ControlRecord> records, long next) {
  /**
   * Copies the list.
   *
   * @param records what is asked for, in order
   * @param next offset of the record to read next
   */
  public ControlRead {
    records = List.copyOf(records);
  }
}
