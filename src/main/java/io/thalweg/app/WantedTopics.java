package io.thalweg.app;

import io.thalweg.config.JobConfig;
import io.thalweg.config.TopicNames;
import io.thalweg.sample.Level;
import io.thalweg.topics.TopicCatalog;
import io.thalweg.topics.TopicKind;
import io.thalweg.topics.TopicSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The topics of a job: what the topic files say, under the names and with the figures of the job
 * file.
 */
final class WantedTopics {
  private WantedTopics() {}

  /**
   * One topic per kind; a job whose levels share a topic has one sample topic instead of two, and
   * so has one whose method reads one level. Labels that come apart have the place of validation.
   */
  static List<TopicSpec> of(JobConfig job, TopicCatalog catalog) {
    List<TopicSpec> wanted = new ArrayList<>();
    for (TopicKind kind : TopicKind.values()) {
      String name = name(kind, job);
      if (name != null) {
        wanted.add(sized(catalog.of(kind, job.job()).named(name), job.topics()));
      }
    }
    return wanted;
  }

  private static @Nullable String name(TopicKind kind, JobConfig job) {
    TopicNames names = job.topics();
    String shared = job.samples().topic();
    return switch (kind) {
      case TRAIN -> shared != null ? shared : own(job, Level.LOWER, names.train());
      case VALIDATION ->
          shared != null ? job.samples().labels() : own(job, Level.UPPER, names.validation());
      case SNAPSHOTS -> names.snapshots();
      case CHECKPOINTS -> names.checkpoints();
      case CONTROL -> names.control();
      case DEAD_LETTERS -> names.deadLetters();
    };
  }

  /** A level that is not read needs no topic. */
  private static @Nullable String own(JobConfig job, Level level, String name) {
    return job.reads().contains(level) ? name : null;
  }

  private static TopicSpec sized(TopicSpec topic, TopicNames figures) {
    TopicSpec sized = topic;
    Integer partitions = figures.partitions();
    if (partitions != null) {
      sized = sized.withPartitions(partitions);
    }
    Integer replication = figures.replication();
    return replication == null ? sized : sized.withReplication(replication);
  }
}
