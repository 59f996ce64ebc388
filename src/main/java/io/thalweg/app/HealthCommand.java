package io.thalweg.app;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
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
      "  thalweg health --url http://tuner:8080/readyz"
    })
final class HealthCommand implements Callable<Integer> {
  @Option(names = "--ready", description = "Ask /readyz instead of /healthz.")
  private boolean ready;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "Another address; default 127.0.0.1 at THALWEG_HTTP_PORT or 8080, the job file's"
              + " http.port.")
  private @Nullable String url;

  @Spec private CommandSpec spec;

  HealthCommand() {}

  @Override
  public Integer call() {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    String address = url != null ? url : Health.address(ready ? "/readyz" : "/healthz");
    int code = Health.check(address, new PrintStream(said, true, StandardCharsets.UTF_8));
    PrintWriter out =
        code == ExitCode.OK ? spec.commandLine().getOut() : spec.commandLine().getErr();
    out.print(said.toString(StandardCharsets.UTF_8));
    out.flush();
    return code;
  }
}
