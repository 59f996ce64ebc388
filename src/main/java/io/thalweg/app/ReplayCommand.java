package io.thalweg.app;

import io.thalweg.config.JobConfig;
import io.thalweg.config.OnTrouble;
import io.thalweg.kafka.KafkaLaneReader;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.kafka.SnapshotLog;
import io.thalweg.kafka.SnapshotRegistry;
import io.thalweg.pipeline.Assembly;
import io.thalweg.pipeline.Feed;
import io.thalweg.pipeline.Replay;
import io.thalweg.pipeline.ReplayException;
import io.thalweg.problem.Problem;
import io.thalweg.solver.Solver;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.SnapshotFormatException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code thalweg replay}: are the published snapshots what the log gives? */
@Command(
    name = "replay",
    description = {
      "Recomputes the snapshots of a job from its sample topics: the ledger of each says which"
          + " samples fed which step, and which commands lay between. Compares step, x, y, members and metrics bit for bit, and the chain of their"
          + " SHA-256.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 all equal; 1 the first difference is printed; 65 samples or snapshots are gone,"
          + " or samples were left out (unless the job says on-data-loss: continue).",
      "",
      "Examples:",
      "  thalweg replay -c job.yaml --verify",
      "  thalweg replay -c job.yaml --verify --to 482"
    })
final class ReplayCommand implements Callable<Integer> {
  @Mixin private JobFile jobFile = new JobFile();

  @Option(
      names = "--to",
      paramLabel = "VERSION",
      description = "The last version to recompute; default the newest.")
  private @Nullable Long to;

  @Option(
      names = "--verify",
      description = "Prints only the verdict; without it, a line per version as well.")
  private boolean verify;

  @Spec private CommandSpec spec;

  ReplayCommand() {}

  @Override
  public Integer call() {
    StopSignal.install();
    JobConfig job = jobFile.read();
    Cluster.connect(job.kafka().values()).close();
    KafkaSettings kafka = new KafkaSettings(job.kafka().values());
    String topic = job.topics().snapshots();
    try (SnapshotLog reader = new SnapshotLog(kafka, topic, job.job())) {
      long end = reader.end();
      SnapshotChain chain = chain(reader, end);
      check(job, topic, chain);
      String breach = chain.breach();
      if (breach != null) {
        return differs(breach);
      }
      reader.fromBeginning();
      List<Feed> feeds = Wiring.feeds(job);
      try (KafkaLaneReader log =
          KafkaLaneReader.connect(kafka, feeds.stream().map(Feed::topic).toList())) {
        Problem problem = job.problem();
        Assembly assembly = Wiring.assembly(job, problem, feeds);
        Solver solver = job.solver(problem);
        return recompute(
            new Replay(
                assembly,
                solver,
                log,
                Wiring.upper(job, problem, solver),
                new RecordedCommands(new SnapshotRegistry(kafka, topic, job.job()))),
            reader,
            end,
            chain,
            job.onDataLoss() == OnTrouble.CONTINUE);
      }
    } catch (ReplayException | SnapshotFormatException e) {
      throw new UserError(ExitCode.DATA, String.valueOf(e.getMessage()), e);
    }
  }

  /** First pass: the links alone, so that memory does not grow with the snapshots. */
  private static SnapshotChain chain(SnapshotLog reader, long end) {
    SnapshotChain chain = new SnapshotChain();
    reader.fromBeginning();
    List<SnapshotLog.Entry> entries = reader.next(end);
    while (!entries.isEmpty() && !StopSignal.asked()) {
      for (SnapshotLog.Entry entry : entries) {
        chain.add(entry.offset(), reader.link(entry));
      }
      entries = reader.next(end);
    }
    return chain;
  }

  private void check(JobConfig job, String topic, SnapshotChain chain) {
    if (chain.links().isEmpty()) {
      throw new UserError(
          ExitCode.DATA,
          "expected snapshots of job " + job.job() + " in " + topic + ", found none");
    }
    if (to != null && (to < 1 || to > chain.last().version())) {
      throw new UserError(
          ExitCode.DATA, "--to " + to + ": expected a version from 1 to " + chain.last().version());
    }
    String gap = chain.gap();
    if (gap != null) {
      throw new UserError(ExitCode.DATA, topic + ": " + gap);
    }
    for (SnapshotChain.Link link : chain.links()) {
      if (isWanted(link) && !link.config().equals(job.fingerprint())) {
        throw new UserError(
            ExitCode.CONFIGURATION,
            "version "
                + link.version()
                + " was made by configuration "
                + link.config()
                + ", but the job file is "
                + job.fingerprint()
                + ": problem, solver, starting points, seed and batch sizes must be as they were");
      }
    }
  }

  private boolean isWanted(SnapshotChain.Link link) {
    return to == null || link.version() <= to;
  }

  /** Second pass: each snapshot that counts against the log. */
  private int recompute(
      Replay replay, SnapshotLog reader, long end, SnapshotChain chain, boolean lossy) {
    PrintWriter out = spec.commandLine().getOut();
    long version = 0;
    List<SnapshotLog.Entry> entries = List.of();
    int at = 0;
    for (SnapshotChain.Link link : chain.links()) {
      if (!isWanted(link)) {
        break;
      }
      Snapshot snapshot = null;
      while (snapshot == null) {
        if (at == entries.size()) {
          entries = reader.next(end);
          at = 0;
          if (entries.isEmpty()) {
            throw new ReplayException("version " + link.version() + " vanished while it was read");
          }
        }
        SnapshotLog.Entry entry = entries.get(at++);
        if (entry.offset() == link.offset()) {
          snapshot = reader.decode(entry).snapshot();
        }
      }
      if (StopSignal.asked()) {
        throw new UserError(ExitCode.FAILURE, "stopped after version " + version);
      }
      String difference = replay.recompute(snapshot);
      if (difference != null) {
        return differs(
            "version " + link.version() + ", step " + snapshot.step() + ", " + difference);
      }
      version = link.version();
      if (!verify) {
        out.println("version " + version + ", step " + snapshot.step() + ": equal");
      }
    }
    return verdict(out, version, replay.attempts(), replay.jumps(), lossy);
  }

  /** Equal steps are not enough: what lies between two ledgers must have been used as well. */
  static int verdict(
      PrintWriter out, long version, long steps, List<Replay.Jump> jumps, boolean lossy) {
    long left = 0;
    for (Replay.Jump jump : jumps) {
      out.println(jump);
      left += jump.samples();
    }
    out.println(
        "versions 1 to "
            + version
            + ": "
            + steps
            + " steps recomputed: equal bit for bit, chain unbroken"
            + (left == 0 ? "" : ", but " + left + " samples were left out")
            + (left > 0 && lossy ? " (on-data-loss: continue)" : ""));
    out.flush();
    return left == 0 || lossy ? ExitCode.OK : ExitCode.DATA;
  }

  private int differs(String what) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(what);
    out.flush();
    return ExitCode.FAILURE;
  }
}
