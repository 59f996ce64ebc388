package io.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BankMarketingTest {
  private static BankMarketing bank;

  @BeforeAll
  static void load() throws IOException {
    bank = BankMarketing.load();
  }

  @Test
  void has_every_row_and_one_column_per_number_or_category() {
    assertThat(bank.rows()).isEqualTo(45_211);
    assertThat(bank.features()).isEqualTo(51);
    assertThat(bank.name(0)).isEqualTo("age");
    assertThat(bank.name(1)).isEqualTo("job=admin.");
    assertThat(bank.name(50)).isEqualTo("poutcome=unknown");
  }

  @Test
  void is_positive_in_11_7_percent_of_the_rows() {
    double positive = 0;
    for (int i = 0; i < bank.rows(); i++) {
      positive += bank.label(i);
    }
    assertThat(positive).isEqualTo(5_289);
    assertThat(positive / bank.rows()).isCloseTo(0.117, Offset.offset(5e-4));
  }

  @Test
  void is_standardised_over_the_whole_file() {
    double[] sums = new double[bank.features()];
    double[] squares = new double[bank.features()];
    for (int i = 0; i < bank.rows(); i++) {
      double[] row = bank.row(i);
      for (int j = 0; j < row.length; j++) {
        sums[j] += row[j];
        squares[j] += row[j] * row[j];
      }
    }
    for (int j = 0; j < bank.features(); j++) {
      assertThat(sums[j] / bank.rows()).as(bank.name(j)).isCloseTo(0, Offset.offset(1e-10));
      assertThat(squares[j] / bank.rows()).as(bank.name(j)).isCloseTo(1, Offset.offset(1e-10));
    }
  }

  @Test
  void keeps_the_order_of_the_file() {
    // the first contact is 58 years old, the second 44; the last one did not subscribe
    double[] first = bank.row(0);
    double[] second = bank.row(1);
    assertThat(first[0] - second[0]).isCloseTo(14 / 10.6186, Offset.offset(1e-3));
    assertThat(bank.label(bank.rows() - 1)).isZero();
    first[0] = 99;
    assertThat(bank.row(0)[0]).isNotEqualTo(99);
  }
}
