package io.thalweg.app;

import io.thalweg.kafka.SnapshotRegistry;
import io.thalweg.settings.Suggestions;
import io.thalweg.stream.Instruction;
import io.thalweg.wire.SnapshotAlias;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot as people name it.
 *
 * @param alias null where it is named by its version
 * @param version from 1 on, 0 where it is named by an alias
 */
record Which(@Nullable SnapshotAlias alias, long version) {
  /** What a parameter of a command line says of itself. */
  static final String WORDS = "A version, latest, best or pinned.";

  /**
   * Reads a name.
   *
   * @throws IllegalArgumentException when it is none, saying what was expected
   */
  static Which of(String name) {
    SnapshotAlias alias = SnapshotAlias.named(name);
    if (alias != null) {
      return new Which(alias, 0);
    }
    try {
      long version = Long.parseLong(name);
      if (version >= 1) {
        return new Which(null, version);
      }
    } catch (NumberFormatException e) {
      // said below
    }
    List<String> aliases = Stream.of(SnapshotAlias.values()).map(SnapshotAlias::word).toList();
    String meant = Suggestions.nearest(name, aliases);
    throw new IllegalArgumentException(
        "expected a version from 1 on, latest, best or pinned, but was "
            + name
            + (meant == null ? "" : "; did you mean " + meant + "?"));
  }

  /**
   * The snapshot itself.
   *
   * @return null when there is none
   */
  SnapshotRegistry.@Nullable Found in(SnapshotRegistry registry) {
    return alias == null ? registry.find(version) : registry.find(alias);
  }

  /** How a sentence names it. */
  String words() {
    return alias == null ? "version " + version : alias.word();
  }

  /** To go back to it. */
  Instruction rollBack() {
    return alias == null
        ? new Instruction.RollBack(version)
        : new Instruction.RollBackTo(alias.word());
  }
}
