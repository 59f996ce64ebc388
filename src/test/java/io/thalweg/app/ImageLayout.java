package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The last stage of {@code docker/Dockerfile}, laid out in a folder as its lines say, and its
 * processes, started with the very words of ENTRYPOINT and HEALTHCHECK. Three things stand in for
 * the container: paths begin in the folder, Java is the one of this JVM, and rights are taken away
 * by modes and, where the test is root, by {@code setpriv}.
 */
final class ImageLayout {
  private static final Pattern PLACE = Pattern.compile("^(-[^/]*=)?(/(?:app|etc|samples)/.*)$");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path root;
  private final List<String> entrypoint = new ArrayList<>();
  private final List<String> healthcheck = new ArrayList<>();
  private final Map<String, String> environment = new TreeMap<>();
  private final List<String> said = new ArrayList<>();
  private String user = "0:0";

  private ImageLayout(Path root) {
    this.root = root;
  }

  /**
   * Does what the lines say.
   *
   * @param dockerfile the file
   * @param target what the first stage leaves in {@code /src/target}
   * @param root a folder that becomes the root of the image
   */
  static ImageLayout build(Path dockerfile, Path target, Path root)
      throws IOException, InterruptedException {
    ImageLayout layout = new ImageLayout(root);
    Files.createDirectories(root.resolve("tmp"));
    Files.setPosixFilePermissions(
        root.resolve("tmp"), PosixFilePermissions.fromString("rwxrwxrwx"));
    Path folder = root;
    for (String line : lastStage(Files.readString(dockerfile))) {
      String word = line.substring(0, line.indexOf(' '));
      String rest = line.substring(word.length()).strip();
      switch (word) {
        case "WORKDIR" -> folder = Files.createDirectories(root.resolve(rest.substring(1)));
        case "COPY" -> {
          List<String> words = Arrays.asList(rest.split("\\s+", -1));
          assertThat(words).as(line).hasSize(3).first().isEqualTo("--from=build");
          assertThat(words.get(1)).as(line).startsWith("/src/target/");
          copy(
              target.resolve(words.get(1).substring("/src/target/".length())),
              folder.resolve(words.get(2)));
        }
        case "RUN" -> layout.run(words(rest));
        case "USER" -> layout.user = rest;
        case "ENV" -> layout.environment.put(rest.split("=", 2)[0], rest.split("=", 2)[1]);
        case "HEALTHCHECK" ->
            layout.healthcheck.addAll(words(rest.substring(rest.indexOf("CMD ") + 4)));
        case "ENTRYPOINT" -> layout.entrypoint.addAll(words(rest));
        case "FROM", "LABEL", "EXPOSE", "CMD" -> {}
        default -> throw new AssertionError("what does this line do? " + line);
      }
    }
    return layout;
  }

  /** Each instruction on one line, comments left out. */
  private static List<String> lastStage(String dockerfile) {
    List<String> lines =
        dockerfile
            .replaceAll("\\\\\\R\\s*", "")
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .toList();
    int last = 0;
    for (int i = 0; i < lines.size(); i++) {
      last = lines.get(i).startsWith("FROM ") ? i : last;
    }
    return lines.subList(last, lines.size());
  }

  private void run(List<String> command) throws IOException, InterruptedException {
    Path out = Files.createTempFile("image-run", ".out");
    try {
      Process process =
          new ProcessBuilder(command.stream().map(this::place).toList())
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .start();
      int code = process.waitFor();
      said.add(Files.readString(out));
      assertThat(code).as("%s: %s", command, said).isZero();
    } finally {
      Files.delete(out);
    }
  }

  /** What its RUN lines said. */
  String said() {
    return String.join("\n", said);
  }

  Path root() {
    return root;
  }

  /** As a volume of compose does: {@code ./job.yaml:/etc/thalweg/job.yaml:ro}. */
  void mount(Path base, String volume) throws IOException {
    String[] parts = volume.split(":", -1);
    assertThat(parts).as(volume).hasSize(3).endsWith("ro");
    Path at = root.resolve(parts[1].substring(1));
    Files.createDirectories(at.getParent());
    copy(base.resolve(parts[0]), at);
  }

  /** From now on nobody writes but to /tmp; the user of the image reads all. */
  void readOnly() throws IOException {
    for (String folder : List.of("app", "etc", "samples")) {
      try (Stream<Path> all = Files.walk(root.resolve(folder))) {
        for (Path each : all.toList()) {
          Files.setPosixFilePermissions(
              each,
              PosixFilePermissions.fromString(Files.isDirectory(each) ? "r-xr-xr-x" : "r--r--r--"));
        }
      }
    }
    for (Path each = root; each.startsWith(root.getParent()); each = each.getParent()) {
      Set<PosixFilePermission> mode = Files.getPosixFilePermissions(each);
      mode.add(PosixFilePermission.OTHERS_EXECUTE);
      mode.add(PosixFilePermission.OTHERS_READ);
      Files.setPosixFilePermissions(each, mode);
    }
  }

  /** Starts ENTRYPOINT with a command. */
  Process start(List<String> command, Map<String, String> more, List<String> jvm, Path out)
      throws IOException {
    List<String> words = new ArrayList<>(entrypoint);
    words.addAll(1, jvm);
    words.addAll(command);
    return process(words, more, out);
  }

  /** Runs HEALTHCHECK, or another command in its place, in the environment of the container. */
  int health(List<String> instead, Map<String, String> more, Path out)
      throws IOException, InterruptedException {
    return process(instead.isEmpty() ? healthcheck : instead, more, out).waitFor();
  }

  private Process process(List<String> words, Map<String, String> more, Path out)
      throws IOException {
    List<String> command = new ArrayList<>(asUser());
    words.forEach(word -> command.add(place(word)));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()));
    builder.environment().keySet().removeIf(name -> !name.equals("PATH"));
    builder.environment().putAll(environment);
    builder.environment().putAll(more);
    return builder.start();
  }

  private List<String> asUser() {
    if (!System.getProperty("user.name").equals("root")
        || !Files.isExecutable(Path.of("/usr/bin/setpriv"))) {
      return List.of();
    }
    String[] ids = user.split(":", -1);
    return List.of(
        "/usr/bin/setpriv",
        "--reuid=" + ids[0],
        "--regid=" + ids[1],
        "--clear-groups",
        "--no-new-privs",
        "--bounding-set=-all",
        "--inh-caps=-all");
  }

  private String place(String word) {
    if (word.equals("/usr/bin/java")) {
      return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
    Matcher m = PLACE.matcher(word);
    return m.matches() ? (m.group(1) == null ? "" : m.group(1)) + root + m.group(2) : word;
  }

  private static List<String> words(String json) throws IOException {
    List<String> words = new ArrayList<>();
    JsonNode array = JSON.readTree(json);
    assertThat(array.isArray()).as("no shell in the image: %s", json).isTrue();
    array.forEach(word -> words.add(word.asText()));
    return words;
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(to.resolve(from.relativize(folder)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Path relative = from.relativize(file);
            Files.copy(
                file,
                relative.toString().isEmpty() ? to : to.resolve(relative),
                StandardCopyOption.COPY_ATTRIBUTES,
                StandardCopyOption.REPLACE_EXISTING);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
