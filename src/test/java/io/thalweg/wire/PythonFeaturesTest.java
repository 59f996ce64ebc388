package io.thalweg.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example that reads samples in Python puts them where the job does. */
class PythonFeaturesTest {
  private static final Path PYTHON = Path.of("/usr/bin/python3");
  private static final int FEATURES = 50;

  private static String python(String sample) throws Exception {
    Process process =
        new ProcessBuilder(
                PYTHON.toString(),
                "-B",
                "-c",
                "import features, json, sys;"
                    + " print(json.dumps(features.entries(json.loads(sys.argv[1]), 50)[0]))",
                sample)
            .directory(
                Path.of(System.getProperty("project.basedir", "."))
                    .resolve("src/examples/python")
                    .toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
    return said;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"f\":{\"dog\":1,\"cat\":2,\"elephant\":4}}",
        "{\"f\":{\"land\":\"\\u00d6sterreich\",\"age\":37.5,\"new\":true,\"old\":false,\"gone\":null}}",
        "{\"f\":{\"\":1,\"a\":2,\"ab\":3,\"abc\":4,\"abcd\":5,\"abcde\":\"f\",\"e\":-6}}",
        "{\"i\":[3,17,3],\"v\":[1.5,-1,0.25]}"
      })
  void they_are_where_the_job_has_them(String sample) throws Exception {
    assumeThat(Files.isExecutable(PYTHON)).as(PYTHON + " is not installed").isTrue();
    Batch batch =
        SampleDecoding.logistic(SampleOptions.DEFAULT, FEATURES, "dense")
            .accept(Level.LOWER, sample.substring(0, sample.length() - 1) + ",\"y\":1}");
    double[] expected = Arrays.copyOf(batch.column(0), FEATURES);
    assertThat(expected).contains(0).isNotEqualTo(new double[FEATURES]);
    double[] placed = new double[FEATURES];
    String said = python(sample);
    for (JsonNode pair : new ObjectMapper().readTree(said)) {
      placed[pair.get(0).intValue()] += pair.get(1).doubleValue();
    }
    assertThat(placed).as(said).containsExactly(expected);
  }
}
