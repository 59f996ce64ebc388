package io.thalweg.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.thalweg.stream.Ledger;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.SnapshotCodec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * Judges what a reader of committed records sees of a run, knowing nothing of how it came about.
 * Every complaint is one line; none means that no snapshot is missing, repeated or torn from its
 * chain, that each goes on where the one before ended, and that no dead letter came twice.
 */
final class Committed {
  private static final SnapshotCodec CODEC = new SnapshotCodec(SnapshotCodec.Vectors.COMPACT);

  private final List<String> complaints = new ArrayList<>();
  private final Set<Long> epochs = new HashSet<>();
  private Snapshot last;
  private String sha = "";

  /** Looks at snapshots in the order of their topic. */
  static Committed snapshots(List<byte[]> values) {
    Committed judge = new Committed();
    values.forEach(value -> judge.take(CODEC.decode(value)));
    return judge;
  }

  static Committed of(List<ConsumerRecord<byte[], byte[]>> snapshots) {
    return snapshots(snapshots.stream().map(ConsumerRecord::value).toList());
  }

  List<String> complaints() {
    return complaints;
  }

  long version() {
    return last == null ? 0 : last.version();
  }

  /** How many lives published something. */
  int lives() {
    return epochs.size();
  }

  Snapshot last() {
    return last;
  }

  /**
   * Dead letters: each broken record up to the last position exactly once.
   *
   * @param brokenBefore how many broken records lie before a position of a lane
   */
  void deadLetters(List<ConsumerRecord<byte[], byte[]>> letters, long expected) {
    Set<String> places = new HashSet<>();
    for (ConsumerRecord<byte[], byte[]> letter : letters) {
      Headers headers = letter.headers();
      String place =
          header(headers, "topic")
              + "-"
              + header(headers, "partition")
              + "@"
              + header(headers, "offset")
              + "."
              + header(headers, "index");
      if (!places.add(place)) {
        complaints.add("the dead letter of " + place + " came twice");
      }
    }
    if (places.size() != expected) {
      complaints.add("expected " + expected + " dead letters, found " + places.size());
    }
  }

  private static String header(Headers headers, String name) {
    return new String(headers.lastHeader("__thalweg.errors." + name).value(), UTF_8);
  }

  private void take(SnapshotCodec.Decoded decoded) {
    Snapshot now = decoded.snapshot();
    String who = "version " + now.version() + ": ";
    if (now.version() != version() + 1) {
      complaints.add(who + "expected version " + (version() + 1));
    }
    if (!decoded.previous().equals(sha)) {
      complaints.add(who + "the chain is broken");
    }
    if (last != null) {
      if (now.epoch() < last.epoch()) {
        complaints.add(who + "epoch " + now.epoch() + " after " + last.epoch());
      }
      if (now.step() < last.step()) {
        complaints.add(who + "step " + now.step() + " after " + last.step());
      }
      if (!now.ledger().from().equals(last.positions())) {
        complaints.add(who + "does not go on where the one before ended");
      }
    }
    conserve(who, now);
    epochs.add(now.epoch());
    sha = decoded.sha();
    last = now;
  }

  /** What the ledger took from a lane cannot exceed the offsets it advanced. */
  private void conserve(String who, Snapshot now) {
    Positions from = now.ledger().from();
    Positions to = now.positions();
    long[][] taken = new long[2][from.lanes().size()];
    for (Ledger.Run run : now.ledger().runs()) {
      int[] shape = run.shape();
      for (int i = 0; i < shape.length; ) {
        int level = shape[i];
        int segments = shape[i + 1];
        i += 2;
        for (int s = 0; s < segments; s++, i += 2) {
          taken[level][shape[i]] += (long) run.steps() * shape[i + 1];
        }
      }
    }
    for (int lane = 0; lane < from.lanes().size(); lane++) {
      check(who, now, lane, taken[0][lane], from.lower().get(lane), to.lower().get(lane));
      check(who, now, lane, taken[1][lane], from.upper().get(lane), to.upper().get(lane));
    }
  }

  private void check(String who, Snapshot now, int lane, long taken, Position from, Position to) {
    long advanced = to.offset() - from.offset();
    if (advanced < 0 || taken > advanced) {
      complaints.add(
          who
              + "took "
              + taken
              + " samples of "
              + now.positions().lanes().get(lane)
              + " between "
              + from
              + " and "
              + to);
    }
  }
}
