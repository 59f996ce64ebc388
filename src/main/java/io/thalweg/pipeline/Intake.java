package io.thalweg.pipeline;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.stream.RecordBatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One feed's records in hand and how far they are decoded. */
final class Intake {
  final @Nullable Level level;
  final SampleReader decoder;

  /** The next sample where it may have to wait for its turn; empty or one row, else null. */
  final @Nullable Batch next;

  @Nullable RecordBatch records;

  /** The record of those in hand that is being read. */
  int record;

  /** The sample of that record, -1 before it is opened. */
  int sample;

  /** Samples of that record. */
  int samples;

  RecordHead head = RecordHead.of(List.of());
  private boolean ended;
  private boolean news;
  private boolean answered;

  Intake(@Nullable Level level, SampleDecoder decoder, @Nullable Batch next) {
    this.level = level;
    this.decoder = new SampleReader(decoder);
    this.next = next;
  }

  /** Takes the next records; only when none are in hand. */
  void offer(RecordBatch offered) {
    if (records != null) {
      throw new IllegalStateException("a feed still has records in hand");
    }
    news |= offered.size() > 0 || !answered;
    records = offered;
    record = 0;
    sample = -1;
  }

  /** Gives the records in hand back: all are read. */
  void letGo() {
    RecordBatch read = records;
    records = null;
    if (read instanceof DecodedRecords decoded) {
      decoded.release();
    }
  }

  /** Notes that nothing more will come. */
  void end() {
    ended = true;
  }

  /** Whether nothing more will come; something may be in hand. */
  boolean hasEnded() {
    return ended;
  }

  boolean isUsedUp() {
    return ended && records == null;
  }

  /** Whether something came since this was last asked, or it was said first that nothing had. */
  boolean takeNews() {
    boolean taken = news;
    news = false;
    answered |= taken;
    return taken;
  }

  /** Whether it has brought something, or said that it had nothing. */
  boolean hasAnswered() {
    return answered;
  }

  boolean holdsNext() {
    return next != null && next.size() > 0;
  }

  /** Records in hand that are not read, each counted as one sample. */
  int unread() {
    return records == null ? 0 : records.size() - record;
  }
}
