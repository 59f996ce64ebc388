package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.config.JobReader;
import io.thalweg.topics.TopicCatalog;
import io.thalweg.topics.TopicSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicsCommandTest {
  @TempDir Path folder;

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "strimzi,topicName: churn.snapshots",
    "strimzi-users,name: churn.snapshots",
    "acls,--topic churn.snapshots",
    "kafka-topics,--topic churn.snapshots"
  })
  void export_needs_no_broker(String format, String part) throws Exception {
    String job = CommandRun.job(folder, "churn", "127.0.0.1:1").toString();
    CommandRun run = CommandRun.of("topics", "export", "-c", job, "--format", format);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains(part);
  }

  @Test
  void an_unknown_format_is_a_usage_error_that_names_the_known_ones() throws Exception {
    String job = CommandRun.job(folder, "churn", "127.0.0.1:1").toString();
    CommandRun run = CommandRun.of("topics", "export", "-c", job, "--format", "helm");
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("strimzi, strimzi-users, acls or kafka-topics", "helm");
  }

  @Test
  void topics_alone_is_a_usage_error() {
    assertThat(CommandRun.of("topics").code()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void names_and_figures_of_the_job_file_win() throws Exception {
    List<TopicSpec> topics = wanted("topics: {train: in.clicks, partitions: 4, replication: 2}");
    assertThat(topics)
        .extracting(TopicSpec::name)
        .startsWith("in.clicks", "churn.validation")
        .hasSize(6);
    assertThat(topics).extracting(TopicSpec::partitions).containsExactly(4, 4, 1, 1, 1, 1);
    assertThat(topics).extracting(TopicSpec::replication).containsOnly(2);
  }

  @Test
  void levels_that_share_a_topic_have_one() throws Exception {
    assertThat(wanted("samples: {topic: clicks, split: {upper: 0.1}}"))
        .extracting(TopicSpec::name)
        .containsExactly(
            "clicks",
            "churn.snapshots",
            "churn.checkpoints",
            "churn.control",
            "churn.dead-letters");
  }

  private List<TopicSpec> wanted(String more) throws Exception {
    Path job = CommandRun.job(folder, "churn", "127.0.0.1:1", more);
    return WantedTopics.of(new JobReader(Map.of(), List.of()).read(job), TopicCatalog.builtIn());
  }
}
