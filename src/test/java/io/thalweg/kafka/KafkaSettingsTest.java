package io.thalweg.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaSettingsTest {
  private final KafkaSettings settings =
      new KafkaSettings(
          Map.ofEntries(
              Map.entry("bootstrap.servers", "here:9092"),
              Map.entry("security.protocol", "SASL_SSL"),
              Map.entry("fetch.min.bytes", "1"),
              Map.entry("compression.type", "zstd"),
              Map.entry("auto.offset.reset", "latest"),
              Map.entry("isolation.level", "read_uncommitted"),
              Map.entry("enable.auto.commit", "true"),
              Map.entry("group.id", "another"),
              Map.entry("transactional.id", "another"),
              Map.entry("acks", "1"),
              Map.entry("my.own.callback.setting", "x")));

  @Test
  void what_correctness_hangs_on_cannot_be_overridden() {
    assertThat(settings.consumer("c"))
        .containsEntry("auto.offset.reset", "none")
        .containsEntry("isolation.level", "read_committed")
        .containsEntry("enable.auto.commit", false)
        .containsEntry("check.crcs", true)
        .doesNotContainKey("group.id");
    assertThat(settings.producer("c"))
        .containsEntry("acks", "all")
        .containsEntry("enable.idempotence", true)
        .doesNotContainKey("transactional.id");
    assertThat(settings.transactionalProducer("job")).containsEntry("transactional.id", "job");
  }

  @Test
  void everything_else_is_handed_on_to_the_clients_that_know_it() {
    assertThat(settings.consumer("c"))
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("fetch.min.bytes", "1")
        .containsEntry("my.own.callback.setting", "x")
        .doesNotContainKey("compression.type");
    assertThat(settings.producer("c"))
        .containsEntry("compression.type", "zstd")
        .containsEntry("my.own.callback.setting", "x")
        .doesNotContainKey("fetch.min.bytes");
    assertThat(settings.admin())
        .containsEntry("security.protocol", "SASL_SSL")
        .doesNotContainKeys("fetch.min.bytes", "compression.type");
  }
}
