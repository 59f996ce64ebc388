package io.thalweg.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.stream.Member;
import io.thalweg.wire.LargeModels;
import io.thalweg.wire.SnapshotCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordRoomTest {
  private static final int MEMBERS = 6;
  private static final SinkTopics TOPICS = SinkTopics.of("job");

  /** Of the topics as the folder makes them. */
  private static final RecordRoom ROOM =
      new RecordRoom(Long.MAX_VALUE, 8_388_608, CheckpointLayout.CHUNK + RecordRoom.RECORD_FRAME);

  private static Publishing job(int upper, int lower, int members, int inline) {
    return new Publishing(upper, lower, members, new LargeModels(inline, 1000, 3 << 20));
  }

  @Test
  void members_take_room_as_y_does() {
    assertThat(ROOM.complaints(job(1, 120_000, 0, 200_000), TOPICS)).isEmpty();
    assertThat(ROOM.complaints(job(1, 120_000, MEMBERS, 200_000), TOPICS))
        .singleElement()
        .asString()
        .contains("a snapshot of 840001 coordinates may need", "max.message.bytes is 8388608");
  }

  @Test
  void members_of_a_model_over_keyframes_take_none() {
    assertThat(ROOM.complaints(job(1, 120_000, MEMBERS, 100_000), TOPICS)).isEmpty();
    int room = ROOM.fitted(job(1, 120_000, 0, 100_000)).deltaBytes();
    assertThat(ROOM.fitted(job(1, 120_000, MEMBERS, 100_000)).deltaBytes()).isEqualTo(room);
  }

  @ParameterizedTest(name = "{0} upper, {1} lower, {2} members")
  @CsvSource({
    "120000, 120000, 6",
    "120001, 120000, 6",
    "1, 120000, 6",
    "60000, 120000, 6",
    "1, 900000, 0",
    "120000, 120000, 0"
  })
  void whoever_follows_the_advice_has_nothing_more_to_complain_of(
      int upper, int lower, int members) {
    List<String> complaints = ROOM.complaints(job(upper, lower, members, 1_000_000), TOPICS);
    Matcher advice =
        Pattern.compile("set snapshots.inline to (\\d+) or less").matcher(complaints.get(0));
    assertThat(advice.find()).as(complaints.toString()).isTrue();
    int inline = Integer.parseInt(advice.group(1));
    assertThat(ROOM.complaints(job(upper, lower, members, inline), TOPICS)).isEmpty();
  }

  @ParameterizedTest(name = "{0} entries")
  @ValueSource(ints = {1, 64, 65, 3000})
  void no_portfolio_is_larger_than_it_was_said_to_be(int entries) {
    double[] y = new double[entries];
    java.util.Arrays.setAll(y, i -> -1e-300 / 3 * (i + 1));
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < MEMBERS; i++) {
      members.add(new Member("member-" + i, 1.0 / 3, y));
    }
    SnapshotCodec codec = new SnapshotCodec(SnapshotCodec.Vectors.COMPACT);
    long without = codec.encode(Cuts.snapshot("job", "t", 1, 1), "").length;
    long with = codec.encode(Cuts.portfolio("job", "t", 1, 1, members), "").length;
    assertThat(with - without)
        .isLessThan(RecordRoom.FRAME + MEMBERS * RecordRoom.LOWER_ENTRY * entries);
  }
}
