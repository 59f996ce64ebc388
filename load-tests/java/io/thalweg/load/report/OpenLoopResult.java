package io.thalweg.load.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.Map;

/**
 * A run of the open-loop generator.
 *
 * @param workload name of its file
 * @param title of the workload
 * @param about what it shows
 * @param setting name of the way the job was run
 * @param settingTitle the same for people
 * @param brokers how many nodes
 * @param scale factor of the durations, 1 for figures that count
 * @param rates factor of the rates
 * @param facts where and with what
 * @param wire what was sent, in words
 * @param samples acknowledged
 * @param figures by the names workloads use
 * @param targets what was asked
 * @param latencies four distributions
 * @param phases figures of each
 * @param series the run over time
 * @param limit what limits it
 * @param verdict one line
 */
public record OpenLoopResult(
    String workload,
    String title,
    String about,
    String setting,
    String settingTitle,
    int brokers,
    double scale,
    double rates,
    Facts facts,
    String wire,
    long samples,
    Map<String, Double> figures,
    List<Target> targets,
    List<Latency> latencies,
    List<PhaseLine> phases,
    TimeLine series,
    String limit,
    String verdict) {
  /**
   * Figures of a phase.
   *
   * @param name of the phase
   * @param seconds it took
   * @param asked samples per second on the schedule, 0 for none
   * @param rate samples per second that were due
   * @param measured whether its latencies count
   * @param coveredP50 half of its samples were in a snapshot within so many milliseconds
   * @param coveredP99 99 of 100
   * @param lag samples due and not covered at its end
   * @param solverCores cores the solver kept busy
   * @param brokerCores cores the brokers kept busy
   * @param generatorCores cores the generator and the reader kept busy
   */
  public record PhaseLine(
      String name,
      double seconds,
      double asked,
      double rate,
      boolean measured,
      double coveredP50,
      double coveredP99,
      double lag,
      double solverCores,
      double brokerCores,
      double generatorCores) {}

  /**
   * The run over time, in bins.
   *
   * @param at seconds from the start to the end of a bin
   * @param rate samples per second that were due in it
   * @param p50 half of them were covered within so many milliseconds
   * @param p99 99 of 100
   * @param lag samples due and not covered at its end
   */
  public record TimeLine(
      List<Double> at, List<Double> rate, List<Double> p50, List<Double> p99, List<Double> lag) {}

  /**
   * What its files are called, without an ending.
   *
   * @return workload, setting and, when there are more than one, brokers
   */
  @JsonIgnore
  public String name() {
    return name(workload, setting, brokers);
  }

  /**
   * What the files of a run are called, without an ending.
   *
   * @param workload name of its file
   * @param setting name of the way the job was run
   * @param brokers how many nodes
   * @return a name
   */
  public static String name(String workload, String setting, int brokers) {
    return workload + "-" + setting + (brokers == 1 ? "" : "-" + brokers + "-brokers");
  }
}
