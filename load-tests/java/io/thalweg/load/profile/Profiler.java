package io.thalweg.load.profile;

import io.thalweg.load.report.ProfileResult.Share;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;

/** Samples the stacks of this process while something runs. */
public final class Profiler {
  private static final Duration PERIOD = Duration.ofMillis(5);
  private static final int TOP = 8;

  private Profiler() {}

  /** Something to look at. */
  @FunctionalInterface
  public interface Work {
    /**
     * Does it.
     *
     * @throws Exception as it likes
     */
    void run() throws Exception;
  }

  /**
   * Shares of what was seen.
   *
   * @param stacks how many stacks were sampled
   * @param parts by what the program does
   * @param threads of the CPU time, by thread
   * @param top by the method on top
   */
  public record Seen(int stacks, List<Share> parts, List<Share> threads, List<Share> top) {}

  /**
   * Runs something and draws its flame graph.
   *
   * @param work what runs
   * @param title of the flame graph
   * @param flame its file
   * @return shares
   * @throws Exception when the work fails or the recording cannot be written
   */
  public static Seen look(Work work, String title, Path flame) throws Exception {
    Path file = Files.createTempFile("thalweg-load-", ".jfr");
    try (Recording recording = new Recording();
        ThreadCpu cpu = new ThreadCpu()) {
      recording.enable("jdk.ExecutionSample").withPeriod(PERIOD);
      recording.start();
      work.run();
      List<Share> threads = cpu.shares();
      recording.stop();
      recording.dump(file);
      Stacks stacks = Stacks.read(file);
      FlameGraph.write(flame, title, stacks.root());
      return new Seen(stacks.count(), stacks.parts(), threads, stacks.top(TOP));
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
