package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.config.JobReader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeapNeedTest {
  private static HeapNeed need(int features) {
    return need(features, "global");
  }

  private static HeapNeed need(int features, String per) {
    return HeapNeed.of(
        new JobReader(Map.of(), List.of())
            .read(
                """
                job: heap
                problem:
                  type: logistic-regression
                  features: %d
                  encoding: sparse
                  hyperparameters: {l2: {per: %s}}
                solver: {method: msgbio, hypergradient: linear-system}
                kafka: {bootstrap.servers: "b:1"}
                """
                    .formatted(features, per),
                "heap.yaml"));
  }

  @Test
  void a_small_job_is_never_refused() {
    HeapNeed small = need(1 << 10);
    assertThat(small.isLarge()).isFalse();
    assertThatCode(() -> small.check(1)).doesNotThrowAnyException();
  }

  @Test
  void a_large_one_is_refused_below_what_it_takes_with_its_copies_with_the_remedy() {
    int features = 1 << 22;
    HeapNeed large = need(features);
    assertThat(large.isLarge()).isTrue();
    // cells of four numbers and half a word of validity, three times; the vector four times
    assertThat(large.bytes()).isGreaterThan(8L * features * 17);
    assertThatCode(() -> large.check(large.bytes())).doesNotThrowAnyException();
    assertThatThrownBy(() -> large.check(large.bytes() - 1))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.code()).isEqualTo(ExitCode.CONFIGURATION))
        .hasMessageContaining("MiB of heap, but this JVM takes at most")
        .hasMessageContaining("java -Xmx");
  }

  /** Two buffers, gradients at two points, bounds: a state is the least part of it. */
  @Test
  void a_solver_that_needs_several_times_its_state_is_counted_as_it_is() {
    HeapNeed need = need(1 << 18, "feature");
    assertThat(need.own()).isGreaterThan(3 * need.state());
    assertThat(need.bytes()).isGreaterThan(need.own() + 3 * need.state());
  }

  /** What Runtime.maxMemory says at -Xmx1000m, JDK 17. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({"G1, 1000", "Serial, 966", "Parallel, 889"})
  void whoever_starts_with_the_heap_advised_is_not_refused_again(String collector, long of1000) {
    long need = 1_234L << 20;
    assertThat((HeapNeed.advised(need) << 20) * of1000 / 1000)
        .as(collector)
        .isGreaterThanOrEqualTo(need);
  }
}
