package io.thalweg.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.topics.Change.Alter;
import io.thalweg.topics.Change.Create;
import io.thalweg.topics.Change.Grow;
import io.thalweg.topics.Change.Refuse;
import io.thalweg.topics.Change.Unchanged;
import io.thalweg.topics.Change.Warn;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicPlanTest {
  private static final TopicSpec TRAIN = TopicCatalog.builtIn().of(TopicKind.TRAIN, "j");
  private static final TopicSpec SNAPSHOTS = TopicCatalog.builtIn().of(TopicKind.SNAPSHOTS, "j");

  @Test
  void a_missing_topic_is_created_as_its_file_says() {
    TopicPlan plan = TopicPlan.of(List.of(TRAIN), new ClusterView(3, Map.of()));
    assertThat(plan.changes()).containsExactly(new Create("j.train", 6, 3, TRAIN.config()));
    assertThat(plan.pending()).isTrue();
    assertThat(plan.lines())
        .startsWith(
            "+ j.train  6 partitions, 3 replicas",
            "+          cleanup.policy=delete",
            "+          compression.type=uncompressed")
        .contains("+          retention.ms=604800000 (7 d)", "+          max.message.bytes=1048588")
        .hasSize(2 + TRAIN.config().size());
  }

  @ParameterizedTest(name = "{0} brokers: {1} replicas, {2} in sync")
  @CsvSource({"1,1,1", "2,2,1", "3,3,2", "9,3,2"})
  void fewer_brokers_mean_fewer_replicas_and_still_a_topic_one_can_write_to(
      int brokers, int replicas, String inSync) {
    TopicPlan plan = TopicPlan.of(List.of(TRAIN), new ClusterView(brokers, Map.of()));
    Create create = plan.of(Create.class).get(0);
    assertThat(create.replication()).isEqualTo(replicas);
    assertThat(create.config()).containsEntry("min.insync.replicas", inSync);
    assertThat(plan.of(Warn.class)).hasSize(brokers < 3 ? 1 : 0);
  }

  @Test
  void a_topic_as_wanted_needs_nothing() {
    TopicPlan plan = plan(TRAIN, 6, 3, Map.of());
    assertThat(plan.changes()).containsExactly(new Unchanged("j.train"));
    assertThat(plan.pending()).isFalse();
  }

  @Test
  void any_number_of_partitions_will_do_unless_one_was_asked_for() {
    assertThat(plan(TRAIN, 2, 3, Map.of()).pending()).isFalse();
    assertThat(plan(TRAIN, 12, 3, Map.of()).pending()).isFalse();
  }

  @Test
  void partitions_asked_for_are_added_with_a_warning_about_keys_and_running_jobs() {
    TopicPlan plan = plan(TRAIN.withPartitions(8), 4, 3, Map.of());
    assertThat(plan.of(Grow.class)).containsExactly(new Grow("j.train", 4, 8));
    assertThat(plan.of(Warn.class).get(0).text())
        .contains("keys", "running job", "cover 4 partitions", "65", "on-data-loss: continue");
  }

  @Test
  void partitions_are_never_removed() {
    TopicPlan plan = plan(TRAIN.withPartitions(3), 4, 3, Map.of());
    assertThat(plan.refusals())
        .extracting(Refuse::text)
        .first()
        .asString()
        .contains("has 4", "3 wanted");
    assertThat(plan.pending()).isFalse();
  }

  @Test
  void snapshots_in_more_than_one_partition_are_refused_whatever_is_asked() {
    assertThat(plan(SNAPSHOTS.withPartitions(4), 4, 3, Map.of()).refusals()).hasSize(1);
    assertThat(plan(SNAPSHOTS.withPartitions(4), 1, 3, Map.of()).pending()).isFalse();
  }

  @Test
  void a_setting_that_differs_is_changed() {
    TopicPlan plan = plan(TRAIN, 6, 3, Map.of("compression.type", "producer"));
    assertThat(plan.changes())
        .containsExactly(new Alter("j.train", "compression.type", "producer", "uncompressed"));
    assertThat(plan.lines().get(0))
        .isEqualTo("~ j.train  compression.type: producer -> uncompressed");
  }

  @ParameterizedTest(name = "{0}: {1} -> {2}")
  @CsvSource({
    "segment.ms, 7200000, 3600000, (2 h), (1 h)",
    "segment.ms, 90000, 1500, (90 s), ''",
    "segment.bytes, 67108864, 1073741824, (64 MiB), (1 GiB)",
    "max.message.bytes, 1048588, 2097152, '', (2 MiB)",
    "min.compaction.lag.ms, 86400000, -1, (1 d), ''",
    "retention.ms, 0, 9223372036854775807, '', ''",
    "min.insync.replicas, 2000, 1000, '', ''"
  })
  void large_numbers_are_told_in_units_of_people(
      String key, String from, String to, String fromSaid, String toSaid) {
    String blank = fromSaid.isEmpty() ? "" : " ";
    String gap = toSaid.isEmpty() ? "" : " ";
    assertThat(new Alter("j", key, from, to).text())
        .isEqualTo(key + ": " + from + blank + fromSaid + " -> " + to + gap + toSaid);
  }

  @Test
  void a_setting_of_somebody_elses_is_named_and_stays() {
    TopicPlan plan =
        plan(TRAIN, 6, 3, Map.of("flush.ms", "1000", "index.interval.bytes", "1"), "flush.ms");
    assertThat(plan.pending()).isFalse();
    assertThat(plan.lines().get(0))
        .isEqualTo("! j.train  flush.ms=1000 is set on the topic and not in its file; it stays");
    assertThat(plan.changes()).hasSize(1); // the other one is the cluster's default
  }

  @ParameterizedTest(name = "{0} replicas, {1} brokers: {2}")
  @CsvSource({"1,3,true", "2,3,true", "3,3,false", "1,1,false", "5,9,false"})
  void missing_replicas_are_named_where_there_are_brokers_for_them(
      int replicas, int brokers, boolean named) {
    Map<String, String> config = new TreeMap<>(TRAIN.configFor(replicas));
    TopicPlan plan =
        TopicPlan.of(
            List.of(TRAIN),
            new ClusterView(
                brokers, Map.of("j.train", new ClusterView.Found(6, replicas, config, Set.of()))));
    assertThat(plan.pending()).isFalse();
    assertThat(plan.of(Warn.class)).hasSize(named ? 1 : 0);
    if (named) {
      assertThat(plan.of(Warn.class).get(0).text()).contains("3 wanted", "kafka-reassign");
    }
  }

  @ParameterizedTest(name = "retention {0}: changed {1}")
  @CsvSource({"604799999,true", "604800001,false", "-1,false"})
  void a_longer_retention_is_left_alone_because_a_shorter_one_deletes(
      String found, boolean changed) {
    TopicPlan plan = plan(TRAIN, 6, 3, Map.of("retention.ms", found));
    assertThat(plan.pending()).isEqualTo(changed);
    assertThat(plan.of(Warn.class)).hasSize(changed ? 0 : 1);
  }

  @Test
  void another_cleanup_policy_is_left_alone_because_either_change_deletes() {
    TopicPlan plan = plan(SNAPSHOTS, 1, 3, Map.of("cleanup.policy", "delete"));
    assertThat(plan.pending()).isFalse();
    assertThat(plan.of(Warn.class).get(0).text()).contains("kafka-configs.sh", "j.snapshots");
  }

  @Test
  void in_sync_replicas_follow_the_replicas_a_topic_has() {
    assertThat(plan(TRAIN, 6, 1, Map.of("min.insync.replicas", "1")).pending()).isFalse();
    assertThat(plan(TRAIN, 6, 3, Map.of("min.insync.replicas", "1")).pending()).isTrue();
  }

  @Test
  void figures_below_one_are_refused() {
    assertThatThrownBy(() -> TRAIN.withPartitions(0)).hasMessageContaining("at least 1, but was 0");
    assertThatThrownBy(() -> TRAIN.withReplication(0))
        .hasMessageContaining("at least 1, but was 0");
  }

  private static TopicPlan plan(
      TopicSpec wanted,
      int partitions,
      int replication,
      Map<String, String> differing,
      String... own) {
    Map<String, String> config = new TreeMap<>(wanted.config());
    config.putAll(differing);
    return TopicPlan.of(
        List.of(wanted),
        new ClusterView(
            3,
            Map.of(
                wanted.name(),
                new ClusterView.Found(partitions, replication, config, Set.of(own)))));
  }
}
