package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.app.CatalogueJob.Message;
import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.data.BankMarketing;
import io.thalweg.stream.Member;
import io.thalweg.stream.Snapshot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract of numbers: what a job publishes from a topic, over a restart, is what a backtest of
 * the same records says, on real data and to the last bit, figures included.
 */
@WithBroker
class BankContractIT {
  private static final int RECORDS = 4_000;
  private static final int BATCH = 16;

  /** Step 1 is the initial point. */
  private static final int STEPS = 1 + RECORDS / BATCH;

  /** The step after which the service is stopped and started again. */
  private static final int CUT = 120;

  @TempDir private Path dir;
  private final TestBroker broker;
  private final KafkaProducer<byte[], byte[]> producer;

  BankContractIT(TestBroker broker) {
    this.broker = broker;
    this.producer = broker.producer(Map.of());
  }

  @AfterEach
  void close() {
    producer.close();
  }

  private static List<String> lines(BankMarketing bank) {
    List<String> out = new ArrayList<>();
    // the end of the file has both classes in number
    for (int i = bank.rows() - RECORDS; i < bank.rows(); i++) {
      out.add(
          "{\"x\":"
              + Arrays.toString(bank.row(i)).replace(" ", "")
              + ",\"y\":"
              + (bank.label(i) > 0 ? 1 : 0)
              + "}");
    }
    return out;
  }

  @Test
  void auto_publishes_from_a_topic_what_a_backtest_of_the_file_says() throws Exception {
    BankMarketing bank = BankMarketing.load();
    List<String> lines = lines(bank);
    Map<String, Object> keys =
        CatalogueJob.keys(
            Map.of(
                "type",
                "logistic-regression",
                "features",
                bank.features(),
                "hyperparameters",
                Map.of("l2", Map.of("per", "global"))),
            Map.of("method", "auto", "label-delay", 10),
            BATCH,
            BATCH);
    keys.put("samples", new LinkedHashMap<>(Map.of("split", "prequential", "decode", "ahead")));
    CatalogueJob job = CatalogueJob.of(broker, dir, "bank", keys);
    job.createTopics();
    String topic = job.config().samples().topic();
    int before = BATCH * (CUT - 1);
    send(topic, lines.subList(0, before));
    job.runTo(CUT);
    send(topic, lines.subList(before, RECORDS));
    job.runTo(STEPS);

    List<Snapshot> published = job.snapshots();
    assertThat(published.get(published.size() - 1).step()).isEqualTo(STEPS);
    assertThat(published).extracting(Snapshot::epoch).contains(1L, 2L);
    List<Snapshot> tested = job.backtest(Map.of("--samples", lines)).snapshots();
    for (Snapshot snapshot : published) {
      Snapshot same = tested.get((int) snapshot.step() - 1);
      assertThat(same.step()).isEqualTo(snapshot.step());
      assertThat(figures(snapshot)).as("step " + snapshot.step()).isEqualTo(figures(same));
      assertThat(snapshot.upper()).isEqualTo(same.upper());
      assertThat(bits(snapshot.x())).isEqualTo(bits(same.x()));
      assertThat(bits(snapshot.y())).isEqualTo(bits(same.y()));
      for (int i = 0; i < same.members().size(); i++) {
        Member member = snapshot.members().get(i);
        assertThat(member.name()).isEqualTo(same.members().get(i).name());
        assertThat(member.weight()).isEqualTo(same.members().get(i).weight());
        assertThat(bits(member.y())).isEqualTo(bits(same.members().get(i).y()));
      }
    }
    assertThat(figures(published.get(published.size() - 1)))
        .containsKeys(
            "prequential-loss",
            "prequential-loss-window",
            "prequential-error",
            "prequential-loss-mixed",
            "prequential-auc",
            "prequential-auc-window",
            "reference-loss",
            "reference-error",
            "share-reference",
            "local-regret",
            "local-regret-window",
            "relative-cost");
    job.replay(published.size());
  }

  private void send(String topic, List<String> lines) throws Exception {
    CatalogueJob.send(producer, topic, lines.stream().map(Message::json).toList());
  }

  /** All figures but the one that says how far decoding is ahead of the steps. */
  private static Map<String, Double> figures(Snapshot snapshot) {
    Map<String, Double> out = new TreeMap<>(snapshot.metrics());
    out.remove("rejected-samples");
    return out;
  }

  private static long[] bits(double[] vector) {
    return Arrays.stream(vector).mapToLong(Double::doubleToRawLongBits).toArray();
  }
}
