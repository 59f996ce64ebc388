package io.thalweg.files;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Lines of a file as bytes, one at a time: LF or CR LF, with or without an end after the last, gzip
 * told by its first two bytes, a byte order mark left out. One thread at a time; memory is a buffer
 * and the longest line.
 */
public final class LineReader implements Closeable {
  /** A longer line is no sample but a mistake. */
  static final int LONGEST_LINE = 64 << 20;

  private static final int BUFFER = 64 << 10;

  private final String file;
  private final Counting raw;
  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER];
  private int at;
  private int end;
  private byte[] line = new byte[1024];
  private long number;

  /**
   * Opens a file.
   *
   * @param file where it lies
   * @throws SampleFileException when it cannot be read
   */
  public LineReader(Path file) {
    this.file = file.toString();
    try {
      raw = new Counting(Files.newInputStream(file));
      in = unzipped(raw);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * Lines of a stream, standard input for example.
   *
   * @param name what to call it in messages
   * @param stream where the bytes come from; closed with this reader
   * @throws SampleFileException when it cannot be read
   */
  public LineReader(String name, InputStream stream) {
    this.file = name;
    try {
      raw = new Counting(stream);
      in = unzipped(raw);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static InputStream unzipped(InputStream raw) throws IOException {
    BufferedInputStream in = new BufferedInputStream(raw, BUFFER);
    in.mark(2);
    boolean zipped = in.read() == 0x1f && in.read() == 0x8b;
    in.reset();
    return zipped ? new GZIPInputStream(in, BUFFER) : in;
  }

  /**
   * The next line.
   *
   * @return the line without its end, or null after the last
   * @throws SampleFileException when it cannot be read
   */
  public byte @Nullable [] next() {
    try {
      return read();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private byte @Nullable [] read() throws IOException {
    int length = 0;
    boolean any = false;
    while (fill()) {
      any = true;
      int stop = at;
      while (stop < end && buffer[stop] != '\n') {
        stop++;
      }
      length = append(length, at, stop);
      at = stop + 1;
      if (stop < end) {
        break;
      }
    }
    if (!any) {
      return null;
    }
    number++;
    if (length > 0 && line[length - 1] == '\r') {
      length--;
    }
    boolean marked =
        number == 1
            && length >= 3
            && line[0] == (byte) 0xEF
            && line[1] == (byte) 0xBB
            && line[2] == (byte) 0xBF;
    return Arrays.copyOfRange(line, marked ? 3 : 0, length);
  }

  /** Whether there is a byte to take, after reading on where needed. */
  private boolean fill() throws IOException {
    if (at < end) {
      return true;
    }
    at = 0;
    end = Math.max(0, in.read(buffer));
    return end > 0;
  }

  private int append(int length, int from, int to) {
    int longer = length + to - from;
    if (longer > LONGEST_LINE) {
      throw new SampleFileException(
          file + ":" + (number + 1) + ": a line has at most " + LONGEST_LINE + " bytes", null);
    }
    if (longer > line.length) {
      line = Arrays.copyOf(line, Math.max(longer, 2 * line.length));
    }
    System.arraycopy(buffer, from, line, length, to - from);
    return longer;
  }

  /**
   * Where the line last read stands.
   *
   * @return its number, from 1
   */
  public long number() {
    return number;
  }

  /**
   * How much was read.
   *
   * @return bytes as stored
   */
  public long bytes() {
    return raw.count;
  }

  private SampleFileException failed(IOException e) {
    if (e instanceof NoSuchFileException) {
      return new SampleFileException(file + ": there is no such file", e);
    }
    if (e instanceof AccessDeniedException) {
      return new SampleFileException(file + ": may not be read", e);
    }
    return new SampleFileException(
        file + ":" + (number + 1) + ": cannot be read: " + e.getMessage(), e);
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static final class Counting extends FilterInputStream {
    private long count;

    Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      count += b < 0 ? 0 : 1;
      return b;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      int n = super.read(into, from, length);
      count += Math.max(0, n);
      return n;
    }
  }
}
