package io.thalweg.load.openloop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Writes down when the solver's consumer handed out records and how far it was then: one line per
 * poll and partition, {@code microseconds topic partition next-offset}. It runs in the solver's
 * process, named by {@code interceptor.classes} in the job file as any user could, and costs a
 * write per poll, nothing per record. The same key of the job file reaches the producers, so it can
 * stand there too, and does nothing.
 */
public final class ConsumedInterceptor
    implements ConsumerInterceptor<byte[], byte[]>, ProducerInterceptor<byte[], byte[]> {
  /** System property: the file to write to. */
  static final String FILE = "thalweg.load.consumed";

  /** System property: what the names of the sample topics begin with. */
  static final String TOPICS = "thalweg.load.topics";

  private static final @Nullable FileChannel OUT = open();
  private static final String[] PREFIXES = System.getProperty(TOPICS, "").split(",");

  /** Made by the Kafka clients. */
  public ConsumedInterceptor() {}

  private static @Nullable FileChannel open() {
    String file = System.getProperty(FILE);
    try {
      return file == null
          ? null
          : FileChannel.open(Path.of(file), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
    FileChannel out = OUT;
    if (out != null) {
      long now = MicroClock.wall();
      StringBuilder lines = new StringBuilder();
      for (Map.Entry<TopicPartition, OffsetAndMetadata> next : records.nextOffsets().entrySet()) {
        TopicPartition lane = next.getKey();
        if (isSample(lane.topic())) {
          lines
              .append(now)
              .append(' ')
              .append(lane.topic())
              .append(' ')
              .append(lane.partition())
              .append(' ')
              .append(next.getValue().offset())
              .append('\n');
        }
      }
      write(out, lines);
    }
    return records;
  }

  private static boolean isSample(String topic) {
    for (String prefix : PREFIXES) {
      if (topic.equals(prefix)) {
        return true;
      }
    }
    return false;
  }

  private static void write(FileChannel out, StringBuilder lines) {
    if (lines.length() == 0) {
      return;
    }
    ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.US_ASCII));
    try {
      while (bytes.hasRemaining()) {
        if (out.write(bytes) < 0) {
          return;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> sent) {
    return sent;
  }

  @Override
  public void onAcknowledgement(@Nullable RecordMetadata metadata, @Nullable Exception exception) {}

  @Override
  public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

  @Override
  public void configure(Map<String, ?> settings) {}

  @Override
  public void close() {}
}
