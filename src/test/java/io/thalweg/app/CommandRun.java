package io.thalweg.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;

/**
 * One command line, run in this process.
 *
 * @param code exit code
 * @param out what it said to stdout
 * @param err what it said to stderr by itself; logs are not in it
 */
record CommandRun(int code, String out, String err) {
  static CommandRun of(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Thalweg.commandLine();
    line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    int code = line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(args);
    return new CommandRun(code, out.toString(), err.toString());
  }

  List<String> lines() {
    return out.lines().toList();
  }

  /** A job file of the game with three upper and four lower variables. */
  static Path job(Path folder, String name, String bootstrap, String... more) throws Exception {
    Path file = folder.resolve(name + ".yaml");
    Files.writeString(
        file,
        """
        job: %s
        problem: {type: pl-game, dx: 3, dy: 4}
        solver: {method: vr-msgbio}
        kafka: {bootstrap.servers: "%s"}
        """
                .formatted(name, bootstrap)
            + String.join("\n", more)
            + "\n",
        UTF_8);
    return file;
  }
}
