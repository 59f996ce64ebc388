package io.thalweg.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import io.thalweg.wire.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The registry on the topic of a job that ran against a real broker. */
@WithBroker
@Timeout(300)
class SnapshotCommandIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LONG = Duration.ofSeconds(120);

  @TempDir private Path dir;
  private final TestBroker broker;
  private String name = "";
  private String file = "";
  private JobConfig job;

  SnapshotCommandIT(TestBroker broker) {
    this.broker = broker;
  }

  @BeforeEach
  void job() throws Exception {
    name = broker.unique("registry");
    Path yaml = dir.resolve("job.yaml");
    Files.writeString(
        yaml,
        """
        job: %s
        problem: {type: logistic-regression, features: 3}
        solver: {method: vr-msgbio, hypergradient: dense, batch: {lower: 8, upper: 4}}
        snapshots: {every: {steps: 7, time: 1h}}
        kafka: {bootstrap.servers: "%s"}
        """
            .formatted(name, broker.bootstrap()));
    file = yaml.toString();
    job = new JobReader(Map.of(), List.of()).read(yaml);
  }

  private void runUntil(long samples) throws Exception {
    TuningService service = new TuningService(job, "test", List.of());
    ServiceRun run = ServiceRun.start(service);
    await()
        .atMost(LONG)
        .until(
            () ->
                run.await(Duration.ofMillis(50)) != null
                    || service.progress().samples() >= samples);
    run.stop();
    assertThat(run.await(LONG)).isNotNull();
  }

  private static List<byte[]> samples(int from, int count) {
    List<byte[]> out = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      double a = StrictMath.sin(i * 1.7);
      double b = StrictMath.cos(i * 2.3);
      out.add(
          ("{\"x\":[" + a + "," + b + ",1],\"y\":" + (a + b > 0 ? 1 : 0) + "}").getBytes(UTF_8));
    }
    return out;
  }

  private CommandRun snapshot(String... words) {
    List<String> line = new ArrayList<>(List.of("snapshot"));
    line.addAll(List.of(words));
    line.addAll(List.of("-c", file));
    return CommandRun.of(line.toArray(new String[0]));
  }

  private String good(String... words) {
    CommandRun run = snapshot(words);
    assertThat(run.code()).as(run.err()).isZero();
    return run.out();
  }

  private JsonNode json(String... words) throws Exception {
    return JSON.readTree(good(words));
  }

  @Test
  void a_job_that_ran_twice_has_a_registry() throws Exception {
    assertThat(CommandRun.of("topics", "apply", "-c", file).code()).isZero();
    CommandRun none = snapshot("get", "latest");
    assertThat(none.code()).isEqualTo(ExitCode.DATA);
    assertThat(none.err()).contains(name + ".snapshots: no snapshot of job " + name);
    broker.send(name + ".train", 0, samples(0, 400));
    broker.send(name + ".validation", 0, samples(5000, 200));
    runUntil(600);
    broker.send(name + ".train", 0, samples(1000, 160));
    broker.send(name + ".validation", 0, samples(6000, 80));
    runUntil(840);

    List<JsonNode> list = new ArrayList<>();
    for (String line : good("list", "--limit", "1000", "--output", "json").lines().toList()) {
      list.add(JSON.readTree(line));
    }
    int newest = list.size();
    assertThat(newest).isGreaterThan(8);
    for (int i = 0; i < newest; i++) {
      assertThat(list.get(i).get("version").intValue()).isEqualTo(i + 1);
    }
    JsonNode lowest = list.get(0);
    for (JsonNode each : list) {
      lowest = loss(each) < loss(lowest) ? each : lowest;
    }
    assertThat(list.get(newest - 1).get("aliases").toString()).contains("latest");
    assertThat(lowest.get("aliases").toString()).contains("best");
    assertThat(json("get", "best", "--output", "json").get("version"))
        .as("kept over a restart")
        .isEqualTo(lowest.get("version"));
    assertThat(good("list", "--limit", "2").lines().toList())
        .first()
        .asString()
        .startsWith("version")
        .contains("upper-loss", "sha256", "aliases");

    String third = good("get", "3", "--output", "json").strip();
    assertThat(Sha256.hex(third.getBytes(UTF_8))).isEqualTo(list.get(2).get("sha256").asText());
    assertThat(json("get", "4", "--output", "json").get("previous"))
        .isEqualTo(list.get(2).get("sha256"));
    assertThat(good("get", "latest")).contains("upper.l2.", "metrics.upper-loss", "norm ");

    pinned(newest, third);
    compared(third);
    exported(third);
    refused(newest);
    CommandRun replay = CommandRun.of("replay", "-c", file, "--verify");
    assertThat(replay.code()).as("aliases are no links: " + replay.err()).isZero();
    assertThat(replay.out()).startsWith("versions 1 to " + newest + ": ");
    CommandRun watch =
        CommandRun.of(
            "watch", "-c", file, "--from-beginning", "--seconds", "2", "--output", "json");
    assertThat(watch.lines()).as("aliases are no snapshots of their own").hasSize(newest);
  }

  private static double loss(JsonNode listed) {
    return listed.at("/metrics/upper-loss").doubleValue();
  }

  private void pinned(int newest, String third) {
    CommandRun nothing = snapshot("get", "pinned");
    assertThat(nothing.code()).isEqualTo(ExitCode.DATA);
    assertThat(nothing.err()).contains("nothing is pinned: thalweg snapshot pin WHICH -c ");
    assertThat(good("unpin")).contains("nothing was pinned");
    assertThat(good("pin", "latest")).contains("pinned version " + newest);
    assertThat(good("pin", "3")).contains("pinned version 3");
    assertThat(good("get", "pinned", "--output", "json").strip()).isEqualTo(third);
    assertThat(good("list", "--limit", "1")).contains("pinned");
    assertThat(good("unpin")).contains("version 3 is no longer pinned");
    assertThat(snapshot("get", "pinned").code()).isEqualTo(ExitCode.DATA);
  }

  private void compared(String third) throws Exception {
    JsonNode diff = json("diff", "3", "latest", "--output", "json");
    JsonNode latest = json("get", "latest", "--output", "json");
    double[] from = doubles(JSON.readTree(third).get("y"));
    double[] to = doubles(latest.get("y"));
    double moved = 0;
    for (int i = 0; i < from.length; i++) {
      moved += (to[i] - from[i]) * (to[i] - from[i]);
    }
    assertThat(diff.at("/y/norm-moved").doubleValue()).isEqualTo(Math.sqrt(moved));
    assertThat(diff.at("/metrics/upper-loss/to")).isEqualTo(latest.at("/metrics/upper-loss"));
    assertThat(diff.at("/upper/l2.0/from"))
        .isEqualTo(JSON.readTree(third).at("/upper").get("l2.0"));
    assertThat(good("diff", "3", "latest")).contains("|y moved|", "upper.l2.0");
    assertThat(json("diff", "3", "3", "--output", "json").at("/upper")).isEmpty();
  }

  private static double[] doubles(JsonNode array) {
    double[] out = new double[array.size()];
    Arrays.setAll(out, i -> array.get(i).doubleValue());
    return out;
  }

  private void exported(String third) throws Exception {
    double[] y = doubles(JSON.readTree(third).get("y"));
    for (String format : List.of("json", "npy", "npz", "onnx")) {
      Path out = dir.resolve("model." + format);
      assertThat(good("export", "3", "--format", format, "--out", out.toString()))
          .contains("version 3", Files.size(out) + " bytes to ");
    }
    assertThat(Files.readString(dir.resolve("model.json"))).isEqualTo(third);
    byte[] npy = Files.readAllBytes(dir.resolve("model.npy"));
    double[] read = new double[y.length];
    ByteBuffer.wrap(npy, npy.length - 8 * y.length, 8 * y.length)
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asDoubleBuffer()
        .get(read);
    assertThat(read).isEqualTo(y);
    assertThat(new String(Files.readAllBytes(dir.resolve("model.onnx")), UTF_8))
        .contains("Gemm", "Sigmoid", "probability", name);
  }

  private void refused(int newest) throws Exception {
    CommandRun gone = snapshot("get", "" + (newest + 1));
    assertThat(gone.code()).isEqualTo(ExitCode.DATA);
    assertThat(gone.err())
        .contains("version " + (newest + 1) + " is not there; " + newest + " are, from 1 to ");
    assertThat(snapshot("get", "newest").code()).isEqualTo(ExitCode.USAGE);
    assertThat(snapshot("list", "--limit", "0").code()).isEqualTo(ExitCode.USAGE);
    assertThat(CommandRun.of("snapshot").code()).isEqualTo(ExitCode.USAGE);
    Path other = dir.resolve("other.yaml");
    Files.writeString(other, Files.readString(Path.of(file)).replace("features: 3", "features: 4"));
    String out = dir.resolve("m.onnx").toString();
    CommandRun wider =
        CommandRun.of(
            "snapshot", "export", "3", "-c", other.toString(), "--format", "onnx", "--out", out);
    assertThat(wider.code()).as(wider.err()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(wider.err()).contains("take the job file that made it");
  }
}
