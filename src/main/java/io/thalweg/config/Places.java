package io.thalweg.config;

import io.thalweg.config.Node.Entry;
import io.thalweg.config.Node.Items;
import io.thalweg.config.Node.Scalar;
import io.thalweg.config.Node.Tree;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds where in a job file a key or its value stands. */
final class Places {
  private Places() {}

  /** The node at a path; steps into lists are indices. Null when there is none. */
  static @Nullable Node find(Tree root, List<String> path) {
    Node at = root;
    for (String step : path) {
      at = below(at, step);
      if (at == null) {
        return null;
      }
    }
    return at;
  }

  /** The place of a key, or of the nearest key above it that exists. */
  static Location key(Tree root, List<String> path) {
    Location place = root.at();
    Node at = root;
    for (String step : path) {
      Node next = below(at, step);
      Entry entry = at instanceof Tree tree ? tree.entries().get(step) : null;
      if (entry != null) {
        place = entry.keyAt();
      } else if (next != null) {
        place = next.at();
      } else {
        break;
      }
      at = next;
    }
    return place;
  }

  /** The place of a single value; of the key where the value is a map, a list or missing. */
  static Location value(Tree root, List<String> path) {
    return find(root, path) instanceof Scalar scalar && scalar.value() != null
        ? scalar.at()
        : key(root, path);
  }

  /** The place of a dotted key as settings name it, {@code name[3]} for list entries. */
  static Location dotted(Tree root, String key) {
    return value(root, steps(key));
  }

  /** The steps of a dotted key. */
  static List<String> steps(String key) {
    if (key.startsWith("kafka.")) {
      return Overrides.Keys.split(key);
    }
    List<String> out = new ArrayList<>();
    for (String step : key.split("[.\\[\\]]", -1)) {
      if (!step.isEmpty()) {
        out.add(step);
      }
    }
    return out;
  }

  /** The dotted key of a path. */
  static String dotted(List<String> path) {
    StringBuilder out = new StringBuilder();
    for (String step : path) {
      if (!step.isEmpty() && step.chars().allMatch(Character::isDigit)) {
        out.append('[').append(step).append(']');
      } else {
        out.append(out.length() == 0 ? "" : ".").append(step);
      }
    }
    return out.toString();
  }

  private static @Nullable Node below(@Nullable Node at, String step) {
    if (at instanceof Tree tree) {
      return tree.get(step);
    }
    if (at instanceof Items items
        && step.chars().allMatch(Character::isDigit)
        && !step.isEmpty()
        && Integer.parseInt(step) < items.items().size()) {
      return items.items().get(Integer.parseInt(step));
    }
    return null;
  }
}
