package io.thalweg.pipeline;

import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.stream.Lane;
import io.thalweg.stream.RecordBatch;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Decodes one feed's records on a thread beside the solver's, in their order, before they are asked
 * for. It decides nothing: samples are taken, refused and shared out later, by the rules and in the
 * order they would be without it, so a run has the same bits either way. Used by one thread.
 */
final class DecodeAhead {
  /** Samples of one poll that are decoded ahead; more stay bytes until they are asked for. */
  static final int MOST_SAMPLES = 1 << 15;

  /** Bytes their rows may take: a few sparse entries may be sent for a row that is kept dense. */
  static final long MOST_BYTES = 16 << 20;

  /** Used-up ones kept for the next polls: one read, one waiting, one being filled. */
  private static final int MOST_KEPT = 3;

  private final Assembly assembly;
  private final List<Lane> lanes;
  private final @Nullable Level level;
  private final SampleDecoder decoder;
  private final boolean prequential;
  private final int most;
  private final ConcurrentLinkedQueue<DecodedRecords> free = new ConcurrentLinkedQueue<>();

  DecodeAhead(Assembly assembly, List<Lane> lanes, Feed feed) {
    this.assembly = assembly;
    this.lanes = lanes;
    this.level = feed.level();
    this.decoder = assembly.decoders().get();
    this.prequential = assembly.roles().sharesBatches();
    long rowBytes = 0;
    for (Level each : Level.values()) {
      rowBytes = Math.max(rowBytes, DecodedRecords.rowBytes(assembly.schema(each)));
    }
    this.most = (int) Math.min(MOST_SAMPLES, MOST_BYTES / rowBytes);
  }

  RecordBatch decode(RecordBatch records) {
    if (records.size() == 0) {
      return records; // only tells the time
    }
    DecodedRecords out = free.poll();
    if (out == null) {
      out = new DecodedRecords(assembly.schemas(), this::takeBack);
    }
    out.begin(records);
    for (int i = 0; i < records.size() && out.samples() < most; i++) {
      RecordHead head = assembly.roles().head(records.headers(i));
      if (head.namesNoLevel()) {
        continue;
      }
      int samples = decoder.open(records.value(i), head.contentType());
      if (samples <= 0 || samples > most - out.samples()) {
        continue;
      }
      out.open(i, samples);
      for (int s = 0; s < samples; s++) {
        sample(out, i, s, head);
        out.close();
      }
    }
    return out;
  }

  private void sample(DecodedRecords out, int record, int sample, RecordHead head) {
    Level presumed = head.presumed(level);
    if (!assembly.reads(presumed)) {
      return; // will be left out without a look
    }
    boolean good = decoder.decode(sample, presumed, out.rowsOf(presumed));
    out.says(decoder);
    out.read(presumed, good, decoder);
    if (head.level() == null && !prequential) {
      Level right =
          assembly
              .roles()
              .of(decoder, level, lanes.get(out.lane(record)), out.offset(record), sample);
      if (right != presumed && assembly.reads(right)) {
        out.read(right, decoder.decode(sample, right, out.rowsOf(right)), decoder);
      }
    }
  }

  private void takeBack(DecodedRecords used) {
    if (free.size() < MOST_KEPT) {
      free.add(used);
    }
  }
}
