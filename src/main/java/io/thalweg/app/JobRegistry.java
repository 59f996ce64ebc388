package io.thalweg.app;

import io.thalweg.config.JobConfig;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.kafka.SnapshotRegistry;
import io.thalweg.wire.SnapshotAlias;
import io.thalweg.wire.SnapshotFormatException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/** The registry of the job that a command is given, with what can go wrong in words. */
final class JobRegistry {
  @Mixin private JobFile jobFile = new JobFile();

  private @Nullable JobConfig job;

  JobRegistry() {}

  /** The job, read once. */
  JobConfig config() {
    JobConfig read = job;
    if (read == null) {
      read = jobFile.read();
      Cluster.connect(read.kafka().values()).close();
      job = read;
    }
    return read;
  }

  /**
   * Works with the registry.
   *
   * @throws UserError when what is read is no snapshot
   */
  <T extends @Nullable Object> T read(Function<SnapshotRegistry, T> with) {
    JobConfig of = config();
    try {
      return with.apply(
          new SnapshotRegistry(
              new KafkaSettings(of.kafka().values()), of.topics().snapshots(), of.job()));
    } catch (SnapshotFormatException e) {
      throw new UserError(ExitCode.DATA, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * The snapshot that a version or an alias stands for.
   *
   * @throws UserError when the word is neither, or there is none
   */
  SnapshotRegistry.Found find(String which) {
    Which wanted = wanted(which);
    SnapshotRegistry.Found found = this.<SnapshotRegistry.@Nullable Found>read(wanted::in);
    if (found == null) {
      SnapshotAlias alias = wanted.alias();
      throw new UserError(
          ExitCode.DATA,
          config().topics().snapshots() + ": " + (alias == null ? absent(which) : absent(alias)));
    }
    return found;
  }

  private static Which wanted(String which) {
    try {
      return Which.of(which);
    } catch (IllegalArgumentException e) {
      throw new UserError(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  private String absent(String version) {
    SnapshotRegistry.Extent there = read(SnapshotRegistry::extent);
    return "version "
        + version
        + " is not there"
        + (there.count() == 0
            ? ", nor any other"
            : "; "
                + (there.count() == 1
                    ? "the only one there is " + there.last()
                    : there.count() + " are, from " + there.first() + " to " + there.last())
                + " (compaction keeps those of the last day and the newest)");
  }

  private String absent(SnapshotAlias alias) {
    return switch (alias) {
      case LATEST -> "no snapshot of job " + config().job();
      case BEST ->
          "nothing is best yet: the solver writes it with the first snapshot that has a validation"
              + " loss, unless a vector is longer than snapshots.inline";
      case PINNED -> "nothing is pinned: thalweg snapshot pin WHICH -c " + jobFile.file();
    };
  }

  /** The aliases in one cell. */
  static String words(List<SnapshotAlias> aliases) {
    return aliases.stream().map(SnapshotAlias::word).collect(Collectors.joining(" "));
  }
}
