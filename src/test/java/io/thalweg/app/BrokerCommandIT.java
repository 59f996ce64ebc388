package io.thalweg.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar, as users run it. */
class BrokerCommandIT {
  @TempDir Path data;

  @Test
  void prints_its_address_serves_and_ends_with_0_at_a_signal() throws Exception {
    Process thalweg = start();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(thalweg.getInputStream(), UTF_8))) {
      String address = out.readLine();
      assertThat(address).matches("127\\.0\\.0\\.1:\\d+");
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
        assertThat(admin.describeCluster().nodes().get(30, TimeUnit.SECONDS)).hasSize(1);
      }
      List<ProcessHandle> children = thalweg.children().toList();
      assertThat(children).hasSize(1);
      thalweg.destroy();
      assertThat(thalweg.waitFor(40, TimeUnit.SECONDS)).isTrue();
      assertThat(thalweg.exitValue()).isZero();
      assertThat(children.get(0).isAlive()).isFalse();
    } finally {
      thalweg.destroyForcibly();
    }
  }

  @Test
  void leaves_no_broker_behind_when_it_is_killed() throws Exception {
    Process thalweg = start();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(thalweg.getInputStream(), UTF_8))) {
      assertThat(out.readLine()).isNotNull();
      List<ProcessHandle> children = thalweg.children().toList();
      assertThat(children).hasSize(1);
      thalweg.destroyForcibly();
      await().atMost(Duration.ofSeconds(40)).until(() -> !children.get(0).isAlive());
    } finally {
      thalweg.destroyForcibly();
    }
  }

  private Process start() throws Exception {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return new ProcessBuilder(
            java.toString(),
            "-jar",
            System.getProperty("thalweg.jar"),
            "broker",
            "--port=0",
            "--data=" + data)
        .redirectError(data.resolve("stderr").toFile())
        .start();
  }
}
