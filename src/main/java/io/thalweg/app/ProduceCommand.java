package io.thalweg.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.thalweg.config.Durations;
import io.thalweg.config.JobConfig;
import io.thalweg.config.Samples;
import io.thalweg.files.LineReader;
import io.thalweg.files.SampleFile;
import io.thalweg.files.SampleFileException;
import io.thalweg.kafka.KafkaFailure;
import io.thalweg.kafka.SampleProducer;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import io.thalweg.wire.CsvHeader;
import io.thalweg.wire.SampleFormat;
import io.thalweg.wire.SampleOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code thalweg produce}: a file to a sample topic. */
@Command(
    name = "produce",
    description = {
      "Sends the lines of a file to a sample topic of a job: one line, one record, no key.",
      "Every record is acknowledged by all replicas before the command ends, and sent once.",
      "With --pack many lines share one binary record: what Kafka costs, it costs per record. Every"
          + " line is then read as the job would read it, whatever the job's format is, and keeps"
          + " its id, its event time and its role.",
      ""
    },
    footer = {
      "",
      "Exit codes: 65 when a line is no sample (with --check record: no record), 69 when the broker cannot be used, 78 when the topic"
          + " is missing.",
      "Examples:",
      "  thalweg produce -c job.yaml --role train --file train.jsonl",
      "  thalweg produce -c job.yaml --role validation --file valid.csv.gz --rate 500",
      "  generate | thalweg produce -c job.yaml --role train --file - --check record",
      "  thalweg produce -c job.yaml --role train --file train.jsonl --pack 256",
      "  generate | thalweg produce -c job.yaml --role train --file - --pack 64"
    })
final class ProduceCommand implements Callable<Integer> {
  private static final String STDIN = "-";

  /** What a line must be. */
  enum Check {
    none,
    record,
    sample
  }

  /** When to draw a bar. */
  enum Bar {
    auto,
    always,
    never
  }

  @Mixin private JobFile jobFile = new JobFile();

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      converter = RoleConverter.class,
      description = {
        "train or validation; needed unless the levels share a topic.",
        "With samples.labels: labels for that topic; without it the records."
      })
  private @Nullable Level role;

  @Option(
      names = "--file",
      required = true,
      paramLabel = "F",
      description = "JSON lines or CSV, plain or gzip; - for stdin.")
  private String file = STDIN;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      converter = FormatConverter.class,
      description = "json or csv; default: by the file's name, else what the job says.")
  private @Nullable SampleFormat format;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description = "Lines per second; default: as fast as the broker takes them.")
  private double rate = Double.POSITIVE_INFINITY;

  @Option(
      names = "--batch",
      paramLabel = "BYTES",
      defaultValue = "262144",
      description = "Size of the producer's batches; default ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--pack",
      paramLabel = "N",
      description =
          "Turns lines into binary records of up to N samples; 256 is a good number where they come"
              + " fast. Default: every line is a record as it stands.")
  private @Nullable Integer pack;

  @Option(
      names = "--pack-bytes",
      paramLabel = "BYTES",
      description =
          "Ends a packed record before it grows beyond BYTES; default 131072. Keep it well below"
              + " the topic's max.message.bytes.")
  private @Nullable Integer packBytes;

  @Option(
      names = "--linger",
      paramLabel = "D",
      converter = DurationConverter.class,
      description =
          "Sends a packed record when its first sample has waited so long, full or not; default"
              + " 10ms.")
  private @Nullable Duration linger;

  @Option(
      names = "--check",
      paramLabel = "WHAT",
      description =
          "What is checked before a line is sent: sample (what the problem can use; the default, and"
              + " always with --pack), record (one JSON object) or none.")
  private @Nullable Check check;

  @Option(
      names = "--progress",
      paramLabel = "WHEN",
      defaultValue = "auto",
      description =
          "Bar on stderr: auto (on a terminal), always or never; without it a line every 10 s.")
  private Bar progress = Bar.auto;

  @Spec private CommandSpec spec;

  ProduceCommand() {}

  @Override
  public Integer call() {
    require(rate > 0, "--rate must be above 0, but was " + rate);
    require(batch >= 1, "--batch must be at least 1, but was " + batch);
    require(pack == null || pack >= 1, "--pack must be at least 1, but was " + pack);
    require(
        packBytes == null || packBytes >= 1,
        "--pack-bytes must be at least 1, but was " + packBytes);
    require(
        pack != null || (packBytes == null && linger == null),
        "--pack-bytes and --linger are for packed records: say --pack N");
    require(
        pack == null || check == null || check == Check.sample,
        "--pack reads every line as a sample: leave --check " + check + " out");
    JobConfig job = jobFile.read();
    String topic = topic(job);
    SampleFormat lineFormat = lineFormat(job);
    SampleProducer.Options packing = pack == null ? null : packing(job, pack);
    StopSignal.install();
    try (LineReader lines = open()) {
      boolean titled = lineFormat == SampleFormat.CSV && skipTitles(job);
      if (titled) {
        lines.next();
      }
      requireTopic(job, topic);
      return feed(job, topic, lineFormat, packing, lines);
    } catch (SampleFileException e) {
      throw new UserError(ExitCode.DATA, String.valueOf(e.getMessage()), e);
    }
  }

  private int feed(
      JobConfig job,
      String topic,
      SampleFormat lineFormat,
      SampleProducer.@Nullable Options packing,
      LineReader lines) {
    String bootstrap = job.kafka().bootstrap();
    long start = System.nanoTime();
    try (Feeding feeding = new Feeding(outlet(job, topic, lineFormat, packing), rate)) {
      try (FeedProgress shown = progress(topic, lines, feeding)) {
        shown.start();
        feeding.run(lines, file, StopSignal::asked);
      } finally {
        summary(topic, feeding, (System.nanoTime() - start) / 1e9);
      }
      if (StopSignal.asked()) {
        throw new UserError(
            ExitCode.FAILURE, "stopped after line " + lines.number() + " of " + file);
      }
      return ExitCode.OK;
    } catch (KafkaException | KafkaFailure e) {
      throw KafkaErrors.userError(e, bootstrap);
    }
  }

  private Outlet outlet(
      JobConfig job,
      String topic,
      SampleFormat lineFormat,
      SampleProducer.@Nullable Options packing) {
    // what could be wrong with the job is found before anything is opened
    if (packing != null) {
      return new PackOutlet(
          Feeding.producer(job.kafka().values(), batch),
          topic,
          Wiring.options(job.samples()),
          lineFormat,
          Wiring.schemas(job, job.problem()),
          level(job),
          packing);
    }
    RecordCheck recordCheck = recordCheck(job, lineFormat);
    boolean asTheJobSays =
        lineFormat.id().equals(job.samples().format().name().toLowerCase(Locale.ROOT));
    RecordHeader type =
        asTheJobSays
            ? null
            : new RecordHeader("content-type", lineFormat.contentType().getBytes(UTF_8));
    return new LineOutlet(Feeding.producer(job.kafka().values(), batch), topic, type, recordCheck);
  }

  /** How samples share records; refused where a record could not serve both levels. */
  private SampleProducer.Options packing(JobConfig job, int samples) {
    boolean levelsAlike =
        job.problem().schema(Level.LOWER).equals(job.problem().schema(Level.UPPER));
    if (job.samples().split().kind() == Samples.Split.Kind.BY_SHARE && !levelsAlike) {
      throw new UserError(
          ExitCode.CONFIGURATION,
          "--pack: samples.split shares out one topic by hash, but the levels of this problem take"
              + " different samples, and a packed record is of one kind");
    }
    SampleProducer.Options defaults = SampleProducer.Options.DEFAULTS;
    return defaults
        .withSamples(samples)
        .withBytes(packBytes == null ? defaults.bytes() : packBytes)
        .withLinger(linger == null ? defaults.linger() : linger);
  }

  private void summary(String topic, Feeding feeding, double seconds) {
    PrintWriter out = spec.commandLine().getOut();
    String what =
        pack == null
            ? feeding.acknowledged() + " records"
            : feeding.acknowledged() + " samples in " + feeding.records() + " records";
    out.printf(
        Locale.ROOT,
        "%s, %d bytes to %s in %.2f s (%.0f %s/s)%n",
        what,
        feeding.bytes(),
        topic,
        seconds,
        feeding.acknowledged() / seconds,
        pack == null ? "records" : "samples");
    out.flush();
  }

  private FeedProgress progress(String topic, LineReader lines, Feeding feeding) {
    boolean bar = progress == Bar.always || (progress == Bar.auto && Terminal.isInteractive());
    return bar
        ? FeedProgress.bar(topic, size(), lines::bytes, feeding)
        : FeedProgress.lines(spec.commandLine().getErr(), feeding);
  }

  private long size() {
    try {
      return file.equals(STDIN) ? -1 : Files.size(Path.of(file));
    } catch (IOException e) {
      return -1;
    }
  }

  private LineReader open() {
    return file.equals(STDIN) ? new LineReader("stdin", System.in) : new LineReader(Path.of(file));
  }

  private String topic(JobConfig job) {
    Set<Level> reads = job.reads();
    require(
        role == null || reads.contains(role),
        "--role must be "
            + reads.iterator().next().role()
            + ", the one level that "
            + job.method()
            + " reads");
    String shared = job.samples().topic();
    String labels = job.samples().labels();
    require(
        labels == null || role != Level.LOWER,
        "--role train has no meaning for a job with samples.labels: records are sent without --role,"
            + " their labels with --role labels");
    if (shared != null) {
      return labels != null && role == Level.UPPER ? labels : shared;
    }
    Level as = level(job);
    require(as != null, "Missing required option '--role=ROLE': train or validation");
    return as == Level.UPPER ? job.topics().validation() : job.topics().train();
  }

  private SampleFormat lineFormat(JobConfig job) {
    if (format != null) {
      return format;
    }
    SampleFormat named = SampleFiles.format(Path.of(file));
    if (named != null) {
      return named;
    }
    return switch (job.samples().format()) {
      case JSON -> SampleFormat.JSON;
      case CSV -> SampleFormat.CSV;
      case BINARY ->
          throw new UserError(
              ExitCode.CONFIGURATION,
              file + ": samples.format is binary, but a line is json or csv: say --format");
    };
  }

  private RecordCheck recordCheck(JobConfig job, SampleFormat lineFormat) {
    return switch (check == null ? Check.sample : check) {
      case none -> RecordCheck.none();
      case record -> RecordCheck.record(lineFormat);
      case sample -> {
        SampleOptions options = Wiring.options(job.samples());
        yield RecordCheck.sample(
            options, lineFormat, Wiring.schemas(job, job.problem()), level(job));
      }
    };
  }

  /** The level the topic stands for, or null when it serves both. */
  private @Nullable Level level(JobConfig job) {
    if (job.reads().size() == 1) {
      return job.reads().iterator().next();
    }
    if (job.samples().labels() != null) {
      return role == null ? Level.LOWER : role;
    }
    return job.samples().topic() != null ? null : role;
  }

  /**
   * Whether the first line of a CSV file names its columns and is to be left out. Records on a
   * topic carry no names: those of the file must be those the job expects, in the same order, or
   * every number would land in the wrong place.
   */
  private boolean skipTitles(JobConfig job) {
    if (file.equals(STDIN)) {
      return false;
    }
    byte[] first = SampleFile.firstLine(Path.of(file));
    if (first == null) {
      return false;
    }
    List<String> names =
        CsvHeader.names(new String(first, UTF_8), job.samples().preparation().separator());
    if (!SampleFiles.isTitles(names)) {
      return false;
    }
    Level of = level(job);
    Level as = of != null ? of : role == null ? Level.LOWER : role;
    List<String> given = job.samples().header().get(as);
    SampleSchema schema = Objects.requireNonNull(Wiring.schemas(job, job.problem()).get(as));
    List<String> expected = given != null ? given : columns(schema);
    if (!plain(names).equals(plain(expected))) {
      throw new UserError(
          ExitCode.DATA,
          file
              + ":1: the job expects the columns "
              + String.join(",", expected)
              + " but the file has "
              + String.join(",", names)
              + "; samples.header in the job file names them");
    }
    return true;
  }

  private static List<String> columns(SampleSchema schema) {
    List<String> columns = new ArrayList<>();
    for (Field field : schema.fields()) {
      if (field.kind() == Field.Kind.SCALAR) {
        columns.add(field.name());
      } else {
        for (int k = 0; k < field.width(); k++) {
          columns.add(field.name() + k);
        }
      }
    }
    return columns;
  }

  private static List<String> plain(List<String> names) {
    return names.stream().map(name -> name.replace("[", "").replace("]", "")).toList();
  }

  private void requireTopic(JobConfig job, String topic) {
    Map<String, String> kafka = job.kafka().values();
    String bootstrap = Cluster.bootstrap(kafka);
    try (Admin admin = Cluster.connect(kafka)) {
      admin.describeTopics(List.of(topic)).allTopicNames().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        throw KafkaErrors.missingTopic(
            topic, bootstrap, "thalweg topics apply -c " + jobFile.file());
      }
      throw KafkaErrors.userError(e, bootstrap);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserError(ExitCode.FAILURE, "interrupted", e);
    }
  }

  private void require(boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }

  /** Takes the words of the records' {@code role} field. */
  static final class RoleConverter implements picocli.CommandLine.ITypeConverter<Level> {
    RoleConverter() {}

    @Override
    public Level convert(String word) {
      return switch (word.toLowerCase(Locale.ROOT)) {
        case "train" -> Level.LOWER;
        case "validation", "labels" -> Level.UPPER;
        default ->
            throw new picocli.CommandLine.TypeConversionException(
                "expected train, validation or labels, but was " + word);
      };
    }
  }

  /** Takes durations as the job file does. */
  static final class DurationConverter implements picocli.CommandLine.ITypeConverter<Duration> {
    DurationConverter() {}

    @Override
    public Duration convert(String text) {
      try {
        return Durations.parse(text);
      } catch (IllegalArgumentException e) {
        throw new picocli.CommandLine.TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }

  /** Takes the words of {@code samples.format} that a line can hold. */
  static final class FormatConverter implements picocli.CommandLine.ITypeConverter<SampleFormat> {
    FormatConverter() {}

    @Override
    public SampleFormat convert(String word) {
      SampleFormat named = SampleFormat.named(word.toLowerCase(Locale.ROOT));
      if (named == null || named == SampleFormat.BINARY) {
        throw new picocli.CommandLine.TypeConversionException(
            "expected json or csv, but was " + word);
      }
      return named;
    }
  }
}
