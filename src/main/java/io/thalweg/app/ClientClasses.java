package io.thalweg.app;

import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.protocol.ApiKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Schedulers;

/**
 * The Kafka clients describe hundreds of settings and messages when their classes are first used: a
 * third of a second that need not wait until the job file is read. Loading them aside changes
 * nothing but when it is done.
 */
final class ClientClasses {
  private static final Logger LOG = LoggerFactory.getLogger(ClientClasses.class);

  private ClientClasses() {}

  /** Begins; nobody needs to wait for it. */
  static void load() {
    Thread thread = new Thread(ClientClasses::touch, "thalweg-classes");
    thread.setDaemon(true);
    thread.start();
  }

  private static void touch() {
    int described =
        ApiKeys.values().length
            + AdminClientConfig.configNames().size()
            + ConsumerConfig.configNames().size()
            + ProducerConfig.configNames().size();
    LOG.debug("{} messages and settings, {}", described, Schedulers.boundedElastic());
  }
}
