import io.thalweg.broker.EmbeddedBroker;
import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import io.thalweg.data.BankMarketing;
import io.thalweg.kafka.KafkaCheckpointStore;
import io.thalweg.kafka.KafkaSampleSource;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.kafka.SinkTopics;
import io.thalweg.kafka.SourceOptions;
import io.thalweg.kafka.TransactionalCutSink;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.pipeline.Assembly;
import io.thalweg.pipeline.Cadence;
import io.thalweg.pipeline.Feed;
import io.thalweg.pipeline.Progress;
import io.thalweg.pipeline.Roles;
import io.thalweg.pipeline.SolverPipeline;
import io.thalweg.pipeline.Tuning;
import io.thalweg.pipeline.UpperView;
import io.thalweg.problem.Problem;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.sample.SampleSchema;
import io.thalweg.solver.Solver;
import io.thalweg.solver.StepInput;
import io.thalweg.stream.RecordBatch;
import io.thalweg.topics.TopicCatalog;
import io.thalweg.topics.TopicsTool;
import io.thalweg.wire.BinarySamples;
import io.thalweg.wire.SampleDecoders;
import io.thalweg.wire.SampleFormat;
import io.thalweg.wire.SampleOptions;
import io.thalweg.wire.SnapshotCodec;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * How fast samples go from Kafka to committed snapshots, and where the time goes. A backlog of bank
 * marketing rows is taken in by the very classes of `run`; the parts are measured alone, in the same
 * process, on the same records. CPU-seconds are those of this process; the broker is another one.
 *
 * <p>java -cp target/thalweg.jar load-tests/EndToEnd.java [records] [rounds] [RESULTS.md]
 */
public class EndToEnd {
  static final int ROWS = 64;

  record Row(
      String name,
      double samplesPerSecond,
      double cpuMicros,
      double kafka,
      double decode,
      double oracle,
      double solver) {}

  public static void main(String[] args) throws Exception {
    int records = args.length > 0 ? Integer.parseInt(args[0]) : 400_000;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    Path results = Path.of(args.length > 2 ? args[2] : "load-tests/RESULTS.md");
    BankMarketing bank = BankMarketing.load();
    List<Row> rows = new ArrayList<>();
    try (EmbeddedBroker broker =
        EmbeddedBroker.start(EmbeddedBroker.Options.DEFAULTS)) {
      for (String format : List.of("json", "binary", "packed")) {
        Bench bench = new Bench(bank, broker.bootstrapServers(), format, records);
        bench.fill();
        List<Row> measured = new ArrayList<>();
        for (int round = 0; round <= rounds; round++) {
          Row row = bench.round(round);
          System.out.println((round == 0 ? "warm-up " : "") + row);
          if (round > 0) {
            measured.add(row);
          }
        }
        rows.add(median(bench.title(), measured));
      }
    }
    write(results, rows, records, rounds);
  }

  static Row median(String name, List<Row> rows) {
    return new Row(
        name,
        median(rows.stream().mapToDouble(Row::samplesPerSecond).toArray()),
        median(rows.stream().mapToDouble(Row::cpuMicros).toArray()),
        median(rows.stream().mapToDouble(Row::kafka).toArray()),
        median(rows.stream().mapToDouble(Row::decode).toArray()),
        median(rows.stream().mapToDouble(Row::oracle).toArray()),
        median(rows.stream().mapToDouble(Row::solver).toArray()));
  }

  static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  static void write(Path file, List<Row> rows, int records, int rounds) throws Exception {
    StringBuilder out = new StringBuilder();
    out.append("# Results\n\nWritten by `java -cp target/thalweg.jar load-tests/EndToEnd.java`.\n\n");
    out.append("- machine: ").append(machine()).append('\n');
    out.append("- JVM: ")
        .append(System.getProperty("java.vm.name"))
        .append(' ')
        .append(System.getProperty("java.version"))
        .append(", flags ")
        .append(ManagementFactory.getRuntimeMXBean().getInputArguments())
        .append('\n');
    out.append("- commit: ").append(commit()).append('\n');
    out.append("- load average when written: ")
        .append(
            String.format(
                Locale.ROOT,
                "%.1f",
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()))
        .append('\n');
    out.append(
        String.format(
            Locale.ROOT,
            "%n## From Kafka to committed snapshots%n%n%,d bank rows (51 features) per round, half to"
                + " each level, vr-msgbio with linear-system, batches of %d, exactly once, one"
                + " broker process on loopback; median of %d rounds.%n%n",
            records,
            ROWS,
            rounds));
    out.append("| records | samples/s | CPU-µs per sample | Kafka client | decode | oracle | rest of the step |\n");
    out.append("|---|---|---|---|---|---|---|\n");
    for (Row row : rows) {
      double sum = row.kafka() + row.decode() + row.oracle() + row.solver();
      out.append(
          String.format(
              Locale.ROOT,
              "| %s | %,.0f | %.2f | %.2f µs (%.0f %%) | %.2f µs (%.0f %%) | %.2f µs (%.0f %%) |"
                  + " %.2f µs (%.0f %%) |%n",
              row.name(),
              row.samplesPerSecond(),
              row.cpuMicros(),
              row.kafka(),
              100 * row.kafka() / sum,
              row.decode(),
              100 * row.decode() / sum,
              row.oracle(),
              100 * row.oracle() / sum,
              row.solver(),
              100 * row.solver() / sum));
    }
    out.append(
        "\nThe four parts are measured alone (polling without decoding; decoding without Kafka; the"
            + " step on decoded batches, calls of the oracle timed inside) and the shares are of"
            + " their sum. CPU-µs per sample is the whole process while the pipeline runs: compiler"
            + " and collector threads, scoring, commits and Reactor included.\n");
    Files.writeString(results(file), out.toString());
    System.out.println(out);
  }

  static Path results(Path file) {
    return file.toAbsolutePath();
  }

  static String machine() throws Exception {
    String cpu =
        Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
            .filter(line -> line.startsWith("model name"))
            .findFirst()
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .orElse("unknown processor");
    return cpu
        + ", "
        + Runtime.getRuntime().availableProcessors()
        + " cores, "
        + System.getProperty("os.name")
        + " "
        + System.getProperty("os.arch");
  }

  static String commit() throws Exception {
    Process git = new ProcessBuilder("git", "describe", "--always", "--dirty").start();
    String id = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    return id.isEmpty() ? "unknown" : id;
  }

  /** One format of records. */
  static final class Bench {
    private final BankMarketing bank;
    private final String bootstrap;
    private final String format;
    private final int records;
    private final JobConfig shape;
    private final Problem problem;
    private final Map<Level, SampleSchema> schemas = new EnumMap<>(Level.class);
    private final SampleOptions options;
    private final int perRecord;

    Bench(BankMarketing bank, String bootstrap, String format, int records) {
      this.bank = bank;
      this.bootstrap = bootstrap;
      this.format = format;
      this.perRecord = format.equals("packed") ? 16 : 1;
      this.records = records / (2 * ROWS) * 2 * ROWS;
      this.shape = job(0);
      this.problem = shape.problem();
      for (Level level : Level.values()) {
        schemas.put(level, problem.schema(level));
      }
      this.options =
          SampleOptions.of(format.equals("json") ? SampleFormat.JSON : SampleFormat.BINARY);
    }

    String title() {
      return switch (format) {
        case "json" -> "JSON, 4 decimals";
        case "binary" -> "binary, one sample per record";
        default -> "binary, 16 samples per record";
      };
    }

    JobConfig job(int round) {
      return new JobReader(Map.of(), List.of())
          .read(
              """
              job: bench-%s-%d
              problem:
                type: logistic-regression
                features: %d
                hyperparameters: {l2: {per: feature, scale: log, init: -4, bounds: [-12, 4]}}
              solver:
                method: vr-msgbio
                hypergradient: {type: linear-system, rho: 0.3, radius: 5.0}
                gamma: 0.3
                lambda: 0.3
                batch: {lower: %d, upper: %d}
              samples: {format: %s}
              topics: {train: bench-%s.train, validation: bench-%s.validation, partitions: 4}
              snapshots: {every: {steps: 100000, time: 100ms}}
              kafka: {bootstrap.servers: "%s"}
              """
                  .formatted(
                      format,
                      round,
                      bank.features(),
                      ROWS,
                      ROWS,
                      format.equals("json") ? "json" : "binary",
                      format,
                      format,
                      bootstrap),
              "bench.yaml");
    }

    byte[] value(int i) {
      if (format.equals("json")) {
        StringBuilder json = new StringBuilder("{\"x\":[");
        double[] row = bank.row(i % bank.rows());
        for (int j = 0; j < row.length; j++) {
          json.append(j > 0 ? "," : "").append(String.format(Locale.ROOT, "%.4f", row[j]));
        }
        return (json + "],\"y\":" + (int) bank.label(i % bank.rows()) + "}")
            .getBytes(StandardCharsets.UTF_8);
      }
      Batch batch = new Batch(schemas.get(Level.LOWER), perRecord);
      for (int k = 0; k < perRecord; k++) {
        int r = (i * perRecord + k) % bank.rows();
        batch.openRow();
        double[] row = bank.row(r);
        int x = batch.schema().featuresColumn();
        for (int j = 0; j < row.length; j++) {
          batch.set(x, j, row[j]);
        }
        batch.set(batch.schema().column("y"), 0, bank.label(r));
        batch.commitRow();
      }
      return new BinarySamples.Encoder(batch.schema()).encode(batch, 0, perRecord);
    }

    void topics(JobConfig job) {
      List<io.thalweg.topics.TopicSpec> specs = new ArrayList<>();
      TopicCatalog.builtIn()
          .of(job.job())
          .forEach(
              spec ->
                  specs.add(
                      switch (spec.kind()) {
                        case TRAIN -> spec.named(job.topics().train()).withPartitions(4);
                        case VALIDATION -> spec.named(job.topics().validation()).withPartitions(4);
                        default -> spec;
                      }));
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
        TopicsTool.apply(admin, specs);
      }
    }

    void fill() {
      topics(shape);
      byte[][] values = new byte[4096][];
      for (int i = 0; i < values.length; i++) {
        values[i] = value(i);
      }
      try (KafkaProducer<byte[], byte[]> producer =
          new KafkaProducer<>(
              Map.of(
                  "bootstrap.servers", bootstrap, "linger.ms", "20", "batch.size", "262144"),
              new ByteArraySerializer(),
              new ByteArraySerializer())) {
        for (int i = 0; i < records / perRecord; i++) {
          producer.send(
              new ProducerRecord<>(
                  i % 2 == 0 ? shape.topics().train() : shape.topics().validation(),
                  values[i % values.length]));
        }
      }
    }

    Row round(int round) throws Exception {
      List<byte[]> values = new ArrayList<>();
      double kafka = poll(values);
      double decode = decode(values);
      double[] step = step();
      double[] whole = pipeline(job(round + 1));
      return new Row(title(), whole[0], whole[1], kafka, decode, step[0], step[1]);
    }

    /** CPU-microseconds per sample of polling alone; keeps some values for decoding. */
    double poll(List<byte[]> keep) throws Exception {
      long before = processCpu();
      long seen = 0;
      try (KafkaSampleSource source = source()) {
        for (Feed feed : feeds()) {
          long feedSeen = 0;
          for (RecordBatch batch : source.records(feed, source.beginning()).toIterable(1)) {
            for (int i = 0; i < batch.size() && keep.size() < 20_000; i++) {
              keep.add(batch.value(i));
            }
            feedSeen += batch.size();
            if (feedSeen >= records / perRecord / 2) {
              break;
            }
          }
          seen += feedSeen;
        }
      }
      return (processCpu() - before) / 1e3 / (seen * perRecord);
    }

    double decode(List<byte[]> values) {
      SampleDecoder decoder = SampleDecoders.create(options, schemas);
      Batch batch = new Batch(schemas.get(Level.LOWER), ROWS);
      long samples = 0;
      long before = threadCpu();
      for (int pass = 0; samples < 100_000; pass++) {
        for (byte[] value : values) {
          int n = decoder.open(value, null);
          for (int s = 0; s < n; s++) {
            if (batch.isFull()) {
              batch.clear();
            }
            decoder.decode(s, Level.LOWER, batch);
            samples++;
          }
        }
      }
      return (threadCpu() - before) / 1e3 / samples;
    }

    /** CPU-microseconds per sample of the oracle's calls and of the rest of the step. */
    double[] step() {
      long[] inside = new long[1];
      BilevelOracle timed =
          (BilevelOracle)
              Proxy.newProxyInstance(
                  EndToEnd.class.getClassLoader(),
                  new Class<?>[] {Problem.class},
                  (proxy, method, arguments) -> {
                    long start = System.nanoTime();
                    try {
                      return method.invoke(problem, arguments);
                    } catch (InvocationTargetException e) {
                      throw e.getCause();
                    } finally {
                      inside[0] += System.nanoTime() - start;
                    }
                  });
      Solver solver = shape.solver((Problem) timed);
      Batch lower = rows(schemas.get(Level.LOWER), 0);
      Batch upper = rows(schemas.get(Level.UPPER), ROWS);
      StepInput input = StepInput.of(lower, upper);
      int steps = 3_000;
      for (int i = 0; i < steps; i++) {
        solver.step(input);
      }
      inside[0] = 0;
      long before = System.nanoTime();
      for (int i = 0; i < steps; i++) {
        solver.step(input);
      }
      double whole = (System.nanoTime() - before) / 1e3 / steps / (2 * ROWS);
      double oracle = inside[0] / 1e3 / steps / (2 * ROWS);
      return new double[] {oracle, whole - oracle};
    }

    Batch rows(SampleSchema schema, int from) {
      Batch batch = new Batch(schema, ROWS);
      for (int i = from; i < from + ROWS; i++) {
        batch.openRow();
        double[] row = bank.row(i);
        for (int j = 0; j < row.length; j++) {
          batch.set(schema.featuresColumn(), j, row[j]);
        }
        batch.set(schema.column("y"), 0, bank.label(i));
        batch.commitRow();
      }
      return batch;
    }

    /** Samples per second and CPU-microseconds per sample of the whole. */
    double[] pipeline(JobConfig job) throws Exception {
      topics(job);
      KafkaSettings kafka = new KafkaSettings(job.kafka().values());
      KafkaCheckpointStore store =
          new KafkaCheckpointStore(kafka, job.job(), job.topics().checkpoints());
      Scheduler thread = Schedulers.newSingle("bench-solver");
      Problem own = job.problem();
      Tuning tuning =
          new Tuning(
              job.job(),
              job.method(),
              job.fingerprint(),
              "bench",
              own,
              job.solver(own),
              new UpperView() {
                @Override
                public String name(int i) {
                  return own.upperName(i);
                }

                @Override
                public double unit(int i, double[] x) {
                  return own.upperUnit(i, x);
                }
              },
              new Cadence((int) job.cadence().steps(), job.cadence().time()),
              System::currentTimeMillis);
      try (TransactionalCutSink sink =
              TransactionalCutSink.open(
                  kafka,
                  SinkTopics.of(job.job()),
                  store,
                  new SnapshotCodec(SnapshotCodec.Vectors.COMPACT));
          KafkaSampleSource source = source()) {
        SolverPipeline pipeline =
            new SolverPipeline(
                tuning,
                new Assembly(
                    feeds(),
                    schemas,
                    ROWS,
                    ROWS,
                    Duration.ofSeconds(1),
                    new Roles(new Roles.Split.Topics()),
                    () -> SampleDecoders.create(options, schemas)),
                source,
                sink,
                store,
                thread,
                List.of());
        Sinks.Empty<Void> stop = Sinks.empty();
        long cpu = processCpu();
        long start = System.nanoTime();
        var end = pipeline.run(stop.asMono()).toFuture();
        long wanted = records - 4L * ROWS;
        while (pipeline.progress().samples() < wanted && !end.isDone()) {
          Thread.sleep(2);
        }
        long took = System.nanoTime() - start;
        double used = (processCpu() - cpu) / 1e3;
        long samples = pipeline.progress().samples();
        stop.tryEmitEmpty();
        Progress last = end.get();
        if (last.samples() < wanted) {
          throw new IllegalStateException("only " + last);
        }
        return new double[] {samples * 1e9 / took, used / samples};
      } finally {
        thread.dispose();
      }
    }

    KafkaSampleSource source() {
      return KafkaSampleSource.connect(
          KafkaSettings.of(bootstrap),
          List.of(shape.topics().train(), shape.topics().validation()),
          SourceOptions.DEFAULTS);
    }

    List<Feed> feeds() {
      return List.of(
          new Feed(shape.topics().train(), Level.LOWER),
          new Feed(shape.topics().validation(), Level.UPPER));
    }
  }

  static long processCpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  static long threadCpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
