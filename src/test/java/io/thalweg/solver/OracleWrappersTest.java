package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.oracle.BilevelOracle;
import io.thalweg.oracle.Completion;
import io.thalweg.oracle.CountingOracle;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OracleWrappersTest {
  /** A default that is not overridden would answer for the problem, and wrongly. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(classes = {Completion.class, CountingOracle.class, RobustOracle.class})
  void a_wrapper_passes_on_every_question(Class<?> wrapper) {
    for (Method method : BilevelOracle.class.getMethods()) {
      assertThat(Arrays.stream(wrapper.getDeclaredMethods()))
          .as(method.getName())
          .anyMatch(
              own ->
                  own.getName().equals(method.getName())
                      && Arrays.equals(own.getParameterTypes(), method.getParameterTypes()));
    }
  }
}
