package io.thalweg.load.openloop;

import io.thalweg.load.report.Facts;
import io.thalweg.load.report.HistogramFile;
import io.thalweg.load.report.Json;
import io.thalweg.load.report.Latency;
import io.thalweg.load.report.OpenLoopResult;
import io.thalweg.load.report.OpenLoopResult.PhaseLine;
import io.thalweg.load.report.Target;
import io.thalweg.load.workload.Figure;
import io.thalweg.load.workload.Phase;
import io.thalweg.load.workload.Setting;
import io.thalweg.load.workload.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * Runs a workload in one of its settings and writes what came of it.
 *
 * @param name of the workload's file
 * @param workload what is sent when
 * @param brokers how many nodes, 1 or 3
 * @param scale factor of the durations
 * @param rates factor of the rates
 * @param solverFlags flags of the solver's JVM
 */
public record OpenLoop(
    String name,
    Workload workload,
    int brokers,
    double scale,
    double rates,
    List<String> solverFlags) {
  /**
   * Measures.
   *
   * @param setting how the job is run
   * @param out folder of the results
   * @return what was written there
   * @throws Exception when a process cannot be started or the broker fails
   */
  public OpenLoopResult run(Setting setting, Path out) throws Exception {
    Facts facts = Facts.now(solverFlags);
    List<Phase> phases = workload.phases(scale, rates);
    Recording recording = new OpenLoopRun(workload, setting, phases, brokers, solverFlags).go();
    Times times = new Times(recording);
    Distributions distributions = new Distributions(recording, times);
    Map<Figure, Double> figures = new Figures(workload, recording, times, distributions).all();
    List<Target> targets = Verdict.targets(setting, brokers, figures);
    Bins bins = new Bins(recording, times, workload.perRecord());
    String file = OpenLoopResult.name(name, setting.name(), brokers);
    Map<String, Double> named = new LinkedHashMap<>();
    figures.forEach((figure, value) -> named.put(figure.key(), value));
    OpenLoopResult result =
        new OpenLoopResult(
            name,
            workload.title(),
            workload.about(),
            setting.name(),
            setting.title(),
            brokers,
            scale,
            rates,
            facts,
            wire(),
            recording.sent().acknowledged() * workload.perRecord(),
            named,
            targets,
            latencies(out, file, recording, distributions),
            lines(recording, distributions, bins, workload.perRecord()),
            bins.line(),
            LimitWords.of(recording, distributions, figures.getOrDefault(Figure.SUSTAINED, 0.0)),
            Verdict.line(file, targets));
    Json.write(out.resolve(file + ".json"), result);
    return result;
  }

  private String wire() {
    return String.format(
        Locale.ROOT,
        "%s, %s, %d per record, %s, batches of %d, %d partition%s per topic",
        workload.problem() == Workload.Problem.DENSE ? "51 features" : "100 of 262,144 features",
        workload.format().name().toLowerCase(Locale.ROOT),
        workload.perRecord(),
        workload.method(),
        workload.batch(),
        workload.partitions(),
        workload.partitions() == 1 ? "" : "s");
  }

  private static List<Latency> latencies(
      Path out, String file, Recording recording, Distributions distributions) throws IOException {
    Map<String, Histogram> all = new LinkedHashMap<>();
    all.put("ack", distributions.ack());
    all.put("consumed", distributions.consumed());
    all.put("covered", distributions.covered());
    all.put("swapped", distributions.swapped());
    List<Latency> latencies = new ArrayList<>();
    List<PhaseRun> phases = recording.phases();
    for (Map.Entry<String, Histogram> entry : all.entrySet()) {
      if (entry.getValue().getTotalCount() > 0) {
        String log = file + "-" + entry.getKey() + ".hlog";
        HistogramFile.write(
            out.resolve(log),
            entry.getValue(),
            phases.get(0).start() / 1000,
            phases.get(phases.size() - 1).end() / 1000);
        latencies.add(Latency.of(entry.getKey(), entry.getValue(), log));
      }
    }
    return latencies;
  }

  private static List<PhaseLine> lines(
      Recording recording, Distributions distributions, Bins bins, double perRecord) {
    List<PhaseLine> lines = new ArrayList<>();
    List<PhaseRun> phases = recording.phases();
    for (int i = 0; i < phases.size(); i++) {
      PhaseRun run = phases.get(i);
      Histogram covered = distributions.coveredIn(i);
      lines.add(
          new PhaseLine(
              run.phase().name(),
              run.seconds(),
              run.phase().rate(),
              distributions.dueIn(i) * perRecord / run.seconds(),
              run.phase().counts(),
              Distributions.at(covered, 50),
              Distributions.at(covered, 99),
              bins.lagAt(run.end()),
              run.solverCores(),
              run.brokerCores(),
              run.generatorCores()));
    }
    return lines;
  }
}
