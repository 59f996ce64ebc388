package io.thalweg.pipeline;

import io.thalweg.sample.Level;
import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.RecordBatch;
import java.util.ArrayList;
import java.util.List;

/**
 * Decodes one sample after another and puts each where it belongs: into the open batch of its
 * level, to the dead letters, or nowhere, where an earlier life had it or no step takes its level.
 */
final class Admission {
  private final Assembly assembly;
  private final LevelQueues queues;
  private final Frontier frontier;
  private final List<DeadLetter> rejected = new ArrayList<>();
  private long leftOut;

  Admission(Assembly assembly, LevelQueues queues, Frontier frontier) {
    this.assembly = assembly;
    this.queues = queues;
    this.frontier = frontier;
  }

  /** What was refused since this was last asked. */
  List<DeadLetter> takeRejected() {
    if (rejected.isEmpty()) {
      return List.of();
    }
    List<DeadLetter> taken = List.copyOf(rejected);
    rejected.clear();
    return taken;
  }

  /** Samples of a level that no step takes, since this was last asked. */
  long takeLeftOut() {
    long taken = leftOut;
    leftOut = 0;
    return taken;
  }

  /** Takes up a record; false when it cannot be read at all and is refused whole. */
  boolean openRecord(Intake intake, RecordBatch records) {
    int i = intake.record;
    RecordHead head = assembly.roles().head(records.headers(i));
    intake.head = head;
    if (head.namesNoLevel()) {
      return refuse(
          intake,
          records,
          "header " + Roles.HEADER + " must be train or validation, but was " + head.role());
    }
    intake.samples = intake.decoder.open(records, i, head.contentType());
    if (intake.samples <= 0) {
      return refuse(intake, records, intake.decoder.rejection());
    }
    intake.sample = 0;
    return true;
  }

  private boolean refuse(Intake intake, RecordBatch records, String reason) {
    reject(records, intake.record, 0, reason);
    closeRecord(intake, records);
    return false;
  }

  /** Decodes the sample into its level's open batch; false when that level has no room. */
  boolean take(Intake intake, RecordBatch records, long nowNanos) {
    int i = intake.record;
    SampleReader decoder = intake.decoder;
    Level presumed = intake.head.presumed(intake.level);
    if (!assembly.reads(presumed)) {
      leaveOut(records, intake, presumed);
      return true;
    }
    if (!queues.room(intake.level, presumed)) {
      return false;
    }
    boolean good = decoder.decode(intake.sample, presumed, queues.open(presumed));
    Level level = presumed;
    if (intake.head.level() == null) {
      level =
          assembly
              .roles()
              .of(
                  decoder,
                  intake.level,
                  frontier.lanes().get(records.lane(i)),
                  records.offset(i),
                  intake.sample);
    }
    if (level != presumed && !queues.sharesBatches()) {
      if (good) {
        queues.open(presumed).dropLastRow();
      }
      if (!assembly.reads(level)) {
        leaveOut(records, intake, level);
        return true;
      }
      if (!queues.room(intake.level, level)) {
        return false;
      }
      good = decoder.decode(intake.sample, level, queues.open(level));
    } else {
      level = presumed;
    }
    settle(intake, records, nowNanos, level, good);
    return true;
  }

  /** Counts a sample of a level that no step takes, unless an earlier life had counted it. */
  private void leaveOut(RecordBatch records, Intake intake, Level level) {
    int i = intake.record;
    if (!frontier.wasTaken(records.lane(i), records.offset(i), intake.sample, level)) {
      leftOut++;
    }
  }

  /** Notes where the row came from, or the refusal; what an earlier life had is left out. */
  void settle(Intake intake, RecordBatch records, long nowNanos, Level level, boolean good) {
    int i = intake.record;
    int lane = records.lane(i);
    long offset = records.offset(i);
    if (!good) {
      reject(records, i, intake.sample, intake.decoder.rejection());
    } else if (frontier.wasTaken(lane, offset, intake.sample, level)) {
      queues.open(level).dropLastRow();
    } else {
      queues.committed(
          level,
          lane,
          offset,
          intake.sample,
          intake.decoder.eventTime(),
          nowNanos,
          assembly.keepsRecords() ? Origin.of(frontier.lanes(), records, i, intake.sample) : null);
    }
  }

  /** Goes on to the record's next sample, or to the next record. */
  void closeSample(Intake intake, RecordBatch records) {
    intake.sample++;
    frontier.move(records.lane(intake.record), records.offset(intake.record), intake.sample);
    if (intake.sample == intake.samples) {
      closeRecord(intake, records);
    }
  }

  private void closeRecord(Intake intake, RecordBatch records) {
    frontier.move(records.lane(intake.record), records.offset(intake.record) + 1, 0);
    intake.record++;
    intake.sample = -1;
  }

  private void reject(RecordBatch records, int i, int index, String reason) {
    if (!frontier.wasRejected(records.lane(i), records.offset(i), index)) {
      rejected.add(Origin.of(frontier.lanes(), records, i, index).letter(reason));
    }
  }
}
