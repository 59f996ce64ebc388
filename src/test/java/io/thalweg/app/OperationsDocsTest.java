package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.topics.TopicCatalog;
import io.thalweg.topics.TopicKind;
import io.thalweg.topics.TopicSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages for those who run it: commands parse, files exist, links lead somewhere. */
class OperationsDocsTest {
  private static final Path ROOT = Path.of(System.getProperty("project.basedir", "."));
  private static final Pattern COMMAND =
      Pattern.compile("(?m)^(?:java -jar target/thalweg\\.jar|thalweg) ([^#|\\n]+)");
  private static final Pattern INLINE = Pattern.compile("`thalweg ([a-z]+)");
  private static final Pattern FILE =
      Pattern.compile("(?<![\\w/.])((?:docker|topics|src)/[\\w./-]+\\.(?:yaml|json|md))");

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "docker/README.md",
        "topics/README.md",
        "src/docs/control.md",
        "src/docs/snapshots.md",
        "src/docs/record-formats.md"
      })
  void every_command_is_one_the_program_knows(String page) throws IOException {
    List<String> commands = new ArrayList<>();
    Matcher blocks = Pattern.compile("(?ms)^```([^\\n]*)\\n(.*?)^```$").matcher(read(page));
    while (blocks.find()) {
      if (blocks.group(1).matches("(sh)?")) {
        COMMAND.matcher(blocks.group(2)).results().forEach(m -> commands.add(m.group(1).strip()));
      }
    }
    assertThat(commands).isNotEmpty();
    for (String line : commands) {
      for (String command : line.split(" && thalweg ", -1)) {
        Thalweg.commandLine().parseArgs(command.split(" >", -1)[0].strip().split("\\s+", -1));
      }
    }
    INLINE
        .matcher(read(page))
        .results()
        .forEach(m -> assertThat(Thalweg.commandLine().getSubcommands()).containsKey(m.group(1)));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "docker/README.md",
        "topics/README.md",
        "src/docs/metrics.md",
        "src/docs/control.md",
        "src/docs/operations.md",
        "src/docs/snapshots.md",
        "src/docs/record-formats.md",
        "src/docs/CHANGELOG.md"
      })
  void every_link_and_every_file_that_is_named_exists(String page) throws IOException {
    Path folder = ROOT.resolve(page).getParent();
    Matcher links = Pattern.compile("\\]\\(([^)#\\s]+)").matcher(read(page));
    while (links.find()) {
      if (!links.group(1).startsWith("http")) {
        assertThat(folder.resolve(links.group(1))).exists();
      }
    }
    FILE.matcher(read(page)).results().forEach(m -> assertThat(ROOT.resolve(m.group(1))).exists());
  }

  @Test
  void every_link_into_a_page_leads_to_a_heading() throws IOException {
    List<Path> pages = new ArrayList<>();
    for (String folder : List.of("docker", "topics", "src/docs", "load-tests")) {
      try (var files = Files.walk(ROOT.resolve(folder))) {
        files.filter(f -> f.toString().endsWith(".md")).forEach(pages::add);
      }
    }
    pages.add(ROOT.resolve("README.md"));
    for (Path page : pages) {
      Matcher links =
          Pattern.compile("\\]\\(([^)#\\s]*)#([^)\\s]+)\\)").matcher(Files.readString(page));
      while (links.find()) {
        if (links.group(1).startsWith("http")) {
          continue;
        }
        Path target =
            links.group(1).isEmpty() ? page : page.getParent().resolve(links.group(1)).normalize();
        assertThat(anchors(target)).as("%s in %s", links.group(), page).contains(links.group(2));
      }
    }
  }

  /** Headings as they are linked to: lower case, no marks, dashes for blanks. */
  private static List<String> anchors(Path page) throws IOException {
    return Pattern.compile("(?m)^#+ (.*)$")
        .matcher(Files.readString(page))
        .results()
        .map(
            m ->
                m.group(1)
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .strip()
                    .replace(' ', '-'))
        .toList();
  }

  @Test
  void every_test_named_as_proof_exists() throws IOException {
    List<String> classes;
    try (var files = Files.walk(ROOT.resolve("src/test/java"))) {
      classes = files.map(p -> p.getFileName().toString()).toList();
    }
    for (String page : List.of("docker/README.md", "topics/README.md")) {
      Matcher m = Pattern.compile("`([A-Z]\\w+(?:Test|IT))`").matcher(read(page));
      while (m.find()) {
        assertThat(classes).contains(m.group(1) + ".java");
      }
    }
  }

  @Test
  void every_profile_and_service_of_the_page_is_in_the_file_and_the_other_way_round()
      throws IOException {
    String compose = read("docker/compose.yaml");
    String page = read("docker/README.md");
    for (String profile : List.of("demo", "monitoring")) {
      assertThat(compose).contains("profiles: [" + profile + "]");
      assertThat(page).contains("--profile " + profile);
    }
    String services =
        compose.substring(compose.indexOf("\nservices:"), compose.indexOf("\nvolumes:"));
    Matcher service = Pattern.compile("(?m)^  ([a-z-]+):$").matcher(services);
    int found = 0;
    while (service.find()) {
      found++;
      assertThat(page).contains("`" + service.group(1) + "`");
    }
    assertThat(found).isEqualTo(7);
  }

  @Test
  void the_table_of_rights_says_what_the_topic_files_say() throws IOException {
    List<TopicKind> columns =
        List.of(
            TopicKind.TRAIN,
            TopicKind.SNAPSHOTS,
            TopicKind.CHECKPOINTS,
            TopicKind.CONTROL,
            TopicKind.DEAD_LETTERS);
    Matcher rows =
        Pattern.compile("(?m)^\\| `(solver|producer|reader|operator|owner)` \\|(.*)\\|$")
            .matcher(read("topics/README.md"));
    int found = 0;
    while (rows.find()) {
      found++;
      String role = rows.group(1);
      String[] cells = rows.group(2).split("\\|", -1);
      for (int i = 0; i < columns.size(); i++) {
        TopicSpec topic = TopicCatalog.builtIn().of(columns.get(i), "j");
        String where = role + " on " + columns.get(i).id();
        assertThat(cells[i].contains("read")).as(where).isEqualTo(topic.readers().contains(role));
        assertThat(cells[i].contains("write")).as(where).isEqualTo(topic.writers().contains(role));
      }
    }
    assertThat(found).isEqualTo(5);
  }

  @Test
  void the_change_log_speaks_the_usual_words_with_wire_formats_first() throws IOException {
    String log = read("src/docs/CHANGELOG.md");
    List<String> sections =
        Pattern.compile("(?m)^### (.*)$").matcher(log).results().map(m -> m.group(1)).toList();
    assertThat(sections)
        .isNotEmpty()
        .isSubsetOf(
            "Wire formats", "Added", "Changed", "Deprecated", "Removed", "Fixed", "Security");
    assertThat(sections.get(0)).isEqualTo("Wire formats");
  }

  private static String read(String page) throws IOException {
    return Files.readString(ROOT.resolve(page));
  }
}
