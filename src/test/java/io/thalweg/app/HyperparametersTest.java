package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.config.JobReader;
import io.thalweg.page.Hello;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HyperparametersTest {
  private static List<Hello.Hyperparameter> of(String solver) {
    return Hyperparameters.of(
        new JobReader(Map.of(), List.of())
            .read(
                "job: churn\nproblem: {type: logistic-regression, features: 3}\nsolver: " + solver,
                "job.yaml"));
  }

  @Test
  void what_a_method_adds_of_its_own_has_its_bounds() {
    List<Hello.Hyperparameter> all = of("{method: auto}\n");
    assertThat(all).hasSize(3 + 4);
    assertThat(all.subList(0, 3))
        .allSatisfy(
            l2 -> {
              assertThat(l2.name()).startsWith("l2.");
              assertThat(l2.lower()).isPositive();
            });
    assertThat(all.subList(3, 7))
        .allSatisfy(
            step -> {
              assertThat(step.name()).startsWith("step-size.");
              assertThat(step.lower()).isEqualTo(1e-6);
              assertThat(step.upper()).isEqualTo(3);
            });
  }

  @Test
  void weights_of_classes_have_those_of_the_job_unless_they_are_brought_to_a_mean() {
    List<Hello.Hyperparameter> log =
        of("{method: auto, class-weights: {scale: log, least: 0.1, most: 5}}\n");
    assertThat(log.subList(7, log.size()))
        .isNotEmpty()
        .allSatisfy(
            weight -> {
              assertThat(weight.name()).startsWith("class-weight.");
              assertThat(weight.lower()).isEqualTo(0.1);
              assertThat(weight.upper()).isEqualTo(5);
            });
    List<Hello.Hyperparameter> simplex = of("{method: auto, class-weights: {scale: simplex}}\n");
    assertThat(simplex.get(7).lower()).isNull();
  }

  @Test
  void a_method_that_adds_nothing_has_the_bounds_of_the_problem() {
    assertThat(of("{method: msgbio}\n"))
        .allSatisfy(one -> assertThat(one.lower()).isNotNull())
        .noneMatch(one -> one.name().startsWith("step-size"));
  }
}
