package io.thalweg.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {
  private static final Path PAGE = Path.of("src/docs/configuration.md");

  /** To write it anew: {@code mvn test -Dtest=ConfigurationPageTest -Dregenerate=true}. */
  @Test
  void the_page_in_the_repository_is_what_the_schema_says() throws IOException {
    if (Boolean.getBoolean("regenerate")) {
      Files.writeString(PAGE, ConfigurationPage.text());
    }
    assertThat(Files.readString(PAGE))
        .as("run: java -jar target/thalweg.jar schema configuration > " + PAGE)
        .isEqualTo(ConfigurationPage.text());
  }

  @Test
  void every_key_that_a_variable_can_name_is_on_the_page() {
    String page = ConfigurationPage.text();
    assertThat(page)
        .contains("`solver.batch.linger`", "`solver.eta`", "`problem.features`", "`topics.control`")
        .contains("`snapshots.every.steps`", "`kafka.bootstrap.servers`", "`samples.split`");
    assertThat(Map.copyOf(KafkaKeys.OWNED).keySet())
        .allMatch(key -> page.contains("`" + key + "`"));
  }
}
