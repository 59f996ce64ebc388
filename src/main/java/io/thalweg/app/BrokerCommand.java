package io.thalweg.app;

import io.thalweg.broker.BrokerException;
import io.thalweg.broker.EmbeddedBroker;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code thalweg broker}: the embedded single-node Kafka alone. */
@Command(
    name = "broker",
    description = {
      "Runs a single-node Kafka on this machine until Ctrl-C or SIGTERM, and prints its address.",
      "Loopback only, no authentication: for trying out and for tests, not for production.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  thalweg broker",
      "  thalweg broker --data /var/tmp/kafka --port 19092"
    })
final class BrokerCommand implements Callable<Integer> {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = ".thalweg/kafka",
      description = "Folder of the data, kept between runs; default ${DEFAULT-VALUE}.")
  private Path data = Path.of(".thalweg", "kafka");

  @Option(
      names = "--port",
      paramLabel = "P",
      defaultValue = "9092",
      description =
          "Port on 127.0.0.1; a free one is taken when it is in use, or when 0; default ${DEFAULT-VALUE}.")
  private int port;

  @Spec private CommandSpec spec;

  BrokerCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    if (port < 0 || port > 65_535) {
      throw new ParameterException(
          spec.commandLine(), "--port must be in [0, 65535], but was " + port);
    }
    StopSignal.install();
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    EmbeddedBroker.Options options =
        EmbeddedBroker.Options.DEFAULTS.in(data).on(port).closedByCaller();
    try (EmbeddedBroker broker = EmbeddedBroker.start(options)) {
      if (broker.movedPort()) {
        err.println(
            "port "
                + port
                + " is taken: using "
                + broker.port()
                + "; tell jobs by --set kafka.bootstrap.servers="
                + broker.bootstrapServers());
      }
      err.println("data and log in " + broker.dataDir() + "; loopback only, no authentication");
      err.flush();
      out.println(broker.bootstrapServers());
      out.flush();
      while (!StopSignal.await(java.time.Duration.ofSeconds(1))) {
        if (!broker.isAlive()) {
          throw new UserError(
              ExitCode.FAILURE, "the broker ended by itself; see " + broker.logFile());
        }
      }
      return ExitCode.OK;
    } catch (BrokerException e) {
      throw new UserError(ExitCode.FAILURE, String.valueOf(e.getMessage()), e);
    }
  }
}
