package io.thalweg.wire;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.sample.SampleSchema;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds decoders of sample records. The format of a record is that of its {@code content-type}
 * header, else the job's; {@code application/octet-stream} says nothing and counts as no header.
 */
public final class SampleDecoders {
  private SampleDecoders() {}

  /**
   * A decoder for one thread.
   *
   * @param options format of records that do not name theirs, and how it is written
   * @param schemas what a sample of each level holds, both levels present
   * @return the decoder
   * @throws IllegalArgumentException when a CSV header names a column twice
   */
  public static SampleDecoder create(SampleOptions options, Map<Level, SampleSchema> schemas) {
    return new ByContentType(options, schemas);
  }

  /**
   * A decoder for one thread of records and of labels that come apart from them: records are read
   * as those of the lower level, labels as those of the upper one, both into batches of {@link
   * io.thalweg.sample.LateLabels#joined}.
   *
   * @param options format of records that do not name theirs, and how it is written
   * @param sample what a whole sample holds
   * @return the decoder
   * @throws IllegalArgumentException when a CSV header names a column twice, or samples have no
   *     label
   */
  public static SampleDecoder joining(SampleOptions options, SampleSchema sample) {
    return new LateLabelDecoder(options, sample);
  }

  /**
   * The column for want of which every line would be refused.
   *
   * @param options with a CSV header for the level
   * @param schemas what a sample of each level holds, both levels present
   * @param level whose header is looked at
   * @return the name of the first one, empty when the header has all that is required
   * @throws IllegalArgumentException when the header names a column twice
   */
  public static String lackingColumn(
      SampleOptions options, Map<Level, SampleSchema> schemas, Level level) {
    return new CsvSamples(schemas, options).lackingColumn(level);
  }

  /** Hands every record to the reader of its format. */
  private static final class ByContentType implements SampleDecoder {
    private final SampleFormat fallback;
    private final JsonSamples json;
    private @Nullable CsvSamples csv;
    private final SampleOptions options;
    private final Map<Level, SampleSchema> schemas;
    private final BinaryReader binary;
    private SampleReader current;
    private int count;

    ByContentType(SampleOptions options, Map<Level, SampleSchema> schemas) {
      fallback = options.format();
      json = new JsonSamples(schemas, options);
      this.options = options;
      this.schemas = schemas;
      binary = new BinaryReader(schemas, options);
      current = options.header().isEmpty() ? json : csv();
    }

    @Override
    public int open(byte @Nullable [] bytes, @Nullable String contentType) {
      SampleFormat format = format(contentType);
      current = reader(format == null ? fallback : format);
      current.reset();
      count = 0;
      if (bytes == null) {
        current.reject("the value is null: a tombstone holds no sample");
        return 0;
      }
      if (bytes.length == 0) {
        current.reject("the value is empty");
        return 0;
      }
      if (format == null) {
        current.reject(
            "content-type must be application/json, text/csv or application/x-thalweg-sample,"
                + " but was "
                + SampleReader.quote(String.valueOf(contentType)));
        return 0;
      }
      count = current.open(bytes);
      return count;
    }

    private @Nullable SampleFormat format(@Nullable String contentType) {
      return contentType == null || contentType.equals("application/octet-stream")
          ? fallback
          : SampleFormat.ofContentType(contentType);
    }

    private SampleReader reader(SampleFormat format) {
      return switch (format) {
        case JSON -> json;
        case CSV -> csv();
        case BINARY -> binary;
      };
    }

    /** Built when the first line comes: few jobs need it. */
    private CsvSamples csv() {
      if (csv == null) {
        csv = new CsvSamples(schemas, options);
      }
      return csv;
    }

    @Override
    public boolean decode(int index, Level as, Batch into) {
      // a record that could not be opened has no samples, and its reader holds an older one
      return index < count && current.decode(index, as, into);
    }

    @Override
    public @Nullable Level role() {
      return current.role();
    }

    @Override
    public long idHash() {
      return current.idHash();
    }

    @Override
    public boolean hasId() {
      return current.hasId();
    }

    @Override
    public long eventTime() {
      return current.eventTime();
    }

    @Override
    public String rejection() {
      return current.rejection();
    }
  }
}
