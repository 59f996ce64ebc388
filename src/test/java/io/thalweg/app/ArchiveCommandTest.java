package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ArchiveCommandTest {
  @Test
  void classes_in_a_folder_cannot_be_archived_and_that_is_said() {
    CommandRun run = CommandRun.of("archive");
    assertThat(run.code()).isEqualTo(ExitCode.FAILURE);
    assertThat(run.err()).contains("expected to run from thalweg.jar");
  }

  @Test
  void a_build_that_only_tries_goes_on_without() {
    CommandRun run = CommandRun.of("archive", "--try");
    assertThat(run.code()).isZero();
    assertThat(run.err()).startsWith("the program will start as before: expected to run from");
  }

  @Test
  void a_path_with_spaces_and_backslashes_stands_in_the_argument_file_as_a_jvm_reads_it() {
    Path jar = Path.of("a b\\c", "thalweg.jar");
    assertThat(ArchiveCommand.args(jar))
        .contains("-jar", '"' + jar.toString().replace("\\", "\\\\") + '"')
        .anyMatch(line -> line.startsWith("\"-XX:SharedArchiveFile=a b\\\\c"))
        .anyMatch(
            line -> line.startsWith("#") && line.contains(System.getProperty("java.vm.version")));
  }
}
