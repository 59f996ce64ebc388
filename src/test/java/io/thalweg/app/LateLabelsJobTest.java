package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import io.thalweg.pipeline.Feed;
import io.thalweg.sample.Batch;
import io.thalweg.sample.LateLabels;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.sample.SampleSchema;
import io.thalweg.topics.TopicCatalog;
import io.thalweg.topics.TopicSpec;
import io.thalweg.wire.BinarySamples;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a job with labels on a topic of their own reads, wants and refuses. */
class LateLabelsJobTest {
  private static JobConfig job(String samples, String... sets) {
    return job("auto", 51, samples, sets);
  }

  private static JobConfig job(String method, int features, String samples, String... sets) {
    return new JobReader(Map.of(), List.of(sets))
        .read(
            """
            job: late
            problem: {type: logistic-regression, features: %d}
            solver: {method: %s}
            samples: %s
            kafka: {bootstrap.servers: "b:1"}
            """
                .formatted(features, method, samples),
            "late.yaml");
  }

  private static final String APART = "{topic: calls, labels: {topic: outcomes}}";

  @Test
  void both_topics_are_read_and_wanted() {
    JobConfig job = job(APART);
    assertThat(Wiring.feeds(job))
        .containsExactly(new Feed("calls", Level.LOWER), new Feed("outcomes", Level.UPPER));
    assertThat(WantedTopics.of(job, TopicCatalog.builtIn()))
        .extracting(TopicSpec::name)
        .containsExactlyInAnyOrder(
            "calls",
            "outcomes",
            "late.snapshots",
            "late.checkpoints",
            "late.control",
            "late.dead-letters");
    assertThat(job.effective()).contains("records: 100000");
  }

  @Test
  void how_long_records_wait_is_arithmetic_and_the_name_of_the_topic_is_not() {
    String print = job(APART).fingerprint();
    assertThat(job("{topic: calls, labels: {topic: other}}").fingerprint()).isEqualTo(print);
    assertThat(job(APART, "samples.labels.expire.records=100000").fingerprint()).isEqualTo(print);
    assertThat(job(APART, "samples.labels.expire.records=99").fingerprint()).isNotEqualTo(print);
    assertThat(job("{topic: calls, split: prequential}").fingerprint()).isNotEqualTo(print);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "msgbio | {topic: a, labels: {topic: b}} | need solver.method: auto, but it is msgbio",
        "auto | {labels: {topic: b}} | needs samples.topic",
        "auto | {topic: a, split: {upper: 0.1}, labels: {topic: b}} | leave the split out",
        "auto | {topic: a, labels: {topic: a}} | expected a topic of its own",
        "auto | {topic: a, labels: {}} | samples.labels.topic",
        "auto | {topic: a, labels: {topic: b, expire: {records: 0}}} | samples.labels.expire.records",
        "auto | {topic: a, labels: {topic: b, expire: {time: 1d}}} | time",
      })
  void what_has_no_meaning_is_refused_by_its_key(String method, String samples, String complaint) {
    assertThatThrownBy(() -> job(method, 3, samples)).hasMessageContaining(complaint);
  }

  @Test
  void a_split_means_nothing_and_is_warned_of() {
    assertThat(job(APART).warnings()).isEmpty();
    assertThat(job("{topic: calls, split: prequential, labels: {topic: outcomes}}").warnings())
        .singleElement()
        .asString()
        .contains("samples.split has no meaning with samples.labels");
    assertThatThrownBy(() -> job("{topic: a, split: {upper: 0.1}, labels: {topic: b}}"))
        .hasMessageNotContaining("say prequential");
  }

  @Test
  void an_array_that_would_be_too_long_is_refused_by_the_key_of_the_job() {
    assertThatThrownBy(
            () -> job("auto", 100_000, "{topic: a, labels: {topic: b}}", "problem.encoding=dense"))
        .hasMessageContaining("samples.labels.expire.records")
        .hasMessageContaining("must be at most 21474 where a record holds 100000 numbers");
  }

  @Test
  void the_heap_is_reckoned_with_all_records_waiting_that_may() {
    HeapNeed all = HeapNeed.of(job(APART));
    HeapNeed few = HeapNeed.of(job(APART, "samples.labels.expire.records=1000"));
    long row = 8 * (51 + 6 * 2 + 1 + 5);
    assertThat(all.state() - few.state()).isEqualTo(99_000 * row);
    assertThat(all.bytes() - few.bytes()).isGreaterThan(4 * 99_000 * row);
    assertThat(all.text()).contains("when all records wait that may, 53 MiB of them");
    assertThatThrownBy(() -> HeapNeed.of(job("auto", 784, APART)).check(1L << 30))
        .hasMessageContaining("let fewer records wait");
    HeapNeed rehearsed =
        HeapNeed.of(job("{topic: a, split: prequential}", "solver.label-delay=100000"));
    assertThat(rehearsed.state()).isBetween(all.state() - 1000, all.state());
  }

  private static Batch decoded(JobConfig job, Level as, byte[] value, String type) {
    SampleDecoder decoder = Wiring.decoder(job, job.problem(), Wiring.options(job.samples()));
    Batch into = new Batch(Wiring.inBatches(job, job.problem()).get(as), 4);
    int samples = decoder.open(value, type);
    for (int i = 0; i < samples; i++) {
      decoder.decode(i, as, into);
    }
    return into;
  }

  @Test
  void records_and_labels_meet_by_id_in_every_format() {
    JobConfig job =
        job(
            "auto",
            2,
            "{topic: calls, format: csv, header: [x1, id, x0], labels: {topic: b, header: [id, y]}}");
    String json = "application/json";
    long id = LateLabels.id(decoded(job, Level.LOWER, text("{\"id\":17,\"x\":[1,2]}"), json), 0);
    Batch csvRecord = decoded(job, Level.LOWER, text("2,17,1"), null);
    Batch csvLabel = decoded(job, Level.UPPER, text("17,1"), null);
    Batch jsonLabel = decoded(job, Level.UPPER, text("{\"y\":1,\"id\":\"17\",\"x\":[9]}"), json);
    SampleSchema labels = LateLabels.labels(job.problem().schema(Level.LOWER));
    Batch one = new Batch(labels, 1);
    one.openRow();
    one.set(0, 0, 1);
    one.commitRow();
    byte[] binary = new BinarySamples.Encoder(labels).encode(one, 0, 1, null, new long[] {17});
    Batch binaryLabel = decoded(job, Level.UPPER, binary, "application/x-thalweg-sample");
    for (Batch label : List.of(csvLabel, jsonLabel, binaryLabel)) {
      assertThat(label.size()).isEqualTo(1);
      assertThat(LateLabels.isLabel(label, 0)).isTrue();
      assertThat(LateLabels.id(label, 0)).isEqualTo(id);
      assertThat(label.column(1)[0]).isEqualTo(1);
    }
    assertThat(LateLabels.isLabel(csvRecord, 0)).isFalse();
    assertThat(LateLabels.id(csvRecord, 0)).isEqualTo(id);
    assertThat(csvRecord.column(0)).startsWith(1, 2);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "LOWER | {\"x\":[1,2]} | id is missing",
        "LOWER | {\"id\":1,\"x\":[1]} | x must have length 2, but had 1",
        "UPPER | {\"y\":1} | id is missing",
        "UPPER | {\"id\":1} | y is missing",
        "UPPER | {\"id\":1,\"y\":3} | y must be",
      })
  void what_cannot_be_joined_is_refused_with_the_reason(Level as, String text, String reason) {
    JobConfig job = job("auto", 2, APART);
    SampleDecoder decoder = Wiring.decoder(job, job.problem(), Wiring.options(job.samples()));
    Batch into = new Batch(Wiring.inBatches(job, job.problem()).get(as), 1);
    assertThat(decoder.open(text(text), null)).isEqualTo(1);
    assertThat(decoder.decode(0, as, into)).isFalse();
    assertThat(decoder.rejection()).contains(reason);
    assertThat(into.size()).isZero();
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
