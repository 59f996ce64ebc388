import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.broker.EmbeddedBroker;
import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import io.thalweg.data.BankMarketing;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import io.thalweg.wire.BinarySamples;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * From a sample to the first snapshot that covers it, seen from outside: the packaged program runs
 * as a process of its own, samples are sent on a fixed schedule whatever happens, and a sample's
 * latency counts from the time it was to be sent (no coordinated omission) to the time a reader of
 * committed snapshots has parsed one whose offsets lie behind it.
 *
 * <p>java -cp "target/thalweg.jar:target/lib-broker/*" load-tests/Latency.java [samples/s] [seconds]
 */
public class Latency {
  private static final int WARM_UP_SECONDS = 10;

  record Setting(String title, String delivery, String every, double p50, double p99) {}

  static final List<Setting> SETTINGS =
      List.of(
          new Setting(
              "exactly once, a commit per 100 ms",
              "exactly-once",
              "{steps: 10000000, time: 100ms}",
              80,
              200),
          new Setting(
              "exactly once, 10 ms to 1 s",
              "exactly-once",
              "{steps: 10000000, min-time: 10ms, time: 1s}",
              80,
              200),
          new Setting(
              "at least once, 1 ms to 1 s, half of the time",
              "at-least-once",
              "{steps: 10000000, min-time: 1ms, time: 1s, share: 0.5}",
              5,
              25));

  public static void main(String[] args) throws Exception {
    int rate = args.length > 0 ? Integer.parseInt(args[0]) : 20_000;
    int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 30;
    StringBuilder out = new StringBuilder();
    out.append("# Latency\n\nWritten by `load-tests/Latency.java ")
        .append(rate)
        .append(' ')
        .append(seconds)
        .append("`; not edited by hand.\n\n")
        .append(EndToEndFacts.machine())
        .append(
            String.format(
                Locale.ROOT,
                "%n%,d samples per second on a fixed schedule for %d s after %d s to warm up, half to each"
                    + " level, binary, one per record, 51 features, vr-msgbio with linear-system, one"
                    + " broker on loopback; milliseconds.%n%n"
                    + "| setting | what | p50 | p95 | p99 | p99.9 | max | samples | asked p50 / p99 | |%n"
                    + "|---|---|---|---|---|---|---|---|---|---|%n",
                rate,
                seconds,
                WARM_UP_SECONDS));
    Path logs = Files.createDirectories(Path.of("target/load-tests"));
    for (Setting setting : SETTINGS) {
      Histogram[] measured = new Run(setting, rate, seconds).go();
      String[] names = {"ack", "sample to snapshot", "snapshot to reader"};
      for (int i = 0; i < names.length; i++) {
        Histogram h = measured[i];
        boolean asked = i == 1;
        boolean met = at(h, 50) <= setting.p50() && at(h, 99) <= setting.p99();
        out.append(
            String.format(
                Locale.ROOT,
                "| %s | %s | %.1f | %.1f | %.1f | %.1f | %.1f | %,d | %s | %s |%n",
                setting.title(),
                names[i],
                at(h, 50),
                at(h, 95),
                at(h, 99),
                at(h, 99.9),
                h.getMaxValue() / 1e3,
                h.getTotalCount(),
                asked ? (int) setting.p50() + " / " + (int) setting.p99() : "",
                asked ? (met ? "met" : "missed") : ""));
        String file = (setting.title() + " " + names[i]).replaceAll("[^a-z0-9]+", "-") + ".hlog";
        try (PrintStream log = new PrintStream(logs.resolve(file).toFile(), "UTF-8")) {
          HistogramLogWriter writer = new HistogramLogWriter(log);
          writer.outputLogFormatVersion();
          writer.outputLegend();
          writer.outputIntervalHistogram(0, seconds, h, 1000.0);
        }
      }
      System.out.println(out);
    }
    out.append(
        "\nack: from the time a sample was to be sent to the broker's acknowledgement. sample to snapshot:"
            + " to the time a reader of committed snapshots has parsed the first one behind it. snapshot"
            + " to reader: from the time the solver gave the snapshot (its `time`) to the same. The"
            + " distributions are in `target/load-tests/*.hlog`.\n");
    Files.writeString(Path.of("load-tests/LATENCY.md"), out.toString());
  }

  private static double at(Histogram h, double percentile) {
    return h.getValueAtPercentile(percentile) / 1e3;
  }

  /** Where and with what. */
  static final class EndToEndFacts {
    static String machine() throws Exception {
      String cpu =
          Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
              .filter(line -> line.startsWith("model name"))
              .findFirst()
              .map(line -> line.substring(line.indexOf(':') + 1).strip())
              .orElse("unknown processor");
      Process git = new ProcessBuilder("git", "describe", "--always", "--dirty").start();
      String commit =
          new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return String.format(
          Locale.ROOT,
          "- machine: %s, %d cores%n- JVM: %s %s, no flags for the solver%n- commit: %s%n- load average"
              + " at the start: %.1f%n",
          cpu,
          Runtime.getRuntime().availableProcessors(),
          System.getProperty("java.vm.name"),
          System.getProperty("java.version"),
          commit,
          ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }
  }

  /** One setting: broker, topics, solver, generator, reader. */
  static final class Run {
    private final Setting setting;
    private final int rate;
    private final int seconds;
    private final Histogram acks = new Histogram(3);
    private final Histogram covered = new Histogram(3);
    private final Histogram swaps = new Histogram(3);

    /** Acknowledged samples not yet covered, by partition: offset and time to be sent. */
    private final Map<String, ConcurrentLinkedDeque<long[]>> open = new ConcurrentHashMap<>();

    private final AtomicInteger unacknowledged = new AtomicInteger();
    private volatile boolean done;
    private volatile long measureFrom;

    Run(Setting setting, int rate, int seconds) {
      this.setting = setting;
      this.rate = rate;
      this.seconds = seconds;
    }

    Histogram[] go() throws Exception {
      Path dir = Files.createTempDirectory("thalweg-latency-");
      try (EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBroker.Options.DEFAULTS)) {
        String text =
            """
            job: latency
            problem: {type: logistic-regression, features: 51}
            solver:
              method: vr-msgbio
              hypergradient: {type: linear-system, rho: 0.3, radius: 5.0}
              batch: {lower: 16, upper: 16, linger: 2ms}
            samples: {format: binary}
            snapshots: {every: %s}
            delivery: %s
            topics: {replication: 1}
            kafka: {bootstrap.servers: "%s"}
            """
                .formatted(setting.every(), setting.delivery(), broker.bootstrapServers());
        Path job = Files.writeString(dir.resolve("job.yaml"), text);
        JobConfig config = new JobReader(Map.of(), List.of()).read(text, "job.yaml");
        thalweg(dir, "topics", "apply", "-c", job.toString()).waitFor(60, TimeUnit.SECONDS);
        Process solver = thalweg(dir, "run", "-c", job.toString());
        try {
          Thread reader = new Thread(() -> read(broker.bootstrapServers()), "reader");
          reader.start();
          send(broker.bootstrapServers(), values(config));
          Thread.sleep(3_000);
          done = true;
          reader.join(10_000);
        } finally {
          solver.destroy();
          solver.waitFor(20, TimeUnit.SECONDS);
        }
      }
      return new Histogram[] {acks, covered, swaps};
    }

    static Process thalweg(Path dir, String... args) throws Exception {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-jar", Path.of("target/thalweg.jar").toAbsolutePath().toString()));
      command.addAll(List.of(args));
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(
              ProcessBuilder.Redirect.appendTo(dir.resolve(args[0] + ".log").toFile()))
          .start();
    }

    static byte[][] values(JobConfig config) throws Exception {
      BankMarketing bank = BankMarketing.load();
      SampleSchema schema = config.problem().schema(Level.LOWER);
      byte[][] values = new byte[4096][];
      for (int i = 0; i < values.length; i++) {
        Batch batch = new Batch(schema, 1);
        batch.openRow();
        double[] row = bank.row(i);
        for (int j = 0; j < row.length; j++) {
          batch.set(schema.featuresColumn(), j, row[j]);
        }
        batch.set(schema.column("y"), 0, bank.label(i));
        batch.commitRow();
        values[i] = new BinarySamples.Encoder(schema).encode(batch, 0, 1);
      }
      return values;
    }

    void send(String bootstrap, byte[][] values) throws Exception {
      long gap = 1_000_000_000L / rate;
      long total = (long) rate * (seconds + WARM_UP_SECONDS);
      try (KafkaProducer<byte[], byte[]> producer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", bootstrap, "linger.ms", "0", "acks", "all",
                  "max.in.flight.requests.per.connection", "1"),
              new ByteArraySerializer(),
              new ByteArraySerializer())) {
        producer.partitionsFor("latency.train");
        producer.partitionsFor("latency.validation");
        Thread.sleep(5_000); // the solver starts meanwhile
        long start = System.nanoTime();
        measureFrom = start + WARM_UP_SECONDS * 1_000_000_000L;
        for (long i = 0; i < total; i++) {
          long due = start + i * gap;
          long wait = due - System.nanoTime();
          if (wait > 0) {
            LockSupport.parkNanos(wait);
          }
          String topic = i % 2 == 0 ? "latency.train" : "latency.validation";
          unacknowledged.incrementAndGet();
          producer.send(
              new ProducerRecord<>(topic, values[(int) (i % values.length)]),
              (meta, e) -> {
                unacknowledged.decrementAndGet();
                if (e != null) {
                  System.err.println(e);
                  return;
                }
                if (due >= measureFrom) {
                  acks.recordValue(micros(System.nanoTime() - due));
                }
                open.computeIfAbsent(
                        meta.topic() + "-" + meta.partition(), k -> new ConcurrentLinkedDeque<>())
                    .add(new long[] {meta.offset(), due});
              });
        }
      }
    }

    static long micros(long nanos) {
      return Math.max(0, nanos / 1_000);
    }

    void read(String bootstrap) {
      ObjectMapper json = new ObjectMapper();
      try (KafkaConsumer<byte[], byte[]> consumer =
          new KafkaConsumer<>(
              Map.of(
                  "bootstrap.servers", bootstrap,
                  "isolation.level",
                      setting.delivery().equals("exactly-once")
                          ? "read_committed"
                          : "read_uncommitted",
                  "fetch.max.wait.ms", "5",
                  "auto.offset.reset", "earliest"),
              new ByteArrayDeserializer(),
              new ByteArrayDeserializer())) {
        TopicPartition partition = new TopicPartition("latency.snapshots", 0);
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        while (!done) {
          for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(20))) {
            JsonNode snapshot = json.readTree(record.value());
            long now = System.nanoTime();
            if (measureFrom > 0 && now >= measureFrom) {
              long given = java.time.Instant.parse(snapshot.get("time").asText()).toEpochMilli();
              swaps.recordValue(Math.max(0, System.currentTimeMillis() - given) * 1_000);
            }
            snapshot
                .get("offsets")
                .fields()
                .forEachRemaining(
                    topic ->
                        topic
                            .getValue()
                            .fields()
                            .forEachRemaining(
                                p ->
                                    cover(
                                        topic.getKey() + "-" + p.getKey(),
                                        p.getValue().asLong(),
                                        now)));
          }
        }
      } catch (Exception e) {
        System.err.println("the reader ends: " + e);
      }
    }

    /** Every sample before the offset has been seen to count by now. */
    void cover(String partition, long next, long now) {
      ConcurrentLinkedDeque<long[]> waiting = open.get(partition);
      if (waiting == null) {
        return;
      }
      for (long[] first = waiting.peek(); first != null && first[0] < next; first = waiting.peek()) {
        waiting.poll();
        if (first[1] >= measureFrom) {
          covered.recordValue(micros(now - first[1]));
        }
      }
    }
  }
}
