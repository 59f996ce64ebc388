package io.thalweg.broker;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/**
 * The settings of the one node: loopback only, one replica of everything, small buffers, a fast
 * first join.
 */
final class ServerProperties {
  private ServerProperties() {}

  static Properties of(Path logs, int port, int controllerPort, Map<String, String> overrides) {
    Properties p = new Properties();
    p.setProperty("process.roles", "broker,controller");
    p.setProperty("node.id", "1");
    // a static quorum of one: the controller's port is not written into the log and may change from
    // start to start
    p.setProperty("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    p.setProperty(
        "listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
    p.setProperty("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
    p.setProperty("controller.listener.names", "CONTROLLER");
    p.setProperty("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    p.setProperty("inter.broker.listener.name", "PLAINTEXT");
    p.setProperty("log.dirs", logs.toString());
    p.setProperty("auto.create.topics.enable", "false");

    // internal topics: one replica, one partition each instead of fifty, which is where most of the
    // start time goes
    for (String topic :
        new String[] {
          "offsets.topic.", "transaction.state.log.", "share.coordinator.state.topic."
        }) {
      p.setProperty(topic + "num.partitions", "1");
      p.setProperty(topic + "replication.factor", "1");
    }
    p.setProperty("transaction.state.log.min.isr", "1");
    p.setProperty("share.coordinator.state.topic.min.isr", "1");

    // the default makes the first join of every group wait three seconds for members that will not
    // come
    p.setProperty("group.initial.rebalance.delay.ms", "0");
    p.setProperty("group.min.session.timeout.ms", "1000");
    // an abandoned transaction holds readers up until this scan finds it; the default is ten
    // seconds
    p.setProperty("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");

    // 128 MiB of heap by default, half of what the process has
    p.setProperty("log.cleaner.dedupe.buffer.size", String.valueOf(4 << 20));
    p.setProperty("log.cleaner.threads", "1");
    p.setProperty("log.segment.bytes", String.valueOf(64 << 20));
    p.setProperty("num.network.threads", "2");
    p.setProperty("num.io.threads", "4");
    p.setProperty("background.threads", "2");
    p.setProperty("num.recovery.threads.per.data.dir", "1");
    overrides.forEach(p::setProperty);
    return p;
  }
}
