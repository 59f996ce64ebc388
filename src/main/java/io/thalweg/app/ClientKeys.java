package io.thalweg.app;

import io.thalweg.config.JobConfig;
import io.thalweg.settings.Suggestions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Spots keys of the {@code kafka} part that no Kafka client knows. */
final class ClientKeys {
  private ClientKeys() {}

  /** A line for each; only a warning, because plug-ins of the clients bring keys of their own. */
  static List<String> warnings(JobConfig job) {
    Set<String> known = new TreeSet<>(ConsumerConfig.configNames());
    known.addAll(ProducerConfig.configNames());
    known.addAll(AdminClientConfig.configNames());
    List<String> out = new ArrayList<>();
    for (String key : job.kafka().values().keySet()) {
      if (!known.contains(key)) {
        String nearest = Suggestions.nearest(key, known);
        out.add(
            "kafka."
                + key
                + " is known to no Kafka client"
                + (nearest == null ? "" : "; did you mean \"" + nearest + "\"?"));
      }
    }
    return out;
  }
}
