package io.thalweg.files;

import io.thalweg.pipeline.CutSink;
import io.thalweg.stream.Cut;
import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Positions;
import io.thalweg.wire.CutEncoder;
import io.thalweg.wire.EncodedCut;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Snapshots as lines of a file, in the words of the snapshot topic. Dead letters go where the
 * caller wants them; checkpoints go nowhere. Cuts are taken one after the other; the stream is
 * flushed, and not closed, with {@link #flush()}.
 */
public final class SnapshotFileSink implements CutSink {
  private final BufferedOutputStream out;
  private final String name;
  private final CutEncoder encoder;
  private final Consumer<DeadLetter> deadLetters;
  private final Scheduler writer = Schedulers.boundedElastic();
  private @Nullable Positions positions;

  /**
   * A sink.
   *
   * @param out where lines go; stays open
   * @param name of it, for messages
   * @param encoder chains and encodes the snapshots
   * @param deadLetters gets every dead letter, on a thread that may block, before the snapshot of
   *     the same cut is written
   */
  public SnapshotFileSink(
      OutputStream out, String name, CutEncoder encoder, Consumer<DeadLetter> deadLetters) {
    this.out = new BufferedOutputStream(out, 1 << 16);
    this.name = name;
    this.encoder = encoder;
    this.deadLetters = deadLetters;
  }

  @Override
  public Mono<Void> accept(Cut cut) {
    return Mono.<Void>fromRunnable(() -> write(cut)).subscribeOn(writer);
  }

  @Override
  public Mono<Void> flush() {
    return Mono.<Void>fromRunnable(this::flushNow).subscribeOn(writer);
  }

  /**
   * Where the steps of the last cut ended.
   *
   * @return its positions, or null before the first cut
   */
  public synchronized @Nullable Positions positions() {
    return positions;
  }

  private synchronized void write(Cut cut) {
    positions = cut.checkpoint().positions();
    EncodedCut encoded = encoder.encode(cut);
    encoded.deadLetters().forEach(deadLetters);
    byte[] line = encoded.snapshot();
    if (line == null) {
      return;
    }
    try {
      out.write(line);
      out.write('\n');
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private synchronized void flushNow() {
    try {
      out.flush();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private SampleFileException failed(IOException e) {
    return new SampleFileException(name + ": cannot be written: " + e.getMessage(), e);
  }
}
