package io.thalweg.config;

import io.thalweg.config.Node.Entry;
import io.thalweg.config.Node.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lays the environment and the command line over a job file. {@code THALWEG_SOLVER_C_GXY} stands
 * for {@code solver.c-gxy}: which underscore is a dot and which a dash is found among the keys that
 * exist.
 */
final class Overrides {
  static final String PREFIX = "THALWEG_";

  /** What an orchestrator injects for a service of our name; never meant as a setting. */
  private static final Pattern SERVICE_LINK =
      Pattern.compile(".*_SERVICE_(HOST|PORT(_.*)?)|.*_PORT_[0-9]+_(TCP|UDP)(_.*)?");

  /** Variables of ours that are no settings of a job. */
  private static final List<String> OTHERS =
      List.of("THALWEG_INSTANCE", "THALWEG_LOG_FORMAT", "THALWEG_OPTS");

  private final Tree root;
  private final Keys keys;
  private final List<Mistake> mistakes;
  private final List<String> warnings;

  Overrides(Tree root, Keys keys, List<Mistake> mistakes, List<String> warnings) {
    this.root = root;
    this.keys = keys;
    this.mistakes = mistakes;
    this.warnings = warnings;
  }

  /** Applies every variable that names a key. */
  void environment(Map<String, String> env) {
    new TreeMap<>(env)
        .forEach(
            (name, value) -> {
              if (name.startsWith(PREFIX) && !ignored(name, value)) {
                variable(name, value);
              }
            });
  }

  /**
   * Applies {@code key=value} words in order; a later one wins.
   *
   * @param options what stands for a key in place of {@code --set}
   */
  void sets(List<String> sets, Map<String, String> options) {
    for (String word : sets) {
      int equals = word.indexOf('=');
      if (equals < 1) {
        mistakes.add(
            new Mistake(
                Location.of("--set " + word), "", "expected key=value, found \"" + word + "\""));
        continue;
      }
      String key = word.substring(0, equals).strip();
      put(key, word.substring(equals + 1), options.getOrDefault(key, "--set " + key));
    }
  }

  private void variable(String name, String value) {
    List<String> matches = keys.matching(name.substring(PREFIX.length()));
    if (matches.isEmpty()) {
      warnings.add("environment variable " + name + " names no key of the job file: ignored");
    } else if (matches.size() > 1) {
      mistakes.add(
          new Mistake(
              Location.of("environment " + name),
              "",
              "stands for more than one key ("
                  + String.join(", ", matches)
                  + "): use --set "
                  + matches.get(0)
                  + "=... or --set "
                  + matches.get(1)
                  + "=... instead"));
    } else {
      put(matches.get(0), value, "environment " + name);
    }
  }

  private void put(String key, String text, String source) {
    Location at = Location.of(source);
    List<String> path = Keys.split(key);
    boolean kafka = path.get(0).equals("kafka") && path.size() == 2;
    boolean verbatim = kafka || (Secrets.isSecretKey(key) && !text.isBlank());
    Node value = verbatim ? Node.Scalar.of(at, text, text) : YamlText.value(text, source, mistakes);
    Tree tree = root;
    for (String step : path.subList(0, path.size() - 1)) {
      if (tree.get(step) instanceof Tree below) {
        tree = below;
      } else {
        Tree below = Tree.empty(at);
        tree.entries().put(step, new Entry(at, below));
        tree = below;
      }
    }
    String last = path.get(path.size() - 1);
    if (isNothing(value)) {
      tree.entries().remove(last); // an empty value takes the key back to its default
    } else {
      tree.entries().put(last, new Entry(at, value));
    }
  }

  private static boolean isNothing(@Nullable Node value) {
    return value instanceof Node.Scalar scalar && scalar.value() == null;
  }

  private static boolean ignored(String name, String value) {
    return value.isBlank() // as if it were not set, which is what container files mean by it
        || OTHERS.contains(name)
        || SERVICE_LINK.matcher(name).matches()
        || (name.endsWith("_PORT") && value.startsWith("tcp://"));
  }

  /** The keys a variable can stand for. */
  static final class Keys {
    private final List<String> fixed;
    private final List<String> open;

    /**
     * A list of keys.
     *
     * @param fixed full dotted keys
     * @param open keys below which anything may stand
     */
    Keys(List<String> fixed, List<String> open) {
      this.fixed = fixed;
      this.open = open;
    }

    /** The keys whose upper-case form is the given one. */
    List<String> matching(String name) {
      List<String> out = new ArrayList<>();
      for (String key : fixed) {
        if (upper(key).equals(name)) {
          out.add(key);
        }
      }
      if (out.isEmpty()) {
        for (String key : open) {
          if (name.startsWith(upper(key) + "_")) {
            String rest = name.substring(upper(key).length() + 1);
            out.add(key + "." + rest.toLowerCase(Locale.ROOT).replace('_', '.'));
          }
        }
      }
      return out.stream().distinct().toList();
    }

    /** The steps of a dotted key; below {@code kafka} the dots belong to the key. */
    static List<String> split(String key) {
      return key.startsWith("kafka.")
          ? List.of("kafka", key.substring("kafka.".length()))
          : List.of(key.split("\\.", -1));
    }

    private static String upper(String key) {
      return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
  }
}
