package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TuningServiceTest {
  @Test
  void why_a_job_starts_again_names_what_lies_at_the_bottom_once() {
    Throwable root = new IllegalStateException("the disk is full");
    assertThat(TuningService.reason(new RuntimeException("committing failed", root)))
        .isEqualTo("committing failed (the disk is full)");
    assertThat(TuningService.reason(new RuntimeException("failed: the disk is full", root)))
        .isEqualTo("failed: the disk is full");
    assertThat(TuningService.reason(new RuntimeException("failed", new NullPointerException())))
        .isEqualTo("failed (NullPointerException)");
  }
}
