package io.thalweg.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RingTest {
  private static Ring<Integer> ring(int capacity, int entries) {
    Ring<Integer> ring = new Ring<>(capacity);
    for (int i = 0; i < entries; i++) {
      ring.add(i);
    }
    return ring;
  }

  @ParameterizedTest(name = "{0} of {1} from {2}: first {3}, {4} entries")
  @CsvSource({
    "5, 0, 0, -1, 0",
    "5, 3, 0, 0, 3",
    "5, 3, 2, 2, 1",
    "5, 3, 3, -1, 0",
    "5, 12, 0, 7, 5",
    "5, 12, 6, 7, 5",
    "5, 12, 9, 9, 3",
    "5, 12, 12, -1, 0"
  })
  void a_reader_goes_on_from_its_number_or_from_the_oldest_left(
      int capacity, int entries, long from, int first, int count) {
    Ring<Integer> ring = ring(capacity, entries);
    List<Integer> read = new ArrayList<>();
    assertThat(ring.read(from, read::add)).isEqualTo(entries);
    assertThat(read).hasSize(count);
    if (count > 0) {
      assertThat(read.get(0)).isEqualTo(first);
    }
    assertThat(ring.end()).isEqualTo(entries);
  }

  @Test
  void a_reader_that_has_enough_goes_on_behind_what_it_took() {
    Ring<Integer> ring = ring(5, 12);
    List<Integer> read = new ArrayList<>();
    long next =
        ring.read(
            0,
            i -> {
              read.add(i);
              return read.size() < 2;
            });
    assertThat(read).containsExactly(7, 8);
    assertThat(next).isEqualTo(9);
    assertThat(ring.newest()).isEqualTo(11);
  }
}
