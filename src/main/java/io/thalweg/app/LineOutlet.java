package io.thalweg.app;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** One line, one record, as it stands in the file. */
final class LineOutlet implements Outlet {
  private final Producer<byte[], byte[]> producer;
  private final String topic;
  private final @Nullable Header contentType;
  private final RecordCheck check;
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private volatile long sent;
  private volatile long bytes;

  LineOutlet(
      Producer<byte[], byte[]> producer,
      String topic,
      @Nullable Header contentType,
      RecordCheck check) {
    this.producer = producer;
    this.topic = topic;
    this.contentType = contentType;
    this.check = check;
  }

  @Override
  public @Nullable String complaint(byte[] line) {
    return check.complaint(line);
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // the callback hears the same
  public void send(byte[] line) {
    throwFailure();
    ProducerRecord<byte[], byte[]> item = new ProducerRecord<>(topic, line);
    if (contentType != null) {
      item.headers().add(contentType);
    }
    producer.send(
        item,
        (metadata, e) -> {
          if (e == null) {
            acknowledged.incrementAndGet();
          } else {
            failure.compareAndSet(null, e);
          }
        });
    count(line.length);
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written by one thread, read by the progress line
  private void count(int length) {
    sent++;
    bytes += length;
  }

  @Override
  public void flush() {
    producer.flush();
  }

  @Override
  public void throwFailure() {
    Exception e = failure.get();
    if (e != null) {
      throw e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
    }
  }

  @Override
  public long sent() {
    return sent;
  }

  @Override
  public long acknowledged() {
    return acknowledged.get();
  }

  @Override
  public long records() {
    return acknowledged.get();
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
  }
}
