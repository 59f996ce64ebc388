package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import io.thalweg.kafka.SnapshotRegistry;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Positions;
import io.thalweg.stream.Snapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotFileTest {
  @TempDir private Path dir;

  private static SnapshotRegistry.Found found(double[] x, double[] y) {
    Positions nowhere = new Positions(List.of(), List.of(), List.of(), List.of());
    Snapshot snapshot =
        new Snapshot(
            "j",
            1,
            1,
            1,
            0,
            "m",
            "c",
            Map.of(),
            x,
            y,
            List.of(),
            Map.of(),
            nowhere,
            new Ledger(nowhere, List.of()),
            Long.MIN_VALUE,
            "s");
    return new SnapshotRegistry.Found(snapshot, new byte[] {'{', '}'}, "sha");
  }

  private JobConfig job() throws Exception {
    return new JobReader(Map.of(), List.of()).read(CommandRun.job(dir, "game", "b:1"));
  }

  @Test
  void a_problem_without_a_linear_score_has_no_onnx_and_is_told_what_it_has() throws Exception {
    JobConfig job = job();
    assertThatThrownBy(
            () ->
                SnapshotFile.content(
                    SnapshotFile.Format.onnx, found(new double[3], new double[4]), job))
        .hasMessageContaining("pl-game has no linear score")
        .hasMessageContaining("logistic-regression")
        .hasMessageContaining("--format npz");
    assertThat(
            SnapshotFile.content(SnapshotFile.Format.npz, found(new double[3], new double[4]), job))
        .startsWith('P', 'K');
  }

  @Test
  void a_portfolio_whose_x_has_step_sizes_too_is_exported_as_its_averaged_model() throws Exception {
    Path file =
        Files.writeString(
            dir.resolve("calls.yaml"),
            """
            job: calls
            problem: {type: logistic-regression, features: 3, hyperparameters: {l2: {per: global}}}
            solver: {method: auto}
            samples: {topic: calls, split: prequential}
            kafka: {bootstrap.servers: "b:1"}
            """);
    JobConfig job = new JobReader(Map.of(), List.of()).read(file);
    assertThat(
            new String(
                SnapshotFile.content(
                    SnapshotFile.Format.onnx, found(new double[5], new double[4]), job),
                java.nio.charset.StandardCharsets.ISO_8859_1))
        .contains("Gemm", "Sigmoid");
    assertThatThrownBy(
            () ->
                SnapshotFile.content(
                    SnapshotFile.Format.onnx, found(new double[1], new double[4]), job))
        .hasMessageContaining("take the job file that made it");
  }

  @Test
  void a_file_is_replaced_as_a_whole() throws Exception {
    Path file = Files.writeString(dir.resolve("m.npy"), "before");
    SnapshotFile.write(file, new byte[] {1, 2});
    assertThat(Files.readAllBytes(file)).containsExactly(1, 2);
    assertThat(dir.toFile().list()).containsExactly("m.npy");
    assertThatThrownBy(() -> SnapshotFile.write(dir.resolve("no/m.npy"), new byte[1]))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("cannot write");
  }
}
