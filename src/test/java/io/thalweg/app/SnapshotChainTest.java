package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.stream.Positions;
import io.thalweg.wire.SnapshotCodec;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotChainTest {
  private static final Positions NOWHERE = Positions.at(List.of(), List.of());
  private final SnapshotChain chain = new SnapshotChain();
  private long offset;

  /** Adds a record; its checksum is told by version and epoch. */
  private void add(long version, long epoch, String previous) {
    chain.add(
        offset++,
        new SnapshotCodec.Link(version, epoch, "c", previous, version + "/" + epoch, List.of()));
  }

  @Test
  void a_whole_chain_has_neither_gap_nor_breach_over_restarts() {
    add(1, 1, "");
    add(2, 1, "1/1");
    add(3, 2, "2/1");
    assertThat(chain.gap()).isNull();
    assertThat(chain.breach()).isNull();
    assertThat(chain.last().version()).isEqualTo(3);
  }

  @Test
  void versions_published_again_by_a_later_start_replace_the_earlier_ones() {
    add(1, 1, "");
    add(2, 1, "1/1");
    add(3, 1, "2/1");
    add(2, 2, "1/1");
    assertThat(chain.links()).extracting(SnapshotChain.Link::offset).containsExactly(0L, 3L);
    assertThat(chain.gap()).isNull();
    assertThat(chain.breach()).isNull();
  }

  @Test
  void versions_published_again_by_the_same_or_an_earlier_start_are_a_breach() {
    add(1, 2, "");
    add(1, 1, "");
    assertThat(chain.breach()).contains("version 1 of epoch 1 follows version 1 of epoch 2");
  }

  @Test
  void a_changed_link_is_a_breach() {
    add(1, 1, "");
    add(2, 1, "other");
    assertThat(chain.breach()).contains("version 2 names other", "which has 1/1");
  }

  @Test
  void what_compaction_took_is_a_gap() {
    add(4, 1, "3/1");
    assertThat(chain.gap()).startsWith("version 1 to 3 is gone");
    chain.links().clear();
    add(1, 1, "");
    add(3, 1, "2/1");
    assertThat(chain.gap()).startsWith("version 2 is gone");
  }
}
