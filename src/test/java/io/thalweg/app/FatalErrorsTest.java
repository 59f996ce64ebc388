package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FatalErrorsTest {
  @Test
  void only_errors_of_the_jvm_are_fatal() {
    assertThat(FatalErrors.text(new OutOfMemoryError("Java heap space")))
        .contains("out of memory (Java heap space)", "-Xmx");
    assertThat(FatalErrors.text(new StackOverflowError())).contains("the JVM failed");
    assertThat(FatalErrors.text(new AssertionError("no"))).isNull();
    assertThat(FatalErrors.text(new IllegalStateException("no"))).isNull();
  }

  @Test
  void a_failure_caused_by_one_is_told_in_its_words() {
    Throwable wrapped = new IllegalStateException(new OutOfMemoryError("Java heap space"));
    assertThat(Failures.message(wrapped)).startsWith("out of memory");
    assertThat(Failures.code(wrapped)).isEqualTo(ExitCode.FAILURE);
  }
}
