package io.thalweg.wire;

import io.thalweg.stream.Header;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Names by which readers ask for a snapshot. The newest stands under the job's own key; what {@link
 * #BEST} and {@link #PINNED} point to is a whole snapshot under a key of its own, {@code job@best}
 * and {@code job@pinned}, so that whoever wants it reads one key, and compaction keeps it. Names of
 * jobs have no {@code @}.
 */
public enum SnapshotAlias {
  /** The newest. */
  LATEST,
  /** The one of the lowest smoothed validation loss; the solver says which. */
  BEST,
  /** The one that somebody chose. */
  PINNED;

  /** Header of an alias record: the word of the alias. */
  public static final String HEADER = "thalweg-alias";

  private static final String MARK = "@";

  /**
   * The word for it.
   *
   * @return {@code latest}, {@code best} or {@code pinned}
   */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The key of its records.
   *
   * @param job name of the job
   * @return the job itself for the newest, else the job, {@code @} and the word
   */
  public String key(String job) {
    return this == LATEST ? job : job + MARK + word();
  }

  /**
   * The alias of a word.
   *
   * @param word what somebody wrote
   * @return the alias, or null when it is none
   */
  public static @Nullable SnapshotAlias named(String word) {
    for (SnapshotAlias alias : values()) {
      if (alias.word().equals(word)) {
        return alias;
      }
    }
    return null;
  }

  /**
   * Whether records under a key are those of an alias.
   *
   * @param key of a record
   * @return false for the key of a job
   */
  public static boolean isKey(String key) {
    return key.contains(MARK);
  }

  /**
   * The headers of a snapshot that stands under this alias.
   *
   * @param headers those of the snapshot
   * @return the same and the word of the alias
   */
  public List<Header> headers(List<Header> headers) {
    List<Header> all = new ArrayList<>(headers);
    all.add(new Header(HEADER, word().getBytes(StandardCharsets.UTF_8)));
    return List.copyOf(all);
  }
}
