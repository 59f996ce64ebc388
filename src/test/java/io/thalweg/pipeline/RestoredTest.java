package io.thalweg.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.stream.Lane;
import io.thalweg.stream.StateArray;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A saved state, read by name. */
class RestoredTest {
  private static final Lane A0 = new Lane("a", 0);
  private static final Lane A1 = new Lane("a", 1);
  private static final Lane B0 = new Lane("b", 0);
  private static final Lane B1 = new Lane("b", 1);

  private static long[] at(List<Lane> then, List<Lane> now) {
    StateArray saved =
        new StateArray.Longs("early-labels.at", new long[] {0, 70, 1, 1, 80, 0, 2, 90, 5});
    long[] words = new long[9];
    new Restored(List.of(saved), then, now).longs("early-labels.at", words);
    return words;
  }

  @Test
  void addresses_follow_their_lanes() {
    List<Lane> then = List.of(A0, B0, B1);
    assertThat(at(then, then)).containsExactly(0, 70, 1, 1, 80, 0, 2, 90, 5);
    assertThat(at(then, List.of(A0, A1, B0, B1)))
        .as("a partition was added to the topic before")
        .containsExactly(0, 70, 1, 2, 80, 0, 3, 90, 5);
    assertThat(at(then, List.of(A0, B1)))
        .as("a partition is gone")
        .containsExactly(0, 70, 1, -1, 80, 0, 1, 90, 5);
  }

  @Test
  void what_is_no_address_is_left_as_it_is() {
    StateArray saved = new StateArray.Longs("counts", new long[] {1, 2, 3});
    long[] words = new long[3];
    new Restored(List.of(saved), List.of(A0, B0), List.of(B0)).longs("counts", words);
    assertThat(words).containsExactly(1, 2, 3);
  }

  @Test
  void what_does_not_fit_is_refused_with_both_lengths() {
    Restored restored =
        new Restored(
            List.of(
                new StateArray.Doubles("y", new double[] {1, 2}),
                new StateArray.Longs("t", new long[] {3})));
    assertThat(restored.has("y")).isTrue();
    assertThat(restored.has("z")).isFalse();
    assertThatThrownBy(() -> restored.doubles("y", new double[3], 0, 3))
        .isInstanceOf(ResumeException.class)
        .hasMessageContaining("holds 2 numbers for y, but the solver expects 3");
    assertThatThrownBy(() -> restored.longs("t", new long[2]))
        .hasMessageContaining("holds 1 words for t, but the solver expects 2");
    assertThatThrownBy(() -> restored.longs("y", new long[2])).hasMessageContaining("holds no y");
    assertThat(restored.misfit("because")).isInstanceOf(ResumeException.class);
  }
}
