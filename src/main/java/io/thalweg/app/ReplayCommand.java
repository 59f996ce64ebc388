package io.thalweg.app;

import io.thalweg.config.JobConfig;
import io.thalweg.kafka.KafkaLaneReader;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.kafka.SnapshotReader;
import io.thalweg.pipeline.Feed;
import io.thalweg.pipeline.Replay;
import io.thalweg.pipeline.ReplayException;
import io.thalweg.problem.Problem;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.SnapshotCodec;
import io.thalweg.wire.SnapshotFormatException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code thalweg replay}: recomputes snapshots from the log. */
@Command(
    name = "replay",
    description = {
      "Recomputes the committed snapshots of a job from its topics by their ledgers and compares"
          + " every bit of x and y.",
      "Needs the samples back to the first snapshot, and that snapshot itself.",
      ""
    },
    footer = {
      "",
      "Ends with 0 when all are equal, 65 when one differs or something is missing.",
      "Examples:",
      "  thalweg replay -c job.yaml --verify",
      "  thalweg replay -c job.yaml --verify --to 482"
    })
final class ReplayCommand implements Callable<Integer> {
  @Mixin private JobFile jobFile = new JobFile();

  @Option(
      names = "--to",
      paramLabel = "VERSION",
      description = "Ends with this version; without it, with the newest committed one.")
  private long to = Long.MAX_VALUE;

  @Option(
      names = "--verify",
      description = "Prints only the verdict; without it, a line per version as well.")
  private boolean verify;

  @Spec private CommandSpec spec;

  ReplayCommand() {}

  @Override
  public Integer call() {
    JobConfig job = jobFile.read();
    Cluster.connect(job.kafka().values()).close();
    KafkaSettings kafka = new KafkaSettings(job.kafka().values());
    List<String> topics = Wiring.feeds(job).stream().map(Feed::topic).toList();
    try (SnapshotReader snapshots = new SnapshotReader(kafka, job.topics().snapshots(), job.job());
        KafkaLaneReader log = KafkaLaneReader.connect(kafka, topics)) {
      snapshots.fromBeginning();
      Problem problem = job.problem();
      Replay replay = new Replay(Wiring.assembly(job, problem), job.solver(problem), log);
      return replay(job, snapshots.readToEnd(), replay);
    } catch (ReplayException | SnapshotFormatException e) {
      throw new UserError(ExitCode.DATA, String.valueOf(e.getMessage()), e);
    }
  }

  private int replay(JobConfig job, List<SnapshotReader.Entry> entries, Replay replay) {
    PrintWriter out = spec.commandLine().getOut();
    SnapshotCodec codec = new SnapshotCodec(SnapshotCodec.Vectors.COMPACT);
    String previous = "";
    long version = 0;
    for (SnapshotReader.Entry entry : entries) {
      SnapshotCodec.Decoded decoded = codec.decode(entry.value(), entry.headers());
      Snapshot snapshot = decoded.snapshot();
      String where = job.topics().snapshots() + "-0@" + entry.offset();
      if (version == to) {
        break;
      }
      check(job, snapshot, version + 1, where);
      if (!decoded.previous().equals(previous)) {
        throw data(
            where
                + ": version "
                + snapshot.version()
                + " follows a snapshot with SHA-256 "
                + decoded.previous()
                + ", but the one before it has "
                + previous);
      }
      String difference = replay.recompute(snapshot);
      if (difference != null) {
        throw data(where + ": version " + snapshot.version() + " differs: " + difference);
      }
      previous = decoded.sha();
      version = snapshot.version();
      if (!verify) {
        out.println("version " + version + ", step " + snapshot.step() + ": equal");
      }
    }
    if (version == 0) {
      throw data(job.topics().snapshots() + " holds no snapshot of job " + job.job());
    }
    out.println(
        "versions 1 to "
            + version
            + " recomputed in "
            + replay.attempts()
            + " steps: equal bit for bit, chain unbroken");
    out.flush();
    return ExitCode.OK;
  }

  private static void check(JobConfig job, Snapshot snapshot, long expected, String where) {
    if (snapshot.version() != expected) {
      throw data(
          where
              + ": expected version "
              + expected
              + ", found "
              + snapshot.version()
              + (expected == 1
                  ? "; earlier ones were removed by compaction, so there is nothing to begin with"
                  : ""));
    }
    if (!snapshot.config().equals(job.fingerprint())) {
      throw new UserError(
          ExitCode.CONFIGURATION,
          where
              + ": version "
              + snapshot.version()
              + " was made by configuration "
              + snapshot.config()
              + ", but this job file is "
              + job.fingerprint());
    }
  }

  private static UserError data(String message) {
    return new UserError(ExitCode.DATA, message);
  }
}
