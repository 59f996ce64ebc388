package io.thalweg.load.profile;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A method in all stacks that begin alike. */
final class FlameNode {
  private final String name;
  private final Map<String, FlameNode> callees = new TreeMap<>();
  private int count;

  FlameNode(String name) {
    this.name = name;
  }

  /** Adds a stack, the outermost frame first, below a thread. */
  void add(String thread, List<String> frames) {
    count++;
    FlameNode node = callees.computeIfAbsent(thread, FlameNode::new);
    node.count++;
    for (String frame : frames) {
      node = node.callees.computeIfAbsent(frame, FlameNode::new);
      node.count++;
    }
  }

  String name() {
    return name;
  }

  int count() {
    return count;
  }

  Collection<FlameNode> callees() {
    return callees.values();
  }

  int depth() {
    int deepest = 0;
    for (FlameNode callee : callees.values()) {
      deepest = Math.max(deepest, callee.depth());
    }
    return 1 + deepest;
  }
}
