package io.thalweg.kafka;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/** Hears of the clients that a job works with, so that their own figures can be shown. */
public interface ClientWatch {
  /** Watches nothing. */
  ClientWatch NONE =
      new ClientWatch() {
        @Override
        public Runnable opened(Consumer<?, ?> consumer) {
          return () -> {};
        }

        @Override
        public Runnable opened(Producer<?, ?> producer) {
          return () -> {};
        }
      };

  /**
   * A consumer of samples or of commands is open. Of its methods only {@code metrics()} may be
   * called.
   *
   * @param consumer the client
   * @return to be run when it is closed
   */
  Runnable opened(Consumer<?, ?> consumer);

  /**
   * A producer of commits is open.
   *
   * @param producer the client
   * @return to be run when it is closed
   */
  Runnable opened(Producer<?, ?> producer);
}
