package io.thalweg.app;

import io.thalweg.config.JobConfig;
import io.thalweg.export.NpyFile;
import io.thalweg.export.NpzFile;
import io.thalweg.export.OnnxModel;
import io.thalweg.kafka.SnapshotRegistry;
import io.thalweg.problem.LinearHead;
import io.thalweg.problem.Problem;
import io.thalweg.solver.Methods;
import io.thalweg.stream.Member;
import io.thalweg.stream.Snapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A snapshot as a file. */
final class SnapshotFile {
  /** What a file holds. */
  enum Format {
    json,
    npy,
    npz,
    onnx
  }

  private SnapshotFile() {}

  /**
   * The content of a file.
   *
   * @throws UserError when the problem has no model of that form
   */
  static byte[] content(Format format, SnapshotRegistry.Found found, JobConfig job) {
    Problem problem = job.problem();
    Snapshot s = found.snapshot();
    return switch (format) {
      case json -> found.value();
      case npy -> NpyFile.doubles(s.y(), s.y().length);
      case npz -> NpzFile.of(arrays(s));
      case onnx ->
          OnnxModel.of(
              head(s, problem, Methods.upperDim(job.solverSettings(), problem)),
              s.range().low(),
              s.range().high(),
              s.version(),
              metadata(s, found.sha(), problem.id()));
    };
  }

  private static Map<String, byte[]> arrays(Snapshot s) {
    Map<String, byte[]> arrays = new LinkedHashMap<>();
    arrays.put("x", NpyFile.doubles(s.x(), s.x().length));
    arrays.put("y", NpyFile.doubles(s.y(), s.y().length));
    arrays.put("version", NpyFile.longs(new long[] {s.version()}));
    arrays.put("step", NpyFile.longs(new long[] {s.step()}));
    if (!s.upper().isEmpty()) {
      arrays.put("upper_names", NpyFile.texts(s.upper().keySet().toArray(new String[0])));
      arrays.put(
          "upper",
          NpyFile.doubles(
              s.upper().values().stream().mapToDouble(Double::doubleValue).toArray(),
              s.upper().size()));
    }
    if (!s.range().isEmpty()) {
      arrays.put("range_low", NpyFile.doubles(s.range().low(), s.range().low().length));
      arrays.put("range_high", NpyFile.doubles(s.range().high(), s.range().high().length));
    }
    List<Member> members = s.members();
    if (!members.isEmpty()) {
      arrays.put(
          "member_names", NpyFile.texts(members.stream().map(Member::name).toArray(String[]::new)));
      arrays.put(
          "member_weights",
          NpyFile.doubles(members.stream().mapToDouble(Member::weight).toArray(), members.size()));
      int q = s.y().length;
      if (members.stream().allMatch(m -> m.y().length == q)) {
        double[] all = new double[Math.multiplyExact(members.size(), q)];
        for (int i = 0; i < members.size(); i++) {
          System.arraycopy(members.get(i).y(), 0, all, i * q, q);
        }
        arrays.put("member_y", NpyFile.doubles(all, members.size(), q));
      }
    }
    return arrays;
  }

  private static LinearHead head(Snapshot s, Problem problem, int upperDim) {
    if (s.x().length != upperDim || s.y().length != problem.lowerDim()) {
      throw new UserError(
          ExitCode.CONFIGURATION,
          "version "
              + s.version()
              + " has x and y of lengths "
              + s.x().length
              + " and "
              + s.y().length
              + ", but the job file's "
              + problem.id()
              + " has "
              + upperDim
              + " and "
              + problem.lowerDim()
              + ": take the job file that made it");
    }
    LinearHead head = problem.linearHead(s.x(), s.y());
    if (head == null) {
      throw new UserError(
          ExitCode.CONFIGURATION,
          "--format onnx: "
              + problem.id()
              + " has no linear score of features to export; logistic-regression,"
              + " softmax-regression, ridge-regression, data-cleaning, group-dro and minimax-auc"
              + " have. --format npz holds x and y of every problem");
    }
    for (double weight : head.weights()) {
      if (Math.abs(weight) > Float.MAX_VALUE) {
        throw new UserError(
            ExitCode.DATA,
            "--format onnx: a weight of " + weight + " is beyond float32; take --format npz");
      }
    }
    return head;
  }

  private static Map<String, String> metadata(Snapshot s, String sha, String problem) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("job", s.job());
    metadata.put("problem", problem);
    metadata.put("method", s.method());
    metadata.put("version", Long.toString(s.version()));
    metadata.put("epoch", Long.toString(s.epoch()));
    metadata.put("step", Long.toString(s.step()));
    metadata.put("time", Instant.ofEpochMilli(s.timeMillis()).toString());
    metadata.put("config", s.config());
    metadata.put("sha256", sha);
    return metadata;
  }

  /** Replaces the file as a whole: a server that watches it never reads half of it. */
  static void write(Path file, byte[] content) {
    Path target = file.toAbsolutePath();
    Path whole = target.resolveSibling(target.getFileName() + ".tmp");
    try {
      durable(whole, content);
      Files.move(
          whole, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UserError(ExitCode.FAILURE, "cannot write " + file + ": " + e, e);
    } finally {
      forget(whole);
    }
  }

  /** On the disk before it has its name: else a crash could leave the name with nothing in it. */
  private static void durable(Path file, byte[] content) throws IOException {
    try (FileChannel out =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer left = ByteBuffer.wrap(content);
      while (left.hasRemaining()) {
        out.write(left);
      }
      out.force(true);
    }
  }

  /** What is left where it could not be moved. */
  private static void forget(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // the failure before it says more
    }
  }
}
