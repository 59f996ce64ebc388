package io.thalweg.config;

import io.thalweg.config.Node.Entry;
import io.thalweg.config.Node.Items;
import io.thalweg.config.Node.Scalar;
import io.thalweg.config.Node.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Resolves {@code ${env:NAME}} and {@code ${file:/path}} in texts, and knows what must never be
 * printed.
 */
final class Secrets {
  /** What stands in the place of a secret. */
  static final String MASK = "[hidden]";

  private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):([^}]*)}");
  private static final Pattern SECRET_KEY =
      Pattern.compile("password|passphrase|secret|jaas|token|credential|ssl\\.keystore\\.key");
  private static final long MOST_BYTES = 1 << 16;

  private final Map<String, String> env;
  private final boolean elsewhere;
  private final List<Mistake> mistakes;
  private final List<String> warnings;
  private final Set<String> values = new LinkedHashSet<>();
  private final Set<String> unresolved = new LinkedHashSet<>();

  /**
   * Nothing resolved yet.
   *
   * @param elsewhere whether the job runs somewhere else, so that a secret which is not here is no
   *     mistake
   */
  Secrets(
      Map<String, String> env, boolean elsewhere, List<Mistake> mistakes, List<String> warnings) {
    this.env = env;
    this.elsewhere = elsewhere;
    this.mistakes = mistakes;
    this.warnings = warnings;
  }

  /** Whether values of this key are secrets whatever they hold. */
  static boolean isSecretKey(String key) {
    return SECRET_KEY.matcher(key.toLowerCase(Locale.ROOT)).find();
  }

  /** Keys whose references lead nowhere. They are left out of the tree. */
  Set<String> unresolved() {
    return Set.copyOf(unresolved);
  }

  /** The tree with references resolved. */
  Tree resolve(Tree tree) {
    return (Tree) resolve(tree, "");
  }

  /** A text without any secret seen so far. */
  String scrub(String text) {
    String out = text;
    for (String value : values) {
      if (value.length() >= 4) {
        out = out.replace(value, MASK);
      }
    }
    return out;
  }

  private Node resolve(Node node, String path) {
    if (node instanceof Tree tree) {
      Tree out = Tree.empty(tree.at());
      tree.entries()
          .forEach(
              (key, entry) -> {
                String full = path.isEmpty() ? key : path + "." + key;
                Node value = resolve(entry.value(), full);
                if (!unresolved.contains(full)) {
                  out.entries().put(key, new Entry(entry.keyAt(), value));
                }
              });
      return out;
    }
    if (node instanceof Items items) {
      List<Node> out = new ArrayList<>();
      for (Node item : items.items()) {
        out.add(resolve(item, path + "[" + out.size() + "]"));
      }
      return new Items(items.at(), out);
    }
    return scalar((Scalar) node, path);
  }

  private Scalar scalar(Scalar scalar, String path) {
    if (isSecretKey(path) && scalar.value() != null) {
      remember(scalar.raw());
    }
    if (!(scalar.value() instanceof String written) || !written.contains("${")) {
      return scalar;
    }
    Matcher reference = REFERENCE.matcher(written);
    StringBuilder out = new StringBuilder();
    Set<String> found = new LinkedHashSet<>();
    while (reference.find()) {
      String value = value(reference.group(1), reference.group(2), scalar.at(), path);
      if (value == null) {
        unresolved.add(path);
        return scalar;
      }
      found.add(value);
      remember(value);
      reference.appendReplacement(out, Matcher.quoteReplacement(value));
    }
    reference.appendTail(out);
    if (found.isEmpty()) {
      return scalar;
    }
    String resolved = out.toString();
    remember(resolved);
    boolean whole = found.size() == 1 && resolved.equals(found.iterator().next());
    boolean text = path.startsWith("kafka.") || isSecretKey(path); // whatever it looks like
    Object typed = whole && !text ? typed(resolved) : resolved;
    String shown = isSecretKey(path) && !whole ? MASK : written;
    return new Scalar(scalar.at(), typed, resolved, shown, found);
  }

  private void remember(String value) {
    if (!value.isEmpty() && !REFERENCE.matcher(value).find()) {
      values.add(value);
    }
  }

  /** A number or flag from outside is a number or flag, as if it stood in the file. */
  private static @Nullable Object typed(String text) {
    Node node = YamlText.value(text, "", new ArrayList<>());
    return node instanceof Scalar scalar
            && (scalar.value() instanceof Number || scalar.value() instanceof Boolean)
        ? scalar.value()
        : text;
  }

  private @Nullable String value(String kind, String name, Location at, String path) {
    if (kind.equals("env")) {
      String value = env.get(name);
      if (value == null) {
        missing(at, path, "environment variable " + name + " is not set");
      }
      return value;
    }
    try {
      Path file = Path.of(name);
      if (Files.size(file) > MOST_BYTES) {
        mistakes.add(
            new Mistake(at, path, "file " + name + " is longer than " + MOST_BYTES + " bytes"));
        return null;
      }
      return Files.readString(file).replaceFirst("\\r?\\n\\z", "");
    } catch (NoSuchFileException | InvalidPathException e) {
      missing(at, path, "file " + name + " does not exist");
    } catch (IOException e) {
      mistakes.add(
          new Mistake(
              at, path, "file " + name + " cannot be read: " + e.getClass().getSimpleName()));
    }
    return null;
  }

  private void missing(Location at, String path, String what) {
    if (elsewhere && (path.startsWith("kafka.") || isSecretKey(path))) {
      warnings.add(path + ": " + what + " on this machine: not looked at");
    } else {
      mistakes.add(new Mistake(at, path, what));
    }
  }
}
