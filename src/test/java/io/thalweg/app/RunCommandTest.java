package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import io.thalweg.pipeline.Progress;
import io.thalweg.pipeline.Refusals;
import io.thalweg.sample.Level;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RunCommandTest {
  private static final JobConfig JOB =
      new JobReader(Map.of(), List.of())
          .read(
              "{job: churn, problem: {type: logistic-regression, features: 2},"
                  + " solver: {method: stocbio}}",
              "job.yaml");

  private static @Nullable String waiting(long lower, long upper, @Nullable Level lacking) {
    return RunCommand.waiting(
        JOB, new Progress(7, 1, 100, 7, 0, 0, lower, upper, lacking, Refusals.NONE, Map.of()));
  }

  private static Progress at(long samples) {
    return new Progress(7, 1, samples, 7, 0, 0, 0, 0, null, Refusals.NONE, Map.of());
  }

  @Test
  void a_life_that_began_at_an_earlier_sample_has_no_rate_yet() {
    assertThat(RunCommand.rate(at(100), at(150))).isEqualTo(5.0);
    assertThat(RunCommand.rate(at(100), at(100))).isEqualTo(0.0);
    assertThat(RunCommand.rate(at(100), at(90))).isNull();
    assertThat(RunCommand.rate(Progress.NONE, at(90))).isNull();
    assertThat(RunCommand.rate(null, at(90))).isNull();
  }

  @Test
  void the_level_that_is_waited_for_is_named_whatever_it_has_already() {
    assertThat(waiting(300, 2000, Level.LOWER))
        .isEqualTo("2000 validation samples wait for training samples (churn.train)");
    assertThat(waiting(2000, 0, Level.UPPER))
        .isEqualTo("2000 training samples wait for validation samples (churn.validation)");
    assertThat(waiting(300, 2000, null)).isNull();
    assertThat(waiting(0, 0, Level.UPPER)).isNull();
  }
}
