package io.thalweg.experiment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finished runs and costly numbers on disk, each file with the fingerprint of what it follows from.
 * A file is written whole or not at all; one with another fingerprint, or damaged, counts as not
 * there.
 */
public final class RunFolder implements Shelf {
  private static final String HEAD = "# thalweg experiment run 1";
  private static final String FINGERPRINT = "# fingerprint ";
  private static final String OUTCOME = "# outcome ";
  private static final int COUNTS = 5;

  private final Path runs;
  private final Path cache;
  private final String version;
  private final @Nullable Path data;

  /**
   * A folder that need not be there.
   *
   * @param out the experiment's folder
   * @param version of the program; runs of another version are not taken up
   */
  public RunFolder(Path out, String version) {
    this(out, version, null);
  }

  /**
   * A folder that need not be there, with data.
   *
   * @param out the experiment's folder
   * @param version of the program; runs of another version are not taken up
   * @param data folder of data that are not part of the program, null for none
   */
  public RunFolder(Path out, String version, @Nullable Path data) {
    this.data = data;
    this.runs = out.resolve("runs");
    this.cache = out.resolve("cache");
    this.version = version;
  }

  /**
   * What a run follows from.
   *
   * @param experiment which
   * @param trials its data
   * @param arm its arm
   * @param seed its seed
   * @param horizon how far, and where it is looked at
   * @return SHA-256 in hexadecimal digits
   */
  String fingerprint(Experiment experiment, Trials trials, Arm arm, long seed, Horizon horizon) {
    Horizon length = horizon.withSeeds(1);
    return sha256(
        String.join(
            "\n",
            version,
            experiment.name(),
            trials.identity(arm),
            arm.name(),
            SettingsText.of(arm.solver()),
            SettingsText.of(arm.variant()),
            Long.toString(seed),
            length.toString(),
            experiment.measures().toString()));
  }

  /** Deletes all runs and numbers. */
  public void clear() {
    for (Path folder : List.of(runs, cache)) {
      if (Files.isDirectory(folder)) {
        try (var files = Files.newDirectoryStream(folder, "*.csv")) {
          for (Path file : files) {
            Files.delete(file);
          }
        } catch (IOException e) {
          throw new UncheckedIOException("cannot clear " + folder, e);
        }
      }
    }
  }

  private Path file(String arm, long seed) {
    return runs.resolve(arm + "-seed-" + seed + ".csv");
  }

  /** A run of an earlier start, when it followed from the same. */
  Optional<Run> load(String fingerprint, String arm, long seed) {
    Path file = file(arm, seed);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
      if (lines.size() < COUNTS
          || !lines.get(0).equals(HEAD)
          || !lines.get(1).equals(FINGERPRINT + fingerprint)) {
        return Optional.empty();
      }
      String[] outcome = lines.get(2).substring(OUTCOME.length()).split(": ", 2);
      List<Point> points = new ArrayList<>();
      for (String line : lines.subList(4, lines.size())) {
        points.add(point(line.split(",", -1)));
      }
      return Optional.of(
          new Run(
              arm,
              seed,
              points,
              Run.Outcome.valueOf(outcome[0]),
              outcome.length > 1 ? outcome[1] : ""));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    } catch (IllegalArgumentException | IndexOutOfBoundsException damaged) {
      return Optional.empty();
    }
  }

  private static Point point(String[] cells) {
    double[] values = new double[cells.length - COUNTS];
    for (int i = 0; i < values.length; i++) {
      values[i] = Double.parseDouble(cells[COUNTS + i]);
    }
    return new Point(
        Integer.parseInt(cells[0]),
        Long.parseLong(cells[1]),
        Long.parseLong(cells[2]),
        Long.parseLong(cells[3]),
        Double.parseDouble(cells[4]),
        values);
  }

  /** Keeps a run. */
  void save(String fingerprint, Run run, List<Measure> measures) {
    StringBuilder text = new StringBuilder();
    text.append(HEAD).append('\n').append(FINGERPRINT).append(fingerprint).append('\n');
    text.append(OUTCOME).append(run.outcome().name());
    if (run.failed()) {
      text.append(": ").append(run.reason().replaceAll("\\s+", " "));
    }
    text.append('\n').append("mark,step,samples,oracle-calls,seconds");
    measures.forEach(measure -> text.append(',').append(measure.name()));
    text.append('\n');
    for (Point point : run.points()) {
      text.append(point.mark())
          .append(',')
          .append(point.step())
          .append(',')
          .append(point.samples())
          .append(',')
          .append(point.evaluations())
          .append(',')
          .append(point.seconds());
      for (double value : point.values()) {
        text.append(',').append(value);
      }
      text.append('\n');
    }
    write(file(run.arm(), run.seed()), text.toString());
  }

  @Override
  public Optional<Path> data() {
    return Optional.ofNullable(data);
  }

  @Override
  public double[] numbers(String name, String key, Supplier<double[]> compute) {
    Path file = cache.resolve(name + ".csv");
    String fingerprint = FINGERPRINT + sha256(version + "\n" + key);
    try {
      if (Files.isRegularFile(file)) {
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        if (!lines.isEmpty() && lines.get(0).equals(fingerprint)) {
          return lines.stream().skip(1).mapToDouble(Double::parseDouble).toArray();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    } catch (NumberFormatException damaged) {
      // computed anew
    }
    double[] out = compute.get();
    write(
        file,
        java.util.Arrays.stream(out)
            .mapToObj(Double::toString)
            .collect(Collectors.joining("\n", fingerprint + "\n", "\n")));
    return out;
  }

  private static void write(Path file, String text) {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      Path folder = file.getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.writeString(part, text);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
