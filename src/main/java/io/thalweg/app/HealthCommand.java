package io.thalweg.app;

import io.thalweg.config.Http;
import io.thalweg.config.JobReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code thalweg health}: how a running job is. */
@Command(
    name = "health",
    description = {
      "Asks a job on this machine how it is; ends with 0 when the answer is good, else with 1.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  thalweg health                 is it alive?",
      "  thalweg health --ready         is it at work? each check with its answer",
      "  thalweg health -c job.yaml     where the job file says",
      "  thalweg health --url http://tuner:8080/readyz"
    })
final class HealthCommand implements Callable<Integer> {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "The job file, for its http.bind and http.port.")
  private @Nullable Path file;

  @Option(names = "--ready", description = "Ask /readyz instead of /healthz.")
  private boolean ready;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "The whole address; without it and without -c 127.0.0.1 at THALWEG_HTTP_PORT or 8080.")
  private @Nullable String url;

  @Spec private CommandSpec spec;

  HealthCommand() {}

  @Override
  public Integer call() {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    String address = address(ready ? "/readyz" : "/healthz");
    int code = Health.check(address, new PrintStream(said, true, StandardCharsets.UTF_8));
    PrintWriter out =
        code == ExitCode.OK ? spec.commandLine().getOut() : spec.commandLine().getErr();
    out.print(said.toString(StandardCharsets.UTF_8));
    out.flush();
    return code;
  }

  private String address(String path) {
    if (url != null) {
      return url;
    }
    if (file == null) {
      return Health.address(path);
    }
    Http http = new JobReader(System.getenv(), List.of()).read(file).http();
    if (!http.enabled()) {
      throw new UserError(
          ExitCode.CONFIGURATION,
          file + ": http.enabled is false, so there is nobody to ask; health needs it to be true");
    }
    return "http://" + host(http.bind()) + ":" + http.port() + path;
  }

  /** Where a server that listens at an address is found from this machine. */
  private static String host(String bind) {
    if (bind.equals("0.0.0.0") || bind.equals("::")) {
      return "127.0.0.1";
    }
    return bind.indexOf(':') >= 0 ? "[" + bind + "]" : bind;
  }
}
