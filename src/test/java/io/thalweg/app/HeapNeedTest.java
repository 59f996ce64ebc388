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
    return read(
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
            .formatted(features, per));
  }

  private static HeapNeed read(String job) {
    return HeapNeed.of(new JobReader(Map.of(), List.of()).read(job, "heap.yaml"));
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

  /** Rows are weighed by a gradient of each: room that is made when the first batches come. */
  @Test
  void what_an_aggregator_weighs_is_counted_though_the_solver_takes_it_later() {
    int features = 1 << 14;
    int rows = 1 << 9;
    String aggregated =
        """
        job: heap
        problem: {type: logistic-regression, features: %d, bias: false}
        solver:
          method: msgbio
          hypergradient: linear-system
          batch: {lower: %d, upper: 32}
        robust: {aggregator: %s}
        kafka: {bootstrap.servers: "b:1"}
        """;
    HeapNeed without = read(aggregated.formatted(features, rows, "none"));
    HeapNeed need = read(aggregated.formatted(features, rows, "filter"));
    assertThat(without.weighing()).isZero();
    assertThat(without.text()).doesNotContain("robust");
    assertThat(without.isLarge()).isFalse();
    long gradients = 8L * features * rows;
    assertThat(need.weighing()).isBetween(gradients, 2 * gradients);
    assertThat(need.bytes()).isGreaterThan(without.bytes() + gradients);
    assertThat(need.isLarge()).isTrue();
    assertThat(need.text())
        .contains("and what robust weighs " + (need.weighing() + (1 << 20) - 1) / (1 << 20));
    assertThatThrownBy(() -> need.check(need.bytes() - 1)).isInstanceOf(UserError.class);
  }

  @Test
  void the_vectors_of_members_are_counted_where_they_are_published() {
    String job =
        """
        job: heap
        problem: {type: logistic-regression, features: %d, encoding: sparse, bias: false}
        solver: {method: auto}
        snapshots: {inline: %d}
        kafka: {bootstrap.servers: "b:1"}
        """;
    int features = 1 << 16;
    HeapNeed with = read(job.formatted(features, features));
    HeapNeed without = read(job.formatted(features, features - 1));
    // six of them, five times, and a half more
    assertThat(with.bytes() - without.bytes()).isBetween(8L * features * 44, 8L * features * 46);
  }

  /** By step-size, reset-estimators and rollback; that of auto stays, and its state is copied. */
  @Test
  void a_command_that_makes_the_method_anew_is_counted() {
    HeapNeed need = need(1 << 18, "feature");
    assertThat(need.steering()).isGreaterThan(2 * need.state());
    assertThat(need.bytes()).isGreaterThan(need.own() + need.steering() + 3 * need.state());
    HeapNeed auto =
        read(
            """
            job: heap
            problem: {type: logistic-regression, features: 65536, encoding: sparse, bias: false}
            solver: {method: auto}
            kafka: {bootstrap.servers: "b:1"}
            """);
    assertThat(auto.steering()).isEqualTo(auto.state());
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
