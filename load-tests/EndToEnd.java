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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * How fast samples go from Kafka to committed snapshots, and where the time goes. A backlog is taken
 * in by the very classes of `run`; the parts are measured alone, in the same process, on the same
 * records. CPU-seconds are those of this process; the broker is another one.
 *
 * <p>java -cp target/thalweg.jar load-tests/EndToEnd.java [rounds] [share of the records] [RESULTS.md]
 */
public class EndToEnd {
  static final int ROWS = 64;
  static final int SPARSE_FEATURES = 1 << 18;
  static final int ENTRIES = 100;

  /** Distinct records per topic; they are sent again and again. */
  static final int DISTINCT = 4096;

  /** What is on the wire. */
  record Wire(String title, boolean sparse, String format, int perRecord, int samples) {}

  static final List<Wire> WIRES =
      List.of(
          new Wire("dense, JSON, 4 decimals", false, "json", 1, 1_000_000),
          new Wire("dense, binary", false, "binary", 1, 3_000_000),
          new Wire("dense, binary, 16 per record", false, "binary", 16, 6_000_000),
          new Wire("dense, binary, 256 per record", false, "binary", 256, 6_000_000),
          new Wire("sparse, JSON, 4 decimals", true, "json", 1, 400_000),
          new Wire("sparse, binary", true, "binary", 1, 1_000_000),
          new Wire("sparse, binary, 16 per record", true, "binary", 16, 1_500_000));

  /** One line of the result; times in CPU-microseconds per sample. */
  record Row(
      Wire wire,
      String method,
      double samplesPerSecond,
      double whole,
      double kafka,
      double decode,
      double step) {
    double perCore() {
      return 1 / whole;
    }
  }

  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
    double share = args.length > 1 ? Double.parseDouble(args[1]) : 1;
    Path results = Path.of(args.length > 2 ? args[2] : "load-tests/RESULTS.md");
    BankMarketing bank = BankMarketing.load();
    List<Row> rows = new ArrayList<>();
    for (Wire wire : WIRES) {
      try (EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBroker.Options.DEFAULTS)) {
        Bench bench =
            new Bench(bank, broker.bootstrapServers(), wire, (int) (wire.samples() * share));
        bench.fill();
        for (String method : List.of("msgbio", "vr-msgbio")) {
          List<Row> measured = new ArrayList<>();
          for (int round = 0; round <= rounds; round++) {
            Row row = bench.round(method, round);
            System.out.println((round == 0 ? "warm-up " : "") + row);
            if (round > 0) {
              measured.add(row);
            }
          }
          rows.add(median(wire, method, measured));
        }
      }
    }
    write(results, rows, rounds, share);
  }

  static Row median(Wire wire, String method, List<Row> rows) {
    return new Row(
        wire,
        method,
        median(rows.stream().mapToDouble(Row::samplesPerSecond).toArray()),
        median(rows.stream().mapToDouble(Row::whole).toArray()),
        median(rows.stream().mapToDouble(Row::kafka).toArray()),
        median(rows.stream().mapToDouble(Row::decode).toArray()),
        median(rows.stream().mapToDouble(Row::step).toArray()));
  }

  /** {floor, stretch} in million samples per second and core. */
  static double[] target(Row row) {
    if (!row.wire().sparse()) {
      return row.wire().format().equals("json") ? new double[] {0.3, 0.8} : new double[] {0.6, 1.5};
    }
    if (row.wire().format().equals("json")) {
      return new double[] {0.12, 0.3};
    }
    return row.method().equals("msgbio") ? new double[] {0.4, 1.0} : new double[] {0.35, 0.7};
  }

  static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  static void write(Path file, List<Row> rows, int rounds, double share) throws Exception {
    StringBuilder out = new StringBuilder();
    out.append("# Results\n\nWritten by `java -cp target/thalweg.jar load-tests/EndToEnd.java ")
        .append(rounds)
        .append(share == 1 ? "" : " " + share)
        .append("`; not edited by hand.\n\n");
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
            "%n## From Kafka to committed snapshots%n%nDense: bank rows (51 features), one L2 weight"
                + " per feature. Sparse: %d of %,d features by a power law (chance of feature j about"
                + " 1/j), one L2 weight. Half of the samples to each level, linear-system, batches of"
                + " %d, exactly once, a commit per second, four partitions, one broker process on"
                + " loopback; median of %d rounds after one to warm up. The figure of merit is"
                + " million samples per CPU-second of the whole solver process, compiler, collector"
                + " and commits included.%n%n",
            ENTRIES,
            SPARSE_FEATURES,
            ROWS,
            rounds));
    out.append(
        "| records | method | M samples per CPU-s | floor / stretch | of floor | M samples/s |"
            + " CPU-ns per sample | Kafka client | decode | step | the rest | limited by |\n");
    out.append("|---|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (Row row : rows) {
      double[] target = target(row);
      double rest = row.whole() - row.kafka() - row.decode() - row.step();
      double[] parts = {row.kafka(), row.decode(), row.step(), rest};
      String[] names = {"Kafka client", "decode", "step", "the rest"};
      int most = 0;
      for (int i = 1; i < parts.length; i++) {
        most = parts[i] > parts[most] ? i : most;
      }
      out.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | **%.2f** | %.2f / %.2f | %.1f× | %.2f | %.0f | %.0f | %.0f | %.0f | %.0f |"
                  + " %s, %.0f %% |%n",
              row.wire().title(),
              row.method(),
              row.perCore(),
              target[0],
              target[1],
              row.perCore() / target[0],
              row.samplesPerSecond() / 1e6,
              1e3 * row.whole(),
              1e3 * row.kafka(),
              1e3 * row.decode(),
              1e3 * row.step(),
              1e3 * rest,
              names[most],
              100 * parts[most] / row.whole()));
    }
    out.append(
        "\nThe parts are measured alone: polling without decoding (first fetches and connections"
            + " included), decoding without Kafka, the solver's steps on decoded batches. The rest is"
            + " the difference: assembly of batches, Reactor, commits, compiler and collector; it is"
            + " negative where a part costs less in company than alone.\n");
    out.append(curve());
    Files.writeString(results(file), out.toString());
    System.out.println(out);
  }

  /** Cost of a step alone against the number of coordinates. */
  static String curve() {
    StringBuilder out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "%n## Cost of a step against the length of the model%n%n%d entries per row, %d + %d rows,"
                + " no Kafka, no decoding; thread CPU, median of 5 windows of 2,000 steps on 400"
                + " distinct pairs of batches. The same entries reach more distinct coordinates the more"
                + " there are: the column says how many.%n%n| method | features | coordinates touched per"
                + " step | µs per step | against 2^14 | M samples per CPU-s |%n|---|---|---|---|---|---|%n",
            ENTRIES,
            ROWS,
            ROWS));
    for (String method : List.of("msgbio", "vr-msgbio")) {
      double first = 0;
      for (int bits : new int[] {14, 18, 22}) {
        double[] cost = steps(method, 1 << bits);
        first = first == 0 ? cost[1] : first;
        out.append(
            String.format(
                Locale.ROOT,
                "| %s | 2^%d | %,.0f | %.0f | %.2f× | %.2f |%n",
                method,
                bits,
                cost[0],
                cost[1],
                cost[1] / first,
                2 * ROWS / cost[1]));
      }
    }
    return out.toString();
  }

  /** {distinct coordinates, CPU-microseconds} per step. */
  static double[] steps(String method, int features) {
    JobConfig job = sparseJob(method, features);
    Problem problem = job.problem();
    SampleSchema schema = problem.schema(Level.LOWER);
    SplittableRandom random = new SplittableRandom(1);
    StepInput[] inputs = new StepInput[400];
    double distinct = 0;
    for (int i = 0; i < inputs.length; i++) {
      Batch lower = new Batch(schema, ROWS);
      Batch upper = new Batch(schema, ROWS);
      for (int r = 0; r < ROWS; r++) {
        sparseRow(random, features, lower);
        sparseRow(random, features, upper);
      }
      BitSet seen = new BitSet(features);
      for (Batch batch : List.of(lower, upper)) {
        for (int k = 0; k < batch.rowStart()[ROWS]; k++) {
          seen.set(batch.index()[k]);
        }
      }
      distinct += seen.cardinality();
      inputs[i] = StepInput.of(lower, upper);
    }
    Solver solver = job.solver(problem);
    int windows = 5;
    double[] cost = new double[windows];
    for (int w = -2; w < windows; w++) {
      int steps = 2_000;
      long before = threadCpu();
      for (int i = 0; i < steps; i++) {
        solver.step(inputs[i % inputs.length]);
      }
      if (w >= 0) {
        cost[w] = (threadCpu() - before) / 1e3 / steps;
      }
    }
    return new double[] {distinct / inputs.length, median(cost)};
  }

  static JobConfig sparseJob(String method, int features) {
    return new JobReader(Map.of(), List.of())
        .read(
            """
            job: steps
            problem:
              type: logistic-regression
              features: %d
              encoding: sparse
              hyperparameters: {l2: {per: global}}
            solver: {method: %s, hypergradient: {type: linear-system, rho: 0.3, radius: 5.0}, lambda: 0.3}
            """
                .formatted(features, method),
            "steps.yaml");
  }

  static void sparseRow(SplittableRandom random, int features, Batch batch) {
    batch.openRow();
    for (int k = 0; k < ENTRIES; k++) {
      batch.append(powerLaw(random, features), Math.round(1e4 * (random.nextDouble() - 0.5)) / 1e4);
    }
    batch.set(batch.schema().column("y"), 0, random.nextInt(2));
    batch.commitRow();
  }

  /** Feature j with a chance of about 1 / (j + 1). */
  static int powerLaw(SplittableRandom random, int features) {
    return (int) Math.min(features - 1, Math.pow(features + 1.0, random.nextDouble()) - 1);
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

  /** One kind of records. */
  static final class Bench {
    private final BankMarketing bank;
    private final String bootstrap;
    private final Wire wire;
    private final int records;
    private final JobConfig shape;
    private final Problem problem;
    private final Map<Level, SampleSchema> schemas = new EnumMap<>(Level.class);
    private final SampleOptions options;
    private final int perRecord;
    private final SplittableRandom random = new SplittableRandom(7);

    Bench(BankMarketing bank, String bootstrap, Wire wire, int samples) {
      this.bank = bank;
      this.bootstrap = bootstrap;
      this.wire = wire;
      this.perRecord = wire.perRecord();
      int unit = 2 * ROWS * perRecord;
      this.records = Math.max(1, samples / unit) * unit;
      this.shape = job("msgbio", 0);
      this.problem = shape.problem();
      for (Level level : Level.values()) {
        schemas.put(level, problem.schema(level));
      }
      this.options =
          SampleOptions.of(
              wire.format().equals("json") ? SampleFormat.JSON : SampleFormat.BINARY);
    }

    JobConfig job(String method, int round) {
      return new JobReader(Map.of(), List.of())
          .read(
              """
              job: bench-%s-%d
              problem:
                type: logistic-regression
                features: %d
                encoding: %s
                hyperparameters: {l2: {per: %s, scale: log, init: -4, bounds: [-12, 4]}}
              solver:
                method: %s
                hypergradient: {type: linear-system, rho: 0.3, radius: 5.0}
                gamma: 0.3
                lambda: 0.3
                batch: {lower: %d, upper: %d}
              samples: {format: %s}
              topics: {train: bench.train, validation: bench.validation, partitions: 4}
              snapshots: {every: {steps: 10000000, time: 1s}}
              kafka: {bootstrap.servers: "%s"}
              """
                  .formatted(
                      method,
                      round,
                      wire.sparse() ? SPARSE_FEATURES : bank.features(),
                      wire.sparse() ? "sparse" : "dense",
                      wire.sparse() ? "global" : "feature",
                      method,
                      ROWS,
                      ROWS,
                      wire.format(),
                      bootstrap),
              "bench.yaml");
    }

    byte[] value(int i) {
      Batch batch = new Batch(schemas.get(Level.LOWER), perRecord);
      for (int k = 0; k < perRecord; k++) {
        if (wire.sparse()) {
          sparseRow(random, SPARSE_FEATURES, batch);
        } else {
          bankRow((i * perRecord + k) % bank.rows(), batch);
        }
      }
      return wire.format().equals("json")
          ? json(batch).getBytes(StandardCharsets.UTF_8)
          : new BinarySamples.Encoder(batch.schema()).encode(batch, 0, perRecord);
    }

    void bankRow(int r, Batch batch) {
      batch.openRow();
      double[] row = bank.row(r);
      int x = batch.schema().featuresColumn();
      for (int j = 0; j < row.length; j++) {
        batch.set(x, j, row[j]);
      }
      batch.set(batch.schema().column("y"), 0, bank.label(r));
      batch.commitRow();
    }

    String json(Batch batch) {
      StringBuilder out = new StringBuilder("{");
      if (wire.sparse()) {
        StringBuilder v = new StringBuilder();
        out.append("\"i\":[");
        for (int k = 0; k < batch.rowStart()[1]; k++) {
          out.append(k > 0 ? "," : "").append(batch.index()[k]);
          v.append(k > 0 ? "," : "").append(decimal(batch.value()[k]));
        }
        out.append("],\"v\":[").append(v).append(']');
      } else {
        out.append("\"x\":[");
        for (int j = 0; j < bank.features(); j++) {
          double x = batch.column(batch.schema().featuresColumn())[j];
          out.append(j > 0 ? "," : "").append(decimal(x));
        }
        out.append(']');
      }
      int label = (int) batch.column(batch.schema().column("y"))[0];
      return out.append(",\"y\":").append(label).append('}').toString();
    }

    static String decimal(double x) {
      return String.format(Locale.ROOT, "%.4f", x);
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
      byte[][] values = new byte[Math.max(2, DISTINCT / perRecord)][];
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

    Row round(String method, int round) throws Exception {
      List<byte[]> values = new ArrayList<>();
      double kafka = poll(values);
      double decode = decode(values);
      double step = step(method, values);
      double[] whole = pipeline(job(method, round + 1));
      return new Row(wire, method, whole[0], whole[1], kafka, decode, step);
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
      for (int pass = 0; samples < 400_000; pass++) {
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

    /** CPU-microseconds per sample of the solver's steps alone. */
    double step(String method, List<byte[]> values) {
      SampleDecoder decoder = SampleDecoders.create(options, schemas);
      List<Batch> batches = new ArrayList<>();
      Batch batch = new Batch(schemas.get(Level.LOWER), ROWS);
      for (int i = 0; batches.size() < 100; i = (i + 1) % values.size()) {
        int n = decoder.open(values.get(i), null);
        for (int k = 0; k < n; k++) {
          decoder.decode(k, Level.LOWER, batch);
          if (batch.isFull()) {
            batches.add(batch);
            batch = new Batch(schemas.get(Level.LOWER), ROWS);
          }
        }
      }
      JobConfig job = job(method, 0);
      Solver solver = job.solver(job.problem());
      int steps = 3_000;
      long before = 0;
      for (int i = -steps; i < steps; i++) {
        if (i == 0) {
          before = threadCpu();
        }
        int at = 2 * (i & 0xffff) % (batches.size() - 1);
        solver.step(StepInput.of(batches.get(at), batches.get(at + 1)));
      }
      return (threadCpu() - before) / 1e3 / steps / (2 * ROWS);
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
