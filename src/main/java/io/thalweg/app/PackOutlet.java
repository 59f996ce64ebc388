package io.thalweg.app;

import io.thalweg.kafka.SampleProducer;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.sample.SampleSchema;
import io.thalweg.wire.SampleDecoders;
import io.thalweg.wire.SampleFormat;
import io.thalweg.wire.SampleOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/**
 * Many lines, one binary record. Every line is decoded as the job would decode it, so what cannot
 * be used is found here, by its line. Samples that name their role share records with their like
 * only.
 */
final class PackOutlet implements Outlet {
  private final Producer<byte[], byte[]> producer;
  private final String topic;
  private final SampleDecoder decoder;
  private final String contentType;
  private final Level presumed;
  private final SampleProducer.Options options;
  private final Map<Level, Batch> scratch = new EnumMap<>(Level.class);
  private final Map<Level, SampleProducer> named = new EnumMap<>(Level.class);
  private @Nullable SampleProducer unnamed;

  /** What the last good line was read as. */
  private Level level;

  /** Read by the progress line, too. */
  private volatile List<SampleProducer> all = List.of();

  /**
   * An outlet.
   *
   * @param format of the lines
   * @param schemas what a sample of each level holds
   * @param as the level of the topic; null when it serves both
   */
  PackOutlet(
      Producer<byte[], byte[]> producer,
      String topic,
      SampleOptions decoding,
      SampleFormat format,
      Map<Level, SampleSchema> schemas,
      @Nullable Level as,
      SampleProducer.Options options) {
    this.producer = producer;
    this.topic = topic;
    this.decoder = SampleDecoders.create(decoding, schemas);
    this.contentType = format.contentType();
    this.presumed = as == null ? Level.LOWER : as;
    this.level = presumed;
    this.options = options;
    schemas.forEach((each, schema) -> scratch.put(each, new Batch(schema, 1)));
  }

  @Override
  public @Nullable String complaint(byte[] line) {
    if (decoder.open(line, contentType) == 0) {
      return decoder.rejection();
    }
    boolean good = decode(presumed);
    Level role = decoder.role();
    if (role != null && role != presumed) {
      good = decode(role);
    }
    return good ? null : decoder.rejection();
  }

  private boolean decode(Level as) {
    level = as;
    Batch into = rows(as);
    into.clear();
    return decoder.decode(0, as, into);
  }

  @Override
  public void send(byte[] line) {
    samples(decoder.role()).send(rows(level), 0, decoder);
  }

  private Batch rows(Level as) {
    Batch rows = scratch.get(as);
    if (rows == null) {
      throw new IllegalStateException("no schema for " + as);
    }
    return rows;
  }

  private SampleProducer samples(@Nullable Level role) {
    SampleProducer known = role == null ? unnamed : named.get(role);
    if (known != null) {
      return known;
    }
    SampleSchema schema = rows(role == null ? presumed : role).schema();
    SampleProducer opened = SampleProducer.over(producer, topic, schema, role, options);
    if (role == null) {
      unnamed = opened;
    } else {
      named.put(role, opened);
    }
    List<SampleProducer> more = new ArrayList<>(all);
    more.add(opened);
    all = List.copyOf(more);
    return opened;
  }

  @Override
  public void flush() {
    RuntimeException first = null;
    for (SampleProducer each : all) {
      try {
        each.flush();
      } catch (RuntimeException e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }

  /** Nothing to do: a producer of samples throws its failure by itself. */
  @Override
  public void throwFailure() {}

  @Override
  public long sent() {
    return sum(SampleProducer::sent);
  }

  @Override
  public long acknowledged() {
    return sum(SampleProducer::acknowledged);
  }

  @Override
  public long records() {
    return sum(SampleProducer::acknowledgedRecords);
  }

  @Override
  public long bytes() {
    return sum(SampleProducer::bytes);
  }

  private long sum(ToLongFunction<SampleProducer> of) {
    return all.stream().mapToLong(of).sum();
  }

  @Override
  public void close() {
    try {
      for (SampleProducer each : all) {
        each.close();
      }
    } finally {
      producer.close(Duration.ofSeconds(5));
    }
  }
}
