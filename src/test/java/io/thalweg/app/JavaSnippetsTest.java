package io.thalweg.app;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs in Java that the pages show are programs. */
class JavaSnippetsTest {
  @TempDir Path folder;

  @Test
  void samples_are_sent_as_shown() throws Exception {
    DocPage.compile(
        folder,
        "Shown",
        """
        import io.thalweg.config.JobReader;
        import io.thalweg.kafka.KafkaSettings;
        import io.thalweg.kafka.SampleProducer;
        import io.thalweg.problem.Problem;
        import io.thalweg.sample.Level;
        import io.thalweg.wire.SampleRow;
        import java.nio.file.Path;
        import java.util.List;

        class Shown {
          record Call(double[] x, double label, long number, long millis) {}

          static void send(List<Call> calls) {
        """
            + DocPage.read("src/docs/record-formats.md").blocks("java").get(0)
            + "  }\n}\n");
  }

  @Test
  void snapshots_are_read_as_shown() throws Exception {
    DocPage.compile(
        folder,
        "Shown",
        """
        import io.thalweg.kafka.KafkaSettings;
        import io.thalweg.kafka.SnapshotReader;
        import io.thalweg.wire.SnapshotAlias;
        import java.time.Duration;
        import org.slf4j.Logger;

        class Shown {
          static void read(Logger log) throws Exception {
        """
            + DocPage.read("src/docs/snapshots.md").blocks("java").get(0)
            + "  }\n}\n");
  }
}
