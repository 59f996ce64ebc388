package io.thalweg.app;

import io.thalweg.files.FileSampleSource;
import io.thalweg.files.SampleFileException;
import io.thalweg.stream.DeadLetter;
import io.thalweg.wire.DeadLetterCodec;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Dead letters of files: counted, the first ones kept for people, all written where asked. */
final class RejectedSamples implements Consumer<DeadLetter>, AutoCloseable {
  private static final int SHOWN = 5;

  private final FileSampleSource source;
  private final @Nullable Path file;
  private final @Nullable OutputStream out;
  private final List<String> first = new ArrayList<>();
  private long count;

  RejectedSamples(FileSampleSource source, @Nullable Path file) {
    this.source = source;
    this.file = file;
    this.out = file == null ? null : open(file);
  }

  private static OutputStream open(Path file) {
    try {
      return new BufferedOutputStream(Files.newOutputStream(file));
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  @Override
  public synchronized void accept(DeadLetter letter) {
    String where = source.where(letter.lane(), letter.position().offset());
    count++;
    if (first.size() < SHOWN) {
      first.add(where + ": " + letter.reason());
    }
    if (out != null && file != null) {
      try {
        out.write(DeadLetterCodec.encode(letter, where));
        out.write('\n');
      } catch (IOException e) {
        throw failed(file, e);
      }
    }
  }

  synchronized long count() {
    return count;
  }

  /** The first few, and how many more there are. */
  synchronized List<String> shown() {
    List<String> lines = new ArrayList<>(first);
    if (count > first.size()) {
      lines.add("and " + (count - first.size()) + " more");
    }
    return lines;
  }

  @Override
  public void close() {
    if (out != null && file != null) {
      try {
        out.close();
      } catch (IOException e) {
        throw failed(file, e);
      }
    }
  }

  private static SampleFileException failed(Path file, IOException e) {
    return new SampleFileException(file + ": cannot be written: " + e, e);
  }
}
