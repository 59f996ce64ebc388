package io.thalweg.app;

import io.thalweg.config.JobConfig;
import io.thalweg.config.Samples;
import io.thalweg.files.LineReader;
import io.thalweg.files.SampleFile;
import io.thalweg.pipeline.Assembly;
import io.thalweg.pipeline.Feed;
import io.thalweg.pipeline.Roles;
import io.thalweg.pipeline.Turns;
import io.thalweg.problem.Problem;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.solver.Methods;
import io.thalweg.wire.CsvHeader;
import io.thalweg.wire.SampleFormat;
import io.thalweg.wire.SampleOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Files in the place of a job's sample topics: one for each level, or one for both with the job's
 * split. What a line holds is told by the file's name ({@code .csv}, {@code .jsonl}, each also
 * {@code .gz}), else by the job. The first line of a CSV file may name the columns; it does when it
 * is what {@code samples.header} says, or when, without such a header, not all of it is numbers.
 */
final class SampleFiles {
  /** Files do not keep anybody waiting: a batch is partial only where they end. */
  private static final Duration NEVER = Duration.ofDays(36_500);

  private final List<SampleFile> files = new ArrayList<>();
  private final List<Feed> feeds = new ArrayList<>();
  private final Roles roles;
  private SampleOptions options;

  private SampleFiles(SampleOptions options, Roles roles) {
    this.options = options;
    this.roles = roles;
  }

  /**
   * One file for each level: what it is decides the role of its samples. That of a level which the
   * job does not read is not opened.
   */
  static SampleFiles ofLevels(JobConfig job, @Nullable Path train, @Nullable Path validation) {
    SampleFiles out =
        new SampleFiles(Wiring.options(job.samples()), new Roles(new Roles.Split.Topics()));
    if (train != null && job.reads().contains(Level.LOWER)) {
      out.add(job, job.topics().train(), train, Level.LOWER);
    }
    if (validation != null && job.reads().contains(Level.UPPER)) {
      out.add(job, job.topics().validation(), validation, Level.UPPER);
    }
    return out;
  }

  /** One file for both levels: the job's split, or each sample itself, decides. */
  static SampleFiles shared(JobConfig job, Path samples) {
    SampleFiles out = new SampleFiles(Wiring.options(job.samples()), Wiring.roles(job));
    String topic = job.samples().topic();
    Level only = job.reads().size() == 1 ? job.reads().iterator().next() : null;
    out.add(job, topic == null ? job.job() + ".samples" : topic, samples, only);
    return out;
  }

  /**
   * A file of records and one of their labels.
   *
   * @param turns in which order they are taken
   */
  static SampleFiles withLabels(JobConfig job, Path records, Path labels, Turns turns) {
    SampleFiles out = new SampleFiles(Wiring.options(job.samples()), Wiring.roles(job, turns));
    for (Feed feed : Wiring.feeds(job)) {
      Level level = Objects.requireNonNull(feed.level());
      out.add(job, feed.topic(), level == Level.LOWER ? records : labels, level);
    }
    return out;
  }

  private void add(JobConfig job, String topic, Path path, @Nullable Level level) {
    SampleFormat named = format(path);
    byte[] firstLine = Files.isRegularFile(path) ? SampleFile.firstLine(path) : null;
    if (firstLine == null && Files.isRegularFile(path)) {
      throw new UserError(
          ExitCode.DATA, path + ": the file is empty: expected one sample per line");
    }
    boolean csv =
        named == SampleFormat.CSV
            || (named == null && job.samples().format() == Samples.Format.CSV);
    if (named == null && job.samples().format() == Samples.Format.BINARY) {
      throw new UserError(
          ExitCode.CONFIGURATION,
          path + ": samples.format is binary, but a file holds one sample per line: json or csv");
    }
    if (csv && firstLine != null) {
      checkSeparator(path, new String(firstLine, StandardCharsets.UTF_8));
    }
    boolean titled = csv && titled(path, level, job.samples().header());
    files.add(new SampleFile(topic, path, named == null ? null : named.contentType(), titled));
    feeds.add(new Feed(topic, level));
  }

  /** A line of one cell that is several for another separator was written with that one. */
  private void checkSeparator(Path path, String line) {
    if (CsvHeader.names(line, options.separator()).size() > 1) {
      return;
    }
    for (char other : new char[] {',', ';', '\t', '|'}) {
      int cells = CsvHeader.names(line, other).size();
      if (cells > 1) {
        throw new UserError(
            ExitCode.DATA,
            path
                + ":1: the line is one cell, for cells are separated by "
                + called(options.separator())
                + ", but "
                + cells
                + " where they are by "
                + called(other)
                + "; samples.separator: "
                + (other == '\t' ? "tab" : "\"" + other + "\"")
                + " says so");
      }
    }
  }

  private static String called(char separator) {
    return separator == '\t' ? "a tab" : "\"" + separator + "\"";
  }

  /**
   * Refuses a file of records and one of labels of which the first lines are of no use as they are
   * given, but the other way around.
   */
  void checkRoles(JobConfig job, Problem problem) {
    byte[][] lines = new byte[2][];
    for (int f = 0; f < lines.length; f++) {
      SampleFile file = files.get(f);
      byte[] line = Files.isRegularFile(file.path()) ? firstSample(file) : null;
      if (line == null) {
        return;
      }
      lines[f] = line;
    }
    SampleDecoder given = Wiring.decoder(job, problem, options);
    SampleDecoder swapped = Wiring.decoder(job, problem, withHeadersSwapped());
    String asRecord = complaint(given, job, problem, 0, Level.LOWER, lines[0]);
    String asLabel = complaint(given, job, problem, 1, Level.UPPER, lines[1]);
    if (asRecord != null
        && asLabel != null
        && complaint(swapped, job, problem, 0, Level.UPPER, lines[0]) == null
        && complaint(swapped, job, problem, 1, Level.LOWER, lines[1]) == null) {
      throw new UserError(
          ExitCode.DATA,
          files.get(0).path()
              + " holds labels, not records ("
              + asRecord
              + "), and "
              + files.get(1).path()
              + " records, not labels ("
              + asLabel
              + "): --samples and --labels look swapped");
    }
  }

  private SampleOptions withHeadersSwapped() {
    SampleOptions out = options;
    for (Level level : Level.values()) {
      List<String> header = options.header().get(level.other());
      out = header == null ? out : out.withHeader(level, header);
    }
    return out;
  }

  private @Nullable String complaint(
      SampleDecoder decoder, JobConfig job, Problem problem, int file, Level as, byte[] line) {
    if (decoder.open(line, files.get(file).contentType()) <= 0) {
      return decoder.rejection();
    }
    Batch into = new Batch(Objects.requireNonNull(Wiring.inBatches(job, problem).get(as)), 1);
    return decoder.decode(0, as, into) ? null : decoder.rejection();
  }

  private static byte @Nullable [] firstSample(SampleFile file) {
    try (LineReader lines = new LineReader(file.path())) {
      if (file.titled()) {
        lines.next();
      }
      byte[] line = lines.next();
      while (line != null && line.length == 0) {
        line = lines.next();
      }
      return line;
    }
  }

  /** What a file holds, by its name; null when the name does not say. */
  static @Nullable SampleFormat format(Path path) {
    String name = path.toString().toLowerCase(Locale.ROOT);
    String bare = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    if (bare.endsWith(".csv")) {
      return SampleFormat.CSV;
    }
    return bare.endsWith(".jsonl") || bare.endsWith(".ndjson") || bare.endsWith(".json")
        ? SampleFormat.JSON
        : null;
  }

  /** Whether the first line names the columns; where the job does not say so, they are noted. */
  private boolean titled(Path path, @Nullable Level level, Map<Level, List<String>> given) {
    byte[] first = SampleFile.firstLine(path);
    if (first == null) {
      return false;
    }
    List<String> names =
        CsvHeader.names(new String(first, StandardCharsets.UTF_8), options.separator());
    List<String> expected = given.get(level == null ? Level.LOWER : level);
    if (expected != null) {
      return expected.equals(names);
    }
    if (!isTitles(names)) {
      return false;
    }
    for (Level each : Level.values()) {
      if (level == null || level == each) {
        options = options.withHeader(each, names);
      }
    }
    return true;
  }

  /** Whether the cells of a first line name columns: not all of them are numbers. */
  static boolean isTitles(List<String> cells) {
    return !cells.stream().allMatch(SampleFiles::isNumber);
  }

  private static boolean isNumber(String cell) {
    if (cell.isEmpty()) {
      return true; // an optional field left out
    }
    try {
      Double.parseDouble(cell);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** The files, each with the topic it stands in for. */
  List<SampleFile> files() {
    return files;
  }

  /** How their records become steps: as the job says, but without a clock. */
  Assembly assembly(JobConfig job, Problem problem) {
    SampleOptions decoding = options;
    return new Assembly(
        feeds,
        Wiring.inBatches(job, problem),
        job.batching().lower(),
        job.batching().upper(),
        NEVER,
        roles,
        () -> Wiring.decoder(job, problem, decoding),
        job.reads(),
        Methods.namesRemoved(job.solverSettings()));
  }
}
