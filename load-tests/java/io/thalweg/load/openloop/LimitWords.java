package io.thalweg.load.openloop;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Says what limits a run: which leg of the way takes longest, and which process the CPU. */
final class LimitWords {
  private LimitWords() {}

  /**
   * By the phase that keeps most cores busy; of a ramp by the step after the sustained one.
   *
   * @param sustained rate of the step that was, 0 where nothing climbs
   */
  static String of(Recording recording, Distributions distributions, double sustained) {
    List<PhaseRun> counted =
        recording.phases().stream().filter(run -> run.phase().counts()).toList();
    // where nothing is measured the solver works off what waits
    List<PhaseRun> runs =
        counted.isEmpty()
            ? recording.phases().stream().filter(run -> run.phase().untilCovered()).toList()
            : counted;
    if (runs.isEmpty()) {
      return "nothing was measured";
    }
    PhaseRun busiest =
        runs.stream()
            .filter(run -> sustained > 0 && run.phase().rate() > sustained)
            .findFirst()
            .orElseGet(() -> Collections.max(runs, Comparator.comparingDouble(LimitWords::cores)));
    String cpu =
        String.format(
            Locale.ROOT,
            "%.1f of %d cores busy in \"%s\" (solver %.2f, brokers %.2f, generator and reader %.2f)",
            cores(busiest),
            Runtime.getRuntime().availableProcessors(),
            busiest.phase().name(),
            busiest.solverCores(),
            busiest.brokerCores(),
            busiest.generatorCores());
    Histogram covered = distributions.covered();
    return covered.getTotalCount() == 0 ? cpu : leg(distributions) + "; " + cpu;
  }

  private static double cores(PhaseRun run) {
    return run.solverCores() + run.brokerCores() + run.generatorCores();
  }

  private static String leg(Distributions distributions) {
    double ack = distributions.ack().getMean();
    double consumed = Math.max(0, distributions.consumed().getMean() - ack);
    double covered =
        Math.max(0, distributions.covered().getMean() - distributions.consumed().getMean());
    double whole = Math.max(1, ack + consumed + covered);
    String name =
        ack >= Math.max(consumed, covered)
            ? "producer and broker"
            : consumed >= covered ? "broker to solver" : "batch, commit and reader";
    return String.format(
        Locale.ROOT,
        "%s, %.0f %% of the mean",
        name,
        100 * Math.max(ack, Math.max(consumed, covered)) / whole);
  }
}
