package io.thalweg.pipeline;

import io.thalweg.sample.Level;
import io.thalweg.solver.StepInput;
import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Ledger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the assembler hands on: the batches of a step, or none when only time passed. Valid during
 * the call that hands it over; the batches are recycled afterwards.
 *
 * @param input the batches, or null
 * @param rejected samples refused since the last draw
 * @param lowerBatches addresses of the lower batches
 * @param upperBatches addresses of the upper batches; empty when they are the lower ones
 * @param asked what operators ask for before the next step; null for a draw with batches
 */
record Draw(
    @Nullable StepInput input,
    List<DeadLetter> rejected,
    List<PendingBatch> lowerBatches,
    List<PendingBatch> upperBatches,
    @Nullable ControlRead asked) {
  /** A draw of which no operator knows. */
  Draw(
      @Nullable StepInput input,
      List<DeadLetter> rejected,
      List<PendingBatch> lowerBatches,
      List<PendingBatch> upperBatches) {
    this(input, rejected, lowerBatches, upperBatches, null);
  }

  /** The same with what operators ask for. */
  Draw with(ControlRead commands) {
    return new Draw(input, rejected, lowerBatches, upperBatches, commands);
  }

  /** The batches of a level, in the order of the step's input. */
  List<PendingBatch> batches(Level level) {
    return level == Level.LOWER || upperBatches.isEmpty() ? lowerBatches : upperBatches;
  }

  /** Latest event time of the step's samples, {@link Long#MIN_VALUE} when none carries one. */
  long eventTime() {
    long latest = Long.MIN_VALUE;
    for (PendingBatch batch : lowerBatches) {
      latest = Math.max(latest, batch.latestEventTime());
    }
    for (PendingBatch batch : upperBatches) {
      latest = Math.max(latest, batch.latestEventTime());
    }
    return latest;
  }

  /** Enters the step into the ledger. */
  void enter(Ledger.Builder ledger) {
    for (PendingBatch batch : lowerBatches) {
      batch.enter(ledger, 0);
    }
    for (PendingBatch batch : upperBatches) {
      batch.enter(ledger, 1);
    }
    ledger.endStep();
  }
}
