package io.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelledCsvTest {
  @TempDir private Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("table.csv"), text);
  }

  @Test
  void columns_of_numbers_are_standardised_and_the_label_is_kept() throws IOException {
    LabelledCsv table =
        LabelledCsv.read(file("\"a\",\"kind\",\"b\"\n1,\"x y\",5\n3,\"z\",5\n"), "kind");
    assertThat(table.features()).isEqualTo(2);
    assertThat(table.rows()).isEqualTo(2);
    assertThat(table.values()).containsExactly(new double[] {-1, 0, 1, 0}, within(1e-15));
    assertThat(table.label(0)).isEqualTo("x y");
    assertThat(table.label(1)).isEqualTo("z");
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = ';',
      value = {
        "a,b/1,2; the header must name a column kind, but was [a, b]",
        "a,kind/1,x/2; line 3: expected 2 cells, but had 1",
        "a,kind/one,x; line 2: expected a number, but was one",
        "a,kind/NaN,x; line 2: expected a finite number, but was NaN",
        "a,kind; expected rows below the header, but had none"
      })
  void a_table_that_is_none_is_refused_with_the_place(String text, String message) {
    assertThatThrownBy(() -> LabelledCsv.read(file(text.replace('/', '\n')), "kind"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("table.csv")
        .hasMessageContaining(message);
  }
}
