package io.thalweg.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.broker.EmbeddedBroker.Options;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerIT {
  @TempDir Path data;

  @Test
  void a_temporary_broker_takes_records_and_leaves_nothing_behind() throws Exception {
    EmbeddedBroker broker = EmbeddedBroker.start(Options.DEFAULTS);
    ProcessHandle child = broker.process();
    try (broker) {
      TestBroker test = TestBroker.around(broker);
      test.create("greetings", 2);
      test.send("greetings", 1, values(3));
      assertThat(read(test, "greetings")).containsExactly("0", "1", "2");
    }
    assertThat(child.isAlive()).isFalse();
    assertThat(broker.dataDir()).doesNotExist();
    assertThat(broker.isAlive()).isFalse();
    broker.close();
  }

  @Test
  void data_survive_a_restart_and_a_new_start_in_the_same_folder() throws Exception {
    int port;
    try (EmbeddedBroker broker = EmbeddedBroker.start(Options.DEFAULTS.in(data))) {
      TestBroker test = TestBroker.around(broker);
      test.create("kept", 1);
      test.send("kept", 0, values(5));
      port = broker.port();
      broker.restart();
      assertThat(broker.port()).isEqualTo(port);
      assertThat(read(test, "kept")).hasSize(5);
    }
    assertThat(Files.readString(data.resolve("broker.port")).strip()).isEqualTo("" + port);
    try (EmbeddedBroker again = EmbeddedBroker.start(Options.DEFAULTS.in(data))) {
      TestBroker test = TestBroker.around(again);
      test.send("kept", 0, values(1));
      assertThat(read(test, "kept")).containsExactly("0", "1", "2", "3", "4", "0");
    }
  }

  @Test
  void acknowledged_records_survive_kill_9() throws Exception {
    // the controller waits this long for the killed node before it takes the new one
    Options soon =
        Options.DEFAULTS
            .in(data)
            .with(
                Map.of("broker.session.timeout.ms", "3000", "broker.heartbeat.interval.ms", "500"));
    try (EmbeddedBroker broker = EmbeddedBroker.start(soon)) {
      TestBroker test = TestBroker.around(broker);
      test.create("killed", 1);
      test.send("killed", 0, values(2_000));
      broker.kill();
      assertThat(broker.isAlive()).isFalse();
      broker.restart();
      assertThat(read(test, "killed")).hasSize(2_000).startsWith("0").endsWith("1999");
    }
  }

  @Test
  void a_frozen_broker_goes_on_where_it_was() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(Options.DEFAULTS)) {
      TestBroker test = TestBroker.around(broker);
      test.create("frozen", 1);
      broker.pause();
      assertThat(state(broker)).contains("T");
      broker.resume();
      test.send("frozen", 0, values(1));
      assertThat(read(test, "frozen")).containsExactly("0");
    }
  }

  @Test
  void a_taken_port_is_left_to_its_owner() throws Exception {
    try (ServerSocket owner = new ServerSocket()) {
      owner.bind(new InetSocketAddress("127.0.0.1", 0));
      int wished = owner.getLocalPort();
      try (EmbeddedBroker broker = EmbeddedBroker.start(Options.DEFAULTS.in(data).on(wished))) {
        assertThat(broker.port()).isNotEqualTo(wished).isPositive();
        assertThat(broker.movedPort()).isTrue();
        assertThatThrownBy(() -> EmbeddedBroker.start(Options.DEFAULTS.in(data)))
            .isInstanceOf(BrokerException.class)
            .hasMessage("the data folder is in use by another broker: " + data);
        assertThat(broker.isAlive()).isTrue();
      }
    }
  }

  @Test
  void a_setting_the_broker_refuses_is_reported_with_the_end_of_its_log() {
    Options wrong = Options.DEFAULTS.in(data).with(Map.of("num.io.threads", "none"));
    assertThatThrownBy(() -> EmbeddedBroker.start(wrong))
        .isInstanceOf(BrokerException.class)
        .hasMessageContaining("num.io.threads")
        .hasMessageContaining(data.resolve("broker.log").toString());
  }

  @Test
  void data_of_another_cluster_are_refused_with_the_reason() throws Exception {
    Files.createDirectories(data.resolve("log"));
    Files.writeString(
        data.resolve("log/meta.properties"),
        "version=1\ncluster.id=AAAAAAAAAAAAAAAAAAAAAA\nnode.id=1\n"
            + "directory.id=AAAAAAAAAAAAAAAAAAAAAQ\n");
    assertThatThrownBy(() -> EmbeddedBroker.start(Options.DEFAULTS.in(data)))
        .isInstanceOf(BrokerException.class)
        .hasMessageContaining("cluster.id")
        .hasMessageContaining("AAAAAAAAAAAAAAAAAAAAAA")
        .hasMessageNotContaining("InvocationTarget");
  }

  @Test
  void a_file_in_the_place_of_the_folder_is_named() throws Exception {
    Path file = Files.createFile(data.resolve("taken"));
    assertThatThrownBy(() -> EmbeddedBroker.start(Options.DEFAULTS.in(file)))
        .isInstanceOf(BrokerException.class)
        .hasMessage("the data folder of the broker is a file: " + file);
  }

  private static String state(EmbeddedBroker broker) throws Exception {
    Process ps = new ProcessBuilder("ps", "-o", "stat=", "-p", "" + broker.process().pid()).start();
    return new String(ps.getInputStream().readAllBytes(), UTF_8);
  }

  private static List<String> read(TestBroker test, String topic) {
    return test.readAll(topic, "read_committed").stream()
        .map(r -> new String(r.value(), UTF_8))
        .toList();
  }

  private static List<byte[]> values(int n) {
    return IntStream.range(0, n).mapToObj(i -> ("" + i).getBytes(UTF_8)).toList();
  }
}
