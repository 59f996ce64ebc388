package io.thalweg.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CoordinatesTest {
  /** Names that are asked for are counted: a million of them must not be. */
  private static final class Names implements UpperView {
    private int asked;

    @Override
    public String name(int i) {
      asked++;
      return i < 1_000 ? "l2." + i : "w." + (i - 1_000);
    }

    @Override
    public double unit(int i, double[] x) {
      return x[i];
    }
  }

  private static final int HUGE = 1 << 22;
  private final Names view = new Names();

  private Coordinates of(String... names) {
    return new Coordinates(view, HUGE, List.of(names));
  }

  @Test
  void one_that_ends_with_its_number_is_found_without_asking_for_the_others() {
    assertThat(of("l2.999", "l2.3").inOrder()).containsExactly(999, 3);
    assertThat(view.asked).isLessThan(4);
  }

  @Test
  void one_whose_number_is_another_is_found_by_one_walk_that_ends_with_it() {
    assertThat(of("w.7", "l2.5", "w.2").inOrder()).containsExactly(1_007, 5, 1_002);
    assertThat(view.asked).isBetween(1_000, 1_020);
  }

  @Test
  void a_star_stands_for_all_that_begin_so_each_once() {
    Coordinates found = of("w.4194*", "l2.99*", "l2.990");
    assertThat(found.missing()).isNull();
    assertThat(found.inOrder())
        .startsWith(4_194 + 1_000, 41_940 + 1_000)
        .endsWith(998, 999)
        .doesNotHaveDuplicates()
        .hasSize(found.count());
    assertThat(view.asked).isEqualTo(HUGE + 1);
  }

  @Test
  void of_more_than_may_be_named_their_number_is_known() {
    assertThat(of("l2.*", "w.0", "*").count()).isEqualTo(HUGE);
    assertThat(of("l2.*", "w.0", "w.1", "w.1").count()).isEqualTo(1_002);
  }

  @Test
  void the_first_name_that_stands_for_none_is_told() {
    assertThat(of("l2.1", "b.*", "c").missing()).isEqualTo("b.*");
    assertThat(of("l2.1", "l2.1").missing()).isNull();
    assertThat(of("w.7", "w.7").inOrder()).containsExactly(1_007);
    assertThat(of("l2.12345678901234567890").missing()).isNotNull();
    assertThat(of("l2.007").missing()).as("as it is written").isEqualTo("l2.007");
    assertThat(of("").missing()).isEmpty();
  }
}
