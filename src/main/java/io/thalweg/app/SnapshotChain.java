package io.thalweg.app;

import io.thalweg.wire.SnapshotCodec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of a job as links: what is needed to say whether the sequence is whole, without
 * keeping their content. With at-least-once delivery a later start may publish versions again; the
 * later ones count.
 */
final class SnapshotChain {
  /** One snapshot without its content, and where it is. */
  record Link(long offset, long version, long epoch, String config, String previous, String sha) {}

  private final List<Link> links = new ArrayList<>();
  private @Nullable String disorder;

  /** Takes the next record of the topic in. */
  void add(long offset, SnapshotCodec.Link read) {
    Link link =
        new Link(offset, read.version(), read.epoch(), read.config(), read.previous(), read.sha());
    while (!links.isEmpty() && last().version() >= link.version()) {
      Link replaced = links.remove(links.size() - 1);
      if (replaced.epoch() >= link.epoch() && disorder == null) {
        disorder =
            "version "
                + link.version()
                + " of epoch "
                + link.epoch()
                + " follows version "
                + replaced.version()
                + " of epoch "
                + replaced.epoch();
      }
    }
    links.add(link);
  }

  List<Link> links() {
    return links;
  }

  Link last() {
    return links.get(links.size() - 1);
  }

  /** What is missing for a replay from the beginning, or null. */
  @Nullable String gap() {
    long expected = 1;
    for (Link link : links) {
      if (link.version() != expected) {
        return "version "
            + expected
            + (link.version() > expected + 1 ? " to " + (link.version() - 1) : "")
            + " is gone (compaction or retention of the snapshot topic): a replay begins with"
            + " version 1";
      }
      expected++;
    }
    return null;
  }

  /** What contradicts the order of the versions or their checksums, or null. */
  @Nullable String breach() {
    if (disorder != null) {
      return disorder;
    }
    String previous = "";
    for (Link link : links) {
      if (!link.previous().equals(previous)) {
        return "version "
            + link.version()
            + " names "
            + quoted(link.previous())
            + " as the SHA-256 of the one before, which has "
            + quoted(previous);
      }
      previous = link.sha();
    }
    return null;
  }

  private static String quoted(String sha) {
    return sha.isEmpty() ? "none" : sha;
  }
}
