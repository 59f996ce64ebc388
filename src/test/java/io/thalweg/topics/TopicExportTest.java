package io.thalweg.topics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicExportTest {
  private static final List<TopicSpec> TOPICS = TopicCatalog.builtIn().of("churn");

  @Test
  void strimzi_gets_one_resource_per_topic() throws Exception {
    String text = TopicExport.strimzi(TOPICS, "my-cluster", "v1");
    List<JsonNode> resources;
    try (MappingIterator<JsonNode> all =
        new YAMLMapper().readerFor(JsonNode.class).readValues(text)) {
      resources = all.readAll();
    }
    assertThat(resources).hasSize(6);
    JsonNode snapshots = resources.get(2);
    assertThat(snapshots.at("/apiVersion").asText()).isEqualTo("kafka.strimzi.io/v1");
    assertThat(snapshots.at("/kind").asText()).isEqualTo("KafkaTopic");
    assertThat(snapshots.at("/metadata/labels/strimzi.io~1cluster").asText())
        .isEqualTo("my-cluster");
    assertThat(snapshots.at("/spec/topicName").asText()).isEqualTo("churn.snapshots");
    assertThat(snapshots.at("/spec/partitions").asInt()).isEqualTo(1);
    assertThat(snapshots.at("/spec/config/cleanup.policy").asText()).isEqualTo("compact");
  }

  @Test
  void resource_names_are_what_kubernetes_takes() {
    TopicSpec odd = TOPICS.get(0).named("Team_A.train");
    assertThat(TopicExport.strimzi(List.of(odd), "c", "v1"))
        .contains("  name: team-a.train\n", "topicName: Team_A.train\n");
  }

  @Test
  void acls_give_each_role_what_it_needs_and_no_more() {
    String acls = TopicExport.acls(TOPICS, "b:9092", "churn", Map.of("solver", "User:CN=thalweg"));
    assertThat(acls.lines())
        .contains(
            "kafka-acls.sh --bootstrap-server b:9092 --add --allow-principal 'User:churn-producer'"
                + " --operation Write --operation Describe --topic churn.train",
            "kafka-acls.sh --bootstrap-server b:9092 --add --allow-principal 'User:CN=thalweg'"
                + " --operation Read --operation Describe --topic churn.train",
            "kafka-acls.sh --bootstrap-server b:9092 --add --allow-principal 'User:CN=thalweg'"
                + " --operation Write --operation Describe --transactional-id churn")
        .noneMatch(line -> line.contains("churn-reader") && line.contains("Write"))
        .noneMatch(
            line -> line.contains("CN=thalweg' --operation Write") && line.endsWith(".train"))
        .noneMatch(line -> line.contains("checkpoints") && !line.contains("CN=thalweg"))
        .noneMatch(line -> line.contains("All") || line.contains("*"));
  }

  @Test
  void kafka_topics_commands_create_only_what_is_missing() {
    String commands = TopicExport.kafkaTopics(TOPICS, "b:9092");
    assertThat(commands)
        .contains(
            "kafka-topics.sh --bootstrap-server b:9092 --create --if-not-exists --topic"
                + " churn.checkpoints --partitions 1 --replication-factor 3 \\\n");
    assertThat(commands.split("--create", -1)).hasSize(7);
  }
}
