package io.thalweg.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.wire.SnapshotCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecentHeadingsTest {
  /** A log of versions, one an offset, 0 where there is none; every record of a size. */
  private record Log(List<Long> versions, int size) {
    long read(RecentHeadings recent) {
      long read = 0;
      int to = versions.size();
      while (recent.isOpen() && to > 0) {
        int from = (int) Math.max(0, to - recent.width());
        for (int i = from; i < to; i++) {
          if (versions.get(i) > 0) {
            recent.add(
                new SnapshotCodec.Heading(
                    versions.get(i), 1, 0, 0, 0, Map.of(), Map.of(), List.of(), ""),
                size);
            read += size;
          }
        }
        recent.endPiece();
        to = from;
      }
      return read;
    }
  }

  private static List<Long> upTo(int versions) {
    List<Long> all = new ArrayList<>();
    for (long v = 1; v <= versions; v++) {
      all.add(v);
    }
    return all;
  }

  private static List<Long> versions(RecentHeadings recent) {
    return recent.list().stream().map(SnapshotCodec.Heading::version).toList();
  }

  @Test
  void the_newest_are_kept_in_their_order() {
    RecentHeadings recent = new RecentHeadings(100, Long.MAX_VALUE);
    new Log(upTo(1_000), 10).read(recent);
    assertThat(versions(recent)).isEqualTo(upTo(1_000).subList(900, 1_000));
  }

  @Test
  void of_large_records_no_more_are_read_than_the_limit_and_one_piece() {
    RecentHeadings recent = new RecentHeadings(400, 64 << 20);
    long read = new Log(upTo(5_000), 1 << 20).read(recent);
    assertThat(read).isBetween(64L << 20, (64L + RecentHeadings.FIRST) << 20);
    assertThat(versions(recent)).hasSizeBetween(64, 80).endsWith(5_000L);
  }

  @Test
  void behind_a_long_gap_no_more_is_kept_than_asked_for() {
    List<Long> gap = new ArrayList<>(upTo(20_000));
    for (int i = 0; i < 40_000; i++) {
      gap.add(0L);
    }
    RecentHeadings recent = new RecentHeadings(10, Long.MAX_VALUE);
    new Log(gap, 10).read(recent);
    assertThat(versions(recent)).isEqualTo(upTo(20_000).subList(19_990, 20_000));
  }

  @Test
  void before_what_a_later_life_took_back_none_is_missing_though_few_are_asked_for() {
    List<Long> lives = new ArrayList<>(upTo(40));
    lives.addAll(List.of(31L, 32L, 33L));
    RecentHeadings recent = new RecentHeadings(5, Long.MAX_VALUE);
    new Log(lives, 10).read(recent);
    assertThat(versions(recent)).containsExactly(29L, 30L, 31L, 32L, 33L);
  }

  @Test
  void what_a_later_life_took_back_is_left_out_though_it_fills_a_piece() {
    List<Long> lives = new ArrayList<>(upTo(300));
    for (long v = 120; v < 150; v++) {
      lives.add(v);
    }
    RecentHeadings recent = new RecentHeadings(40, Long.MAX_VALUE);
    new Log(lives, 10).read(recent);
    assertThat(versions(recent)).isEqualTo(upTo(149).subList(109, 149));
  }
}
