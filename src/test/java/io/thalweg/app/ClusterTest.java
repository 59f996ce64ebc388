package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterTest {
  private static final Duration SHORT = Duration.ofSeconds(1);

  private static UserError refusal(String bootstrap, Duration busy) {
    return catchThrowableOfType(
        UserError.class,
        () -> Cluster.connect(Map.of("bootstrap.servers", bootstrap), SHORT, busy).close());
  }

  @Test
  void a_port_that_takes_connections_is_given_the_longer_time_and_named() throws Exception {
    try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + mute.getLocalPort();
      UserError refusal = refusal("127.0.0.1:1," + address, Duration.ofSeconds(3));
      assertThat(refusal.code()).isEqualTo(ExitCode.BROKER);
      assertThat(refusal)
          .hasMessageContaining("connections to 127.0.0.1:1," + address + " are taken")
          .hasMessageContaining("waited 3 s")
          .hasMessageContaining("overloaded");
    }
  }

  @Test
  void where_nobody_listens_the_shorter_time_is_enough() {
    UserError refusal = refusal("127.0.0.1:1", Duration.ofHours(1));
    assertThat(refusal.code()).isEqualTo(ExitCode.BROKER);
    assertThat(refusal)
        .hasMessageContaining("no Kafka broker answers at 127.0.0.1:1 (waited 1 s)")
        .hasMessageContaining("is it running?");
  }
}
