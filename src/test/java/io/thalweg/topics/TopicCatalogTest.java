package io.thalweg.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicCatalogTest {
  private static final List<TopicSpec> TOPICS = TopicCatalog.builtIn().of("churn");

  @Test
  void a_job_has_six_topics_named_after_it() {
    assertThat(TOPICS)
        .extracting(TopicSpec::name)
        .containsExactly(
            "churn.train",
            "churn.validation",
            "churn.snapshots",
            "churn.checkpoints",
            "churn.control",
            "churn.dead-letters");
  }

  @Test
  void the_jar_holds_the_files_of_the_folder() throws Exception {
    Path folder = Path.of(System.getProperty("project.basedir", "."), "topics");
    assertThat(TopicCatalog.of(folder).of("churn")).isEqualTo(TOPICS);
    try (var files = Files.list(folder)) {
      assertThat(files.filter(f -> f.toString().endsWith(".yaml")))
          .hasSize(TopicKind.values().length);
    }
  }

  @Test
  void input_topics_keep_seven_days_and_take_no_compressed_bombs() {
    assertThat(TOPICS.subList(0, 2))
        .allSatisfy(
            topic ->
                assertThat(topic.config())
                    .containsEntry("retention.ms", String.valueOf(7L * 24 * 3600 * 1000))
                    .containsEntry("compression.type", "uncompressed"));
  }

  @Test
  void what_must_be_in_one_order_is_in_one_partition() {
    assertThat(TOPICS.subList(2, 6))
        .allSatisfy(
            topic -> {
              assertThat(topic.partitions()).isEqualTo(1);
              assertThat(topic.exact()).isTrue();
            });
  }

  @Test
  void snapshots_are_compacted_a_day_later_and_gzipped() {
    assertThat(TOPICS.get(2).config())
        .containsEntry("cleanup.policy", "compact")
        .containsEntry("min.compaction.lag.ms", String.valueOf(24L * 3600 * 1000))
        .containsEntry("compression.type", "gzip");
  }

  @Test
  void only_the_solver_reads_and_writes_checkpoints() {
    assertThat(TOPICS.get(3).readers()).containsExactly("solver");
    assertThat(TOPICS.get(3).writers()).containsExactly("solver");
  }

  @Test
  void every_topic_names_its_writers_and_readers_and_survives_one_broker() {
    assertThat(TOPICS)
        .allSatisfy(
            topic -> {
              assertThat(topic.writers()).isNotEmpty();
              assertThat(topic.readers()).isNotEmpty();
              assertThat(topic.replication()).isEqualTo(3);
              assertThat(topic.config()).containsEntry("min.insync.replicas", "2");
            });
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "kind: validation | kind must be train, but was validation",
        "kind: train | name must be a text",
        "partition: 3 | unknown key partition",
        "[1] | expected a map",
        "'kind: train\n  name: [' | t.yaml:2: not YAML",
        "'kind: train\nname: n\npartitions: 1.5' | partitions must be a whole number",
        "'kind: train\nname: n\npartitions: 0\nreplication: 1' | must be at least 1, but were 0 and 1",
        "'kind: train\nname: n\npartitions: 1\nreplication: 1\nkeyed: 3' | keyed must be true or false",
        "'kind: train\nname: n\npartitions: 1\nreplication: 1\nconfig: {a: [1]}' | config.a must be a plain value",
        "'kind: train\nname: n\npartitions: 1\nreplication: 1\nread: solver' | read must be a list"
      })
  void a_wrong_file_is_named_with_what_was_expected(String text, String message) {
    assertThatThrownBy(() -> TopicCatalog.parse(TopicKind.TRAIN, "t.yaml", text))
        .isInstanceOf(TopicException.class)
        .hasMessageContaining("t.yaml")
        .hasMessageContaining(message);
  }

  @Test
  void a_folder_overrides_only_what_it_holds(@TempDir Path folder) throws Exception {
    assertThatThrownBy(() -> TopicCatalog.of(folder)).hasMessageContaining("train.yaml");
    Files.writeString(
        folder.resolve("train.yaml"),
        "kind: train\nname: \"in.{job}\"\npartitions: 2\nreplication: 1\n");
    List<TopicSpec> topics = TopicCatalog.of(folder).of("churn");
    assertThat(topics.get(0).name()).isEqualTo("in.churn");
    assertThat(topics.get(0).config()).isEmpty();
    assertThat(topics.subList(1, 6)).isEqualTo(TOPICS.subList(1, 6));
  }
}
