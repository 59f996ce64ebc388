package io.thalweg.load.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All results that there are.
 *
 * @param throughput of {@code throughput}, null when it was not run
 * @param scaling of {@code scaling}
 * @param profile of {@code profile}
 * @param control of {@code control}
 * @param page of {@code page}
 * @param openLoop of {@code open-loop}, in the order of the workloads
 * @param jmh what JMH wrote
 * @param peers what the comparison with others wrote
 */
public record Results(
    @Nullable ThroughputResult throughput,
    @Nullable ScalingResult scaling,
    @Nullable ProfileResult profile,
    @Nullable ControlResult control,
    @Nullable PageResult page,
    List<OpenLoopResult> openLoop,
    @Nullable JsonNode jmh,
    @Nullable JsonNode peers) {
  private static final List<String> ORDER =
      List.of("steady", "ramp", "burst", "backlog", "starvation", "restart");

  /**
   * Reads them.
   *
   * @param folder of the results; {@code peers.json} lies beside it
   * @return what is there
   * @throws IOException when a file cannot be read
   */
  public static Results read(Path folder) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    List<OpenLoopResult> openLoop = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
          if (mapper.readTree(Files.readString(file)).has("workload")) {
            openLoop.add(Json.read(file, OpenLoopResult.class));
          }
        }
      }
    }
    openLoop.sort(
        Comparator.comparingInt((OpenLoopResult r) -> place(r.workload()))
            .thenComparing(OpenLoopResult::workload)
            .thenComparing(OpenLoopResult::brokers)
            .thenComparing(r -> r.setting().startsWith("exactly") ? 0 : 1)
            .thenComparing(OpenLoopResult::setting));
    Path peers = folder.toAbsolutePath().normalize().resolveSibling("peers.json");
    return new Results(
        one(folder.resolve("throughput.json"), ThroughputResult.class),
        one(folder.resolve("scaling.json"), ScalingResult.class),
        one(folder.resolve("profile.json"), ProfileResult.class),
        one(folder.resolve("control.json"), ControlResult.class),
        one(folder.resolve("page.json"), PageResult.class),
        List.copyOf(openLoop),
        tree(mapper, folder.resolve("jmh.json")),
        tree(mapper, peers));
  }

  private static int place(String workload) {
    for (int i = 0; i < ORDER.size(); i++) {
      if (workload.startsWith(ORDER.get(i))) {
        return i;
      }
    }
    return ORDER.size();
  }

  private static <T> @Nullable T one(Path file, Class<T> type) throws IOException {
    return Files.exists(file) ? Json.read(file, type) : null;
  }

  private static @Nullable JsonNode tree(ObjectMapper mapper, Path file) throws IOException {
    return Files.exists(file) ? mapper.readTree(Files.readString(file)) : null;
  }
}
