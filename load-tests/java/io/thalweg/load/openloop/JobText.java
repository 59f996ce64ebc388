package io.thalweg.load.openloop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.load.workload.SampleValues;
import io.thalweg.load.workload.Setting;
import io.thalweg.load.workload.Workload;
import java.util.Locale;

/** The job file of a run. */
final class JobText {
  /** Name of the job. */
  static final String JOB = "load";

  /** Where the samples of {@link #demo} are. */
  static final String DEMO_TOPIC = JOB + ".calls";

  private JobText() {}

  /** The job of the demo, with its page at a port. */
  static String demo(int features, Brokers brokers, int port) {
    return """
    job: %s
    problem:
      type: logistic-regression
      features: %d
      hyperparameters: {l2: {per: global}}
    solver:
      method: auto
      reference: {l2: 0.001, step-size: 0.1}
      start: {step-size: 0.1}
      batch: {lower: 16, upper: 16, linger: 200ms}
    samples: {topic: %s, split: prequential}
    snapshots: {every: {steps: 20, time: 500ms}}
    topics: {partitions: 2, replication: %d}
    http: {port: %d}
    kafka: {bootstrap.servers: "%s"}
    """
        .formatted(JOB, features, DEMO_TOPIC, brokers.count(), port, brokers.bootstrap());
  }

  static String of(Workload workload, Setting setting, int features, Brokers brokers)
      throws JsonProcessingException {
    boolean sparse = workload.problem() == Workload.Problem.SPARSE;
    return """
    job: %s
    problem:
      type: logistic-regression
      features: %d
      encoding: %s
      hyperparameters: {l2: {per: %s, scale: log, init: -4, bounds: [-12, 4]}}
    solver:
      method: %s
      hypergradient: {type: linear-system, rho: 0.3, radius: 5.0}
      gamma: 0.3
      lambda: 0.3
      batch: {lower: %d, upper: %d, linger: %s}
    samples: {format: %s}
    snapshots: {every: %s}
    delivery: %s
    topics: {partitions: %d, replication: %d}
    kafka:
      bootstrap.servers: "%s"
      interceptor.classes: %s
    """
        .formatted(
            JOB,
            sparse ? SampleValues.SPARSE_FEATURES : features,
            sparse ? "sparse" : "dense",
            sparse ? "global" : "feature",
            workload.method(),
            workload.batch(),
            workload.batch(),
            workload.linger(),
            workload.format().name().toLowerCase(Locale.ROOT),
            new ObjectMapper().writeValueAsString(setting.every()),
            setting.delivery(),
            workload.partitions(),
            brokers.count(),
            brokers.bootstrap(),
            ConsumedInterceptor.class.getName());
  }
}
