package io.thalweg.files;

import io.thalweg.pipeline.Feed;
import io.thalweg.pipeline.SampleSource;
import io.thalweg.stream.Header;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.RecordBatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Schedulers;

/**
 * Samples from files, in file order, as often as asked. A file is a lane; the offset of a record is
 * its line counted from 0, a line of column names not counted, and a further pass goes on counting.
 * Empty lines are no records, but they count. Lines are read on demand, a bounded number at a time,
 * on a thread of their own.
 */
public final class FileSampleSource implements SampleSource {
  /** Most lines of one batch. */
  static final int LINES = 500;

  /** A batch that holds so many bytes is handed on. */
  static final int BYTES = 1 << 20;

  private final List<SampleFile> files;
  private final List<Lane> lanes;
  private final int repeat;
  private final AtomicLongArray passLines;
  private final AtomicLongArray bytesRead;

  /**
   * A source; nothing is opened yet.
   *
   * @param files the files, each with a topic of its own
   * @param repeat how often each file is passed through, at least 1
   * @throws SampleFileException when a file is not there
   */
  public FileSampleSource(List<SampleFile> files, int repeat) {
    if (repeat < 1) {
      throw new IllegalArgumentException("a file is read at least once, but was " + repeat);
    }
    List<SampleFile> sorted = new ArrayList<>(files);
    sorted.sort(Comparator.comparing(SampleFile::topic));
    this.files = Collections.unmodifiableList(sorted);
    this.lanes = sorted.stream().map(file -> new Lane(file.topic(), 0)).toList();
    this.repeat = repeat;
    this.passLines = new AtomicLongArray(sorted.size());
    this.bytesRead = new AtomicLongArray(sorted.size());
    for (SampleFile file : sorted) {
      if (!Files.isReadable(file.path()) || Files.isDirectory(file.path())) {
        throw new SampleFileException(
            file.path()
                + ": expected a file to read, found "
                + (Files.isDirectory(file.path()) ? "a directory" : "none"),
            null);
      }
    }
  }

  @Override
  public List<Lane> lanes() {
    return lanes;
  }

  /** Files have no identity that would outlive their content: there is nothing to compare. */
  @Override
  public Map<String, String> topicIds() {
    return Map.of();
  }

  @Override
  public Positions beginning() {
    return Positions.at(lanes, Collections.nCopies(lanes.size(), Position.START));
  }

  @Override
  public Flux<RecordBatch> records(Feed feed, Positions start) {
    int lane = lanes.indexOf(new Lane(feed.topic(), 0));
    if (lane < 0) {
      throw new IllegalArgumentException("no file stands in for topic " + feed.topic());
    }
    long first = start.resumeOffset(lane);
    return Flux.<RecordBatch, Cursor>generate(
            () -> new Cursor(lane, first), Cursor::emit, Cursor::close)
        .subscribeOn(Schedulers.boundedElastic());
  }

  /**
   * Where a record stands, for people.
   *
   * @param lane its lane
   * @param offset its number in the lane
   * @return {@code file:line}
   */
  public String where(Lane lane, long offset) {
    int i = lanes.indexOf(lane);
    long lines = passLines.get(i);
    long inPass = lines == 0 ? offset : offset % lines;
    return files.get(i).path() + ":" + (inPass + (files.get(i).titled() ? 2 : 1));
  }

  /**
   * How much of the files was read, over all passes.
   *
   * @return bytes as stored
   */
  public long bytesRead() {
    long sum = 0;
    for (int i = 0; i < bytesRead.length(); i++) {
      sum += bytesRead.get(i);
    }
    return sum;
  }

  /**
   * How much there is to read, over all passes.
   *
   * @return bytes as stored
   */
  public long bytesTotal() {
    long sum = 0;
    for (SampleFile file : files) {
      try {
        sum += Files.size(file.path());
      } catch (IOException e) {
        throw new SampleFileException(file.path() + ": cannot be read: " + e.getMessage(), e);
      }
    }
    return sum * repeat;
  }

  /**
   * Counts what lies beyond a position, which reads the file once.
   *
   * @param lane its lane
   * @param from offset of the first record to count, over all passes
   * @return records that are left, empty lines not counted
   */
  public long left(Lane lane, long from) {
    int i = lanes.indexOf(lane);
    long known = passLines.get(i); // 0 while the first pass lasts
    long pass = known == 0 ? 0 : from / known;
    long inPass = known == 0 ? from : from % known;
    if (pass >= repeat) {
      return 0;
    }
    long records = 0;
    long before = 0;
    try (LineReader reader = new LineReader(files.get(i).path())) {
      if (files.get(i).titled()) {
        reader.next();
      }
      long at = 0;
      for (byte[] line = reader.next(); line != null; line = reader.next()) {
        if (line.length > 0) {
          records++;
          before += at < inPass ? 1 : 0;
        }
        at++;
      }
    }
    return (repeat - pass) * records - before;
  }

  /** Where one subscriber is in one file. */
  private final class Cursor {
    private final int lane;
    private final SampleFile file;
    private final List<Header> headers;
    private final long first;
    private @Nullable LineReader lines;
    private int pass;
    private long offset;
    private long bytesOfPasses;

    Cursor(int lane, long first) {
      this.lane = lane;
      this.file = files.get(lane);
      this.first = first;
      String type = file.contentType();
      this.headers =
          type == null
              ? List.of()
              : List.of(new Header("content-type", type.getBytes(StandardCharsets.UTF_8)));
    }

    Cursor emit(SynchronousSink<RecordBatch> sink) {
      LineRecords batch = new LineRecords(lane, headers, LINES);
      int bytes = 0;
      while (!batch.isFull() && bytes < BYTES) {
        byte[] line = nextLine();
        if (line == null) {
          break;
        }
        long at = offset++;
        if (line.length > 0 && at >= first) {
          batch.add(at, line);
          bytes += line.length;
        }
      }
      if (batch.size() > 0) {
        sink.next(batch);
      } else {
        sink.complete();
      }
      return this;
    }

    private byte @Nullable [] nextLine() {
      while (pass < repeat) {
        LineReader reader = lines;
        if (reader == null) {
          reader = open();
        }
        byte[] line = reader.next();
        bytesRead.set(lane, bytesOfPasses + reader.bytes());
        if (line != null) {
          return line;
        }
        passLines.set(lane, Math.max(1, reader.number() - (file.titled() ? 1 : 0)));
        bytesOfPasses += reader.bytes();
        reader.close();
        lines = null;
        pass++;
      }
      return null;
    }

    private LineReader open() {
      LineReader reader = new LineReader(file.path());
      lines = reader;
      if (file.titled()) {
        reader.next();
      }
      return reader;
    }

    void close() {
      LineReader reader = lines;
      if (reader != null) {
        reader.close();
      }
    }
  }
}
