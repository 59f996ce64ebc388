package io.thalweg.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thalweg.app.DocPage;
import io.thalweg.stream.Cut;
import io.thalweg.stream.FeatureRange;
import io.thalweg.stream.Header;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page on snapshots shows is what is written, and its reader reads it. */
class SnapshotsPageTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int DIM = Keyframe.PART + 17;

  @TempDir Path folder;

  private static String page() throws IOException {
    return Files.readString(
        Path.of(System.getProperty("project.basedir", "."), "src/docs/snapshots.md"));
  }

  /** The block of a language that holds a text. */
  private static String block(String language, String holding) throws IOException {
    Matcher blocks = Pattern.compile("(?ms)^```" + language + "\\R(.*?)^```").matcher(page());
    while (blocks.find()) {
      if (blocks.group(1).contains(holding)) {
        return blocks.group(1);
      }
    }
    throw new AssertionError("no block of " + language + " holds " + holding);
  }

  @Test
  void keys_come_in_the_order_of_the_table() throws IOException {
    List<String> table = new ArrayList<>();
    Matcher rows =
        Pattern.compile("(?m)^\\| ((?:`[a-z-]+`(?:, )?)+) \\| .*\\|$")
            .matcher(page().substring(0, page().indexOf("### Members")));
    while (rows.find()) {
      Matcher keys = Pattern.compile("`([a-z-]+)`").matcher(rows.group(1));
      keys.results().forEach(m -> table.add(m.group(1)));
    }
    assertThat(table).containsSequence("y", "members", "range", "metrics", "events", "offsets");
    List<String> written = new ArrayList<>();
    JSON.readTree(
            new SnapshotCodec(SnapshotCodec.Vectors.COMPACT)
                .encode(
                    Specimens.ranged(1, new FeatureRange(new double[] {1}, new double[] {2}), 0.5),
                    "ab"))
        .fieldNames()
        .forEachRemaining(written::add);
    assertThat(written).isSubsetOf(table).contains("range", "offsets", "previous");
    assertThat(table.stream().filter(written::contains).toList())
        .containsExactlyElementsOf(written);
  }

  @Test
  void the_event_is_read() throws IOException {
    byte[] value = block("json", "thalweg.event.v1").getBytes(UTF_8);
    EventCodec.Decoded read = EventCodec.decode(value);
    assertThat(read.job()).isEqualTo("churn");
    assertThat(read.version()).isEqualTo(482);
    assertThat(read.event().kind()).isEqualTo("drift");
    assertThat(read.event().figures()).containsOnlyKeys("loss-before", "loss-after");
  }

  @Test
  void the_ledger_is_read_with_its_command() throws IOException {
    byte[] record =
        new SnapshotCodec(SnapshotCodec.Vectors.COMPACT).encode(Specimens.snapshot(1, 0.5), "");
    var snapshot = (ObjectNode) JSON.readTree(record);
    var ledger = (ObjectNode) JSON.readTree(block("json", "\"lanes\""));
    JsonNode commands = JSON.readTree("{" + block("json", "\"after\"") + "}").get("commands");
    ledger.set("commands", commands);
    ((ObjectNode) commands.get(0)).put("after", 1);
    snapshot.set("ledger", ledger);
    var read =
        new SnapshotCodec(SnapshotCodec.Vectors.COMPACT)
            .decode(JSON.writeValueAsBytes(snapshot))
            .snapshot()
            .ledger();
    assertThat(read.runs()).hasSize(1);
    assertThat(read.runs().get(0).steps()).isEqualTo(2);
    assertThat(read.commands()).hasSize(1);
    assertThat(CommandCodec.decode(read.commands().get(0).text()).instruction().toString())
        .contains("0.5");
  }

  @Test
  void the_reader_in_python_puts_long_vectors_together_to_the_bit() throws Exception {
    assumeThat(DocPage.numpy()).as("numpy for " + DocPage.PYTHON).isTrue();
    double[] y = new double[DIM];
    for (int i = 0; i < DIM; i++) {
      y[i] = StrictMath.sin(i) / 3;
    }
    CutEncoder encoder =
        new CutEncoder(
            new SnapshotCodec(SnapshotCodec.Vectors.COMPACT),
            new LargeModels(1_000, 1_000, 400_000),
            null);
    List<String> records = new ArrayList<>();
    List<String> wanted = new ArrayList<>();
    for (int version = 1; version <= 3; version++) {
      y[version * 7] = -0.0;
      y[DIM - version] = 1e-310 * version;
      EncodedCut cut =
          encoder.encode(
              new Cut(Specimens.snapshot(version, y.clone()), Specimens.checkpoint(), List.of()));
      for (SnapshotPart part : cut.parts()) {
        records.add(line("a" + part.key(), part.value(), ""));
      }
      records.add(line("a@best", cut.snapshot(), ""));
      records.add(line("a", cut.snapshot(), sha(cut.snapshotHeaders())));
      ByteBuffer bits = ByteBuffer.allocate(8 * DIM).order(ByteOrder.LITTLE_ENDIAN);
      for (double v : y) {
        bits.putDouble(v);
      }
      wanted.add(version + " " + Sha256.hex(bits.array()));
    }
    Path log = Files.write(folder.resolve("log"), records);
    String said =
        DocPage.python(
            block("python", "def snapshot")
                + """
                import sys
                for line in open(sys.argv[1]):
                    key, value, sha = line.rstrip("\\n").split(" ")
                    s = snapshot(key, base64.b64decode(value), sha)
                    if s is not None:
                        print(s["version"], hashlib.sha256(s["y"].tobytes()).hexdigest())
                """,
            log.toString());
    assertThat(said.strip().lines().toList()).isEqualTo(wanted);
  }

  private static String line(String key, byte[] value, String sha) {
    return key + " " + Base64.getEncoder().encodeToString(value) + " " + sha;
  }

  private static String sha(List<Header> headers) {
    return headers.stream()
        .filter(h -> h.key().equals("thalweg-sha256"))
        .map(h -> new String(h.value(), UTF_8))
        .findFirst()
        .orElseThrow();
  }
}
