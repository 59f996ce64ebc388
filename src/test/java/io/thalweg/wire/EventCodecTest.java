package io.thalweg.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.stream.Event;
import io.thalweg.stream.Header;
import io.thalweg.stream.Signature;
import io.thalweg.stream.Snapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Events in snapshots and as records of their own. */
class EventCodecTest {
  private static final SnapshotCodec CODEC = new SnapshotCodec(SnapshotCodec.Vectors.COMPACT);

  private static Event drift() {
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("loss-before", 0.1);
    figures.put("loss-after", 0.30000000000000004);
    return new Event(17, "drift", "the \"loss\" has risen", figures);
  }

  private static Snapshot snapshot() {
    return Specimens.snapshot(3, new double[] {1, 2})
        .withEvents(List.of(drift(), new Event(18, "rolled-back", "why", Map.of())));
  }

  @Test
  void events_come_back_from_a_snapshot_bit_for_bit_in_their_order() {
    byte[] value = CODEC.encode(snapshot(), "");
    assertThat(new String(value, UTF_8))
        .contains(
            "},\"events\":[{\"step\":17,\"kind\":\"drift\",\"reason\":\"the \\\"loss\\\" has risen\","
                + "\"figures\":{\"loss-before\":0.1,\"loss-after\":0.30000000000000004}},"
                + "{\"step\":18,\"kind\":\"rolled-back\",\"reason\":\"why\",\"figures\":{}}],\"offsets\"");
    assertThat(CODEC.decode(value).snapshot().events()).isEqualTo(snapshot().events());
  }

  @Test
  void a_snapshot_without_events_is_written_as_ever() {
    Snapshot plain = Specimens.snapshot(3, new double[] {1, 2});
    byte[] value = CODEC.encode(plain, "");
    assertThat(new String(value, UTF_8)).doesNotContain("events");
    assertThat(CODEC.decode(value).snapshot().events()).isEmpty();
    assertThat(value).isEqualTo(CODEC.encode(snapshot().withEvents(List.of()), ""));
  }

  @Test
  void a_record_of_its_own_names_job_and_snapshot() {
    Snapshot snapshot = snapshot();
    assertThat(new String(EventCodec.encode(snapshot, drift()), UTF_8))
        .isEqualTo(
            "{\"schema\":\"thalweg.event.v1\",\"job\":\""
                + snapshot.job()
                + "\",\"epoch\":"
                + snapshot.epoch()
                + ",\"version\":3,\"step\":17,\"kind\":\"drift\",\"reason\":\"the \\\"loss\\\" has"
                + " risen\",\"figures\":{\"loss-before\":0.1,\"loss-after\":0.30000000000000004}}");
    assertThat(EventCodec.headers(snapshot, drift(), 1))
        .extracting(Header::key, h -> new String(h.value(), UTF_8))
        .contains(
            org.assertj.core.groups.Tuple.tuple("thalweg-event", "drift"),
            org.assertj.core.groups.Tuple.tuple("thalweg-version", "3"),
            org.assertj.core.groups.Tuple.tuple(
                "ce_id", snapshot.job() + "/" + snapshot.epoch() + "/3/1"));
  }

  @Test
  void an_answer_tells_who_asked_and_one_without_is_read_as_ever() {
    Event answer = new Event(17, "control", "paused", Map.of(), new Signature("INC-42", "ann"));
    Event nameless = new Event(17, "control", "paused", Map.of(), new Signature("", "ann"));
    Snapshot snapshot = snapshot().withEvents(List.of(answer, nameless, drift()));
    String record = new String(EventCodec.encode(snapshot, answer), UTF_8);
    assertThat(record).endsWith("\"figures\":{},\"id\":\"INC-42\",\"by\":\"ann\"}");
    assertThat(EventCodec.decode(record.getBytes(UTF_8)).event()).isEqualTo(answer);
    assertThat(CODEC.decode(CODEC.encode(snapshot, "")).snapshot().events())
        .isEqualTo(snapshot.events());
    assertThat(
            EventCodec.decode(
                    record.replace(",\"id\":\"INC-42\",\"by\":\"ann\"", "").getBytes(UTF_8))
                .event()
                .signature())
        .isEqualTo(Signature.NONE);
  }

  @Test
  void a_figure_that_is_not_finite_is_never_written() {
    Event bad = new Event(1, "drift", "", Map.of("loss", Double.NaN));
    Snapshot snapshot = snapshot().withEvents(List.of(bad));
    assertThatThrownBy(() -> CODEC.encode(snapshot, "")).isInstanceOf(NonFiniteException.class);
    assertThatThrownBy(() -> EventCodec.encode(snapshot, bad))
        .isInstanceOf(NonFiniteException.class);
  }

  @Test
  void an_event_that_lacks_a_part_is_named() {
    String value = new String(CODEC.encode(snapshot(), ""), UTF_8);
    assertThatThrownBy(() -> CODEC.decode(value.replace("\"kind\":\"drift\",", "").getBytes(UTF_8)))
        .isInstanceOf(SnapshotFormatException.class)
        .hasMessageContaining("the key kind in events[0]");
  }
}
