package io.thalweg.topics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
  void strimzi_users_have_the_same_rights_as_the_acls() throws Exception {
    String text = TopicExport.strimziUsers(TOPICS, "churn", "my-cluster", "v1", "scram-sha-512");
    Set<String> granted = new TreeSet<>();
    List<String> users = new ArrayList<>();
    try (MappingIterator<JsonNode> all =
        new YAMLMapper().readerFor(JsonNode.class).readValues(text)) {
      while (all.hasNext()) {
        JsonNode user = all.next();
        users.add(user.at("/metadata/name").asText());
        assertThat(user.at("/kind").asText()).isEqualTo("KafkaUser");
        assertThat(user.at("/metadata/labels/strimzi.io~1cluster").asText())
            .isEqualTo("my-cluster");
        assertThat(user.at("/spec/authentication/type").asText()).isEqualTo("scram-sha-512");
        for (JsonNode acl : user.at("/spec/authorization/acls")) {
          assertThat(acl.at("/resource/patternType").asText()).isEqualTo("literal");
          for (JsonNode operation : acl.get("operations")) {
            granted.add(
                user.at("/metadata/name").asText()
                    + " "
                    + operation.asText()
                    + " "
                    + acl.at("/resource/type")
                        .asText()
                        .replace("transactionalId", "transactional-id")
                    + " "
                    + acl.at("/resource/name").asText());
          }
        }
      }
    }
    assertThat(users)
        .containsExactlyInAnyOrder(
            "churn-producer", "churn-solver", "churn-reader", "churn-operator", "churn-owner");
    Set<String> wanted = new TreeSet<>();
    for (String line : TopicExport.acls(TOPICS, "b:9092", "churn", Map.of()).split("\n", -1)) {
      Matcher grant =
          Pattern.compile("'User:(\\S+)'((?: --operation \\w+)+) --(\\S+) (\\S+)").matcher(line);
      if (grant.find()) {
        for (String operation : grant.group(2).strip().split(" ?--operation ", -1)) {
          if (!operation.isEmpty()) {
            wanted.add(
                grant.group(1) + " " + operation + " " + grant.group(3) + " " + grant.group(4));
          }
        }
      }
    }
    assertThat(wanted).hasSizeGreaterThan(20);
    assertThat(granted).isEqualTo(wanted);
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
