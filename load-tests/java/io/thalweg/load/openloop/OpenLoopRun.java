package io.thalweg.load.openloop;

import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import io.thalweg.data.BankMarketing;
import io.thalweg.load.Installation;
import io.thalweg.load.Say;
import io.thalweg.load.workload.Phase;
import io.thalweg.load.workload.SampleValues;
import io.thalweg.load.workload.Setting;
import io.thalweg.load.workload.Workload;
import io.thalweg.sample.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;

/** One run: brokers, topics, solver, generator and reader, until the last sample is covered. */
final class OpenLoopRun {
  /** Distinct records; they are sent again and again. */
  private static final int DISTINCT = 4096;

  private static final long LEADS_WITHIN_SECONDS = 60;

  /** Nothing moved for so long: what is open waits for partners. */
  private static final long PARTNERS_AFTER_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Workload workload;
  private final Setting setting;
  private final List<Phase> phases;
  private final int nodes;
  private final List<String> solverFlags;
  private final MicroClock clock = new MicroClock();
  private final SentLog sent = new SentLog();

  OpenLoopRun(
      Workload workload, Setting setting, List<Phase> phases, int nodes, List<String> solverFlags) {
    this.workload = workload;
    this.setting = setting;
    this.phases = phases;
    this.nodes = nodes;
    this.solverFlags = solverFlags;
  }

  Recording go() throws Exception {
    return RunFolder.with("thalweg-load-", this::go);
  }

  private Recording go(Path dir) throws Exception {
    Installation installation = Installation.find();
    BankMarketing bank = BankMarketing.load();
    try (Brokers brokers = Brokers.start(nodes, dir)) {
      String text = JobText.of(workload, setting, bank.features(), brokers);
      JobConfig job = new JobReader(Map.of(), List.of()).read(text, "job.yaml");
      Path file = Files.writeString(dir.resolve("job.yaml"), text);
      byte[][] values =
          new SampleValues(
                  bank,
                  job.problem().schema(Level.LOWER),
                  workload.problem() == Workload.Problem.SPARSE,
                  workload.format())
              .make(Math.max(2, DISTINCT / workload.perRecord()), workload.perRecord());
      applyTopics(installation, dir, file);
      String train = job.topics().train();
      String validation = job.topics().validation();
      SolverProcess solver =
          new SolverProcess(installation, file, dir, solverFlags, train + "," + validation);
      try (solver;
          Follower follower =
              new Follower(
                  clock, brokers.bootstrap(), workload.perRecord(), job.topics(), JobText.JOB)) {
        if (workload.beginsWithSolver()) {
          solver.start();
          solver.awaitLead(LEADS_WITHIN_SECONDS);
        }
        Generator generator =
            new Generator(
                clock, sent, values, workload.perRecord(), brokers.bootstrap(), train, validation);
        List<PhaseRun> runs;
        try (generator) {
          runs = run(generator, solver, follower, brokers);
          generator.flush();
          awaitCovered(generator, follower, solver, workload.drain());
        }
        int died = solver.died();
        if (died > 0 || !follower.hasSnapshot()) {
          Say.line("the solver says:%n%s", solver.tail());
        }
        solver.stop();
        follower.stop();
        follower.covered(); // fails when reading did
        return new Recording(
            runs, sent, ConsumedFile.read(solver.consumed()), follower.seen(), died);
      }
    }
  }

  static void applyTopics(Installation installation, Path dir, Path job)
      throws IOException, InterruptedException {
    Path log = dir.resolve("topics.log");
    Process apply =
        installation.start(List.of(), log, List.of("topics", "apply", "-c", job.toString()));
    if (!apply.waitFor(90, TimeUnit.SECONDS) || apply.exitValue() != 0) {
      throw new IllegalStateException("topics apply failed:\n" + Files.readString(log));
    }
  }

  /** The schedule goes on from phase to phase whether the one before was on time or not. */
  private List<PhaseRun> run(
      Generator generator, SolverProcess solver, Follower follower, Brokers brokers)
      throws Exception {
    List<PhaseRun> runs = new ArrayList<>();
    long start = System.nanoTime();
    for (Phase phase : phases) {
      Say.line("  %s: %,.0f samples/s, %.0f s", phase.name(), phase.rate(), phase.seconds());
      Usage before = Usage.now(solver, brokers);
      Thread event = event(phase.solver(), solver);
      long end = start + (long) (1e9 * phase.seconds());
      if (phase.samples() > 0) {
        generator.asFastAsPossible(phase);
        end = System.nanoTime();
      } else if (phase.rate() > 0) {
        generator.onSchedule(phase, start);
      }
      if (phase.untilCovered()) {
        awaitCovered(generator, follower, solver, (end - System.nanoTime()) / 1e9);
        end = Math.min(end, System.nanoTime());
      }
      pauseUntil(end);
      event.join();
      runs.add(
          new PhaseRun(phase, clock.at(start), clock.at(end), before, Usage.now(solver, brokers)));
      start = end;
    }
    return runs;
  }

  /** Aside, so that a start or a kill holds up no schedule. */
  private static Thread event(Phase.SolverEvent event, SolverProcess solver) {
    Thread thread =
        new Thread(
            () -> {
              try {
                switch (event) {
                  case NONE -> {}
                  case START -> solver.start();
                  case KILL -> solver.killAndStart();
                }
              } catch (IOException | InterruptedException e) {
                Say.line("the solver cannot be started: %s", e);
              }
            },
            "load-event");
    thread.start();
    return thread;
  }

  private static void pauseUntil(long nanoTime) throws InterruptedException {
    long left = nanoTime - System.nanoTime();
    if (left > 0) {
      TimeUnit.NANOSECONDS.sleep(left);
    }
  }

  /**
   * Until all that was acknowledged is covered, the solver is gone or the time is over. Steps take
   * samples of both levels: the last few of one can wait for partners that never come, so some are
   * sent, and do not count.
   */
  private void awaitCovered(
      Generator generator, Follower follower, SolverProcess solver, double seconds)
      throws InterruptedException {
    long until = System.nanoTime() + (long) (1e9 * seconds);
    long patient = System.nanoTime() + PARTNERS_AFTER_NANOS;
    long openBefore = Long.MAX_VALUE;
    while (System.nanoTime() < until && solver.died() == 0) {
      Map<TopicPartition, Long> covered = follower.covered();
      long train = sent.open(generator.train(), covered);
      long validation = sent.open(generator.validation(), covered);
      if (train + validation == 0) {
        return;
      }
      if (train + validation != openBefore) {
        openBefore = train + validation;
        patient = System.nanoTime() + PARTNERS_AFTER_NANOS;
      } else if (System.nanoTime() > patient && (train == 0 || validation == 0)) {
        generator.sendPartners(
            train == 0 ? generator.train() : generator.validation(), train + validation);
        patient = System.nanoTime() + PARTNERS_AFTER_NANOS;
      }
      Thread.sleep(5);
    }
  }
}
