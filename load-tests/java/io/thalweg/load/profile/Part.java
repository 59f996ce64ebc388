package io.thalweg.load.profile;

import java.util.List;

/** What the program does while a stack is as it is. */
enum Part {
  /** Fetching records: the consumer, and polling it. */
  KAFKA_CLIENT("Kafka client", 0x1b6ca8),
  /** From bytes to numbers. */
  DECODE("decode", 0xe0a030),
  /** Arithmetic of the method. */
  STEP("step", 0x2e8b57),
  /** From samples to batches, Reactor, the loop. */
  ASSEMBLY("assembly", 0x8a5fb0),
  /** Snapshots, checkpoints and their transactions. */
  PUBLISH("publish", 0xd1495b),
  /** Anything else. */
  OTHER("other", 0x999999);

  private static final List<String> STEPS =
      List.of(
          "io.thalweg.solver.",
          "io.thalweg.problem.",
          "io.thalweg.oracle.",
          "io.thalweg.estimator.",
          "io.thalweg.linalg.");

  private final String title;
  private final int color;

  Part(String title, int color) {
    this.title = title;
    this.color = color;
  }

  String title() {
    return title;
  }

  int color() {
    return color;
  }

  /**
   * Of a stack: of the innermost frame that says something. Frames of the JDK count for whoever
   * called them.
   *
   * @param thread name of the thread
   * @param frames class and method, the innermost first
   */
  static Part of(String thread, List<String> frames) {
    if (thread.startsWith("kafka-producer-network")) {
      return PUBLISH;
    }
    for (String frame : frames) {
      Part part = of(frame);
      if (part != OTHER) {
        return part;
      }
    }
    return OTHER;
  }

  /** Of one frame. */
  static Part of(String frame) {
    if (frame.startsWith("org.apache.kafka.clients.producer.")
        || frame.matches(
            "io\\.thalweg\\.[a-z]+\\.\\w*(Snapshot|Checkpoint|Cut|Commit|Outbox|Ledger|State)\\w*\\..*")) {
      return PUBLISH;
    }
    if (STEPS.stream().anyMatch(frame::startsWith)) {
      return STEP;
    }
    if (frame.startsWith("io.thalweg.wire.") || frame.startsWith("io.thalweg.sample.")) {
      return DECODE;
    }
    if (frame.startsWith("org.apache.kafka.") || frame.startsWith("io.thalweg.kafka.")) {
      return KAFKA_CLIENT;
    }
    return frame.startsWith("io.thalweg.") || frame.startsWith("reactor.") ? ASSEMBLY : OTHER;
  }
}
