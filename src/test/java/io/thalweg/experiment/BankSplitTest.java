package io.thalweg.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The bank data in the order the published figures were measured in. */
class BankSplitTest {
  /** Published: 0.24699 for the best common penalty e^-7, 0.24717 without one. */
  @Test
  void equal_penalties_have_the_published_values() {
    BankSplit split = BankSplit.numpy(0);
    int q = split.features();
    assertThat(q).isEqualTo(52);
    assertThat(split.train().labels()).hasSize(27_126);
    assertThat(split.validation().labels()).hasSize(9_042);
    assertThat(split.test().labels()).hasSize(9_043);
    RidgeTruth truth = new RidgeTruth(q, split.train().signed(), split.validation().signed());
    double[] x = new double[q];
    Arrays.fill(x, -7);
    assertThat(truth.value(x)).isCloseTo(0.24699, within(5e-6));
    Arrays.fill(x, -14);
    assertThat(truth.value(x)).isCloseTo(0.24717, within(5e-6));
  }
}
