package io.thalweg.load.profile;

import io.thalweg.load.report.ProfileResult.Share;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/** Sampled stacks: as a tree, by part, by the method on top. */
final class Stacks {
  private final FlameNode root = new FlameNode("all");
  private final Map<Part, Integer> parts = new EnumMap<>(Part.class);
  private final Map<String, Integer> top = new TreeMap<>();
  private int count;

  /** Reads the stacks of threads that ran Java code; those of the load test itself are left out. */
  static Stacks read(Path recording) throws IOException {
    Stacks stacks = new Stacks();
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        if (event.getEventType().getName().equals("jdk.ExecutionSample")
            && event.getStackTrace() != null) {
          RecordedThread thread = event.getThread("sampledThread");
          String name = thread == null ? null : thread.getJavaName();
          if (name != null && !name.equals("main") && !name.startsWith("load-")) {
            stacks.add(name, frames(event.getStackTrace().getFrames()));
          }
        }
      }
    }
    return stacks;
  }

  private static List<String> frames(List<RecordedFrame> recorded) {
    List<String> frames = new ArrayList<>();
    for (RecordedFrame frame : recorded) {
      RecordedMethod method = frame.getMethod();
      frames.add(method.getType().getName() + "." + method.getName());
    }
    return frames;
  }

  private void add(String thread, List<String> frames) {
    count++;
    parts.merge(Part.of(thread, frames), 1, Integer::sum);
    if (!frames.isEmpty()) {
      top.merge(frames.get(0), 1, Integer::sum);
    }
    List<String> outermostFirst = new ArrayList<>(frames);
    Collections.reverse(outermostFirst);
    root.add(ThreadCpu.group(thread), outermostFirst);
  }

  int count() {
    return count;
  }

  FlameNode root() {
    return root;
  }

  List<Share> parts() {
    List<Share> out = new ArrayList<>();
    parts.forEach((part, n) -> out.add(new Share(part.title(), n / (double) count)));
    out.sort(Comparator.comparingDouble(Share::share).reversed());
    return out;
  }

  List<Share> top(int most) {
    List<Share> out = new ArrayList<>();
    top.forEach((method, n) -> out.add(new Share(method, n / (double) count)));
    out.sort(Comparator.comparingDouble(Share::share).reversed());
    return List.copyOf(out.subList(0, Math.min(most, out.size())));
  }
}
