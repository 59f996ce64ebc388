package io.thalweg.config;

import io.thalweg.config.Node.Entry;
import io.thalweg.config.Node.Scalar;
import io.thalweg.config.Node.Tree;
import io.thalweg.settings.SettingException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a job: defaults, then the file, then the environment ({@code THALWEG_SOLVER_GAMMA}), then
 * {@code --set solver.gamma=0.1}; each layer wins over those before it. References to secrets
 * ({@code ${env:NAME}}, {@code ${file:/path}}) are resolved last.
 */
public final class JobReader {

  private final JobSchema schema = JobSchema.builtIn();
  private final SchemaCheck check = new SchemaCheck(schema);
  private final Map<String, String> env;
  private final List<String> sets;

  /** Keys that were set by an option of their own. */
  private final Map<String, String> options;

  /** Whether the job runs on another machine, which has the secrets. */
  private final boolean elsewhere;

  /**
   * A reader with its overrides.
   *
   * @param env environment variables, by custom {@code System.getenv()}
   * @param sets {@code key=value} words of the command line
   */
  public JobReader(Map<String, String> env, List<String> sets) {
    this(env, sets, Map.of());
  }

  /**
   * A reader with its overrides, some of which were not typed as such.
   *
   * @param env environment variables, by custom {@code System.getenv()}
   * @param sets {@code key=value} words of the command line
   * @param options for keys that an option of the command line stands for, its name: complaints
   *     call them so
   */
  public JobReader(Map<String, String> env, List<String> sets, Map<String, String> options) {
    this(env, sets, options, false);
  }

  private JobReader(
      Map<String, String> env, List<String> sets, Map<String, String> options, boolean elsewhere) {
    this.env = Map.copyOf(env);
    this.sets = List.copyOf(sets);
    this.options = Map.copyOf(options);
    this.elsewhere = elsewhere;
  }

  /**
   * The same for what needs no broker, such as a check before a deployment: where a reference of
   * {@code kafka:} or of a secret leads nowhere the key is left out with a warning.
   *
   * @return another reader
   */
  public JobReader elsewhere() {
    return new JobReader(env, sets, options, true);
  }

  /**
   * Reads a file.
   *
   * @param file the job file
   * @return the job
   * @throws JobFileException with everything that is wrong
   */
  public JobConfig read(Path file) {
    try {
      return read(Files.readString(file), file.toString());
    } catch (NoSuchFileException e) {
      throw unreadable(file, "there is no such file");
    } catch (CharacterCodingException e) {
      throw unreadable(file, "expected UTF-8 text, found other bytes");
    } catch (IOException e) {
      throw unreadable(file, "cannot be read: " + e.getClass().getSimpleName());
    }
  }

  /**
   * Reads the text of a job.
   *
   * @param text YAML or JSON
   * @param source its name for messages
   * @return the job
   * @throws JobFileException with everything that is wrong
   */
  public JobConfig read(String text, String source) {
    List<Mistake> mistakes = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    Secrets secrets = new Secrets(env, elsewhere, mistakes, warnings);
    @Nullable Node node = YamlText.parse(text, source, mistakes);
    if (!(node instanceof Tree root)) {
      if (mistakes.isEmpty()) {
        String found = node == null ? "nothing" : Node.describe(node);
        Location at = node == null ? new Location(source, 1, 1) : node.at();
        mistakes.add(new Mistake(at, "", "expected a job (a map of settings), found " + found));
      }
      throw new JobFileException(mistakes);
    }
    Overrides overrides = new Overrides(root, schema.keys(), mistakes, warnings);
    overrides.environment(env);
    overrides.sets(sets, options);
    Tree tree = secrets.resolve(root);
    List<Mistake> schemaMistakes =
        check.check(tree).stream().filter(m -> !secrets.unresolved().contains(m.key())).toList();
    mistakes.addAll(schemaMistakes);
    JobConfig config = build(tree, schemaMistakes, mistakes, warnings);
    if (config == null || !mistakes.isEmpty()) {
      throw new JobFileException(scrubbed(mistakes, secrets));
    }
    return config;
  }

  /**
   * Goes on with every key the schema accepted, so that one run reports all. A key it refused is
   * left out: what was said about it is enough.
   */
  private @Nullable JobConfig build(
      Tree tree, List<Mistake> refused, List<Mistake> mistakes, List<String> warnings) {
    Tree sound = copy(tree);
    boolean arithmetic = true;
    for (Mistake mistake : refused) {
      leaveOut(sound, Places.steps(mistake.key()));
      for (String part :
          List.of("problem", "solver", "robust", "drift", "guard", "upper", "lower", "seed")) {
        arithmetic &= !within(mistake.key(), part);
      }
    }
    if (!(sound.get("job") instanceof Scalar)) {
      sound.entries().put("job", new Entry(tree.at(), Scalar.of(tree.at(), "unnamed", "unnamed")));
    }
    if (arithmetic && sound.get("solver") instanceof Tree solver) {
      flattenOption(solver);
    }
    Builder builder = new Builder(sound, new Defaults(schema).fill(sound), mistakes, warnings);
    try {
      JobConfig config = builder.build();
      return arithmetic ? builder.tryArithmetic(config) : config;
    } catch (SettingException e) {
      if (refused.isEmpty()) { // otherwise it only misses what was left out
        mistakes.add(new Mistake(Places.dotted(tree, e.path()), e.path(), e.problem()));
      }
      return null;
    }
  }

  /**
   * {@code hypergradient: {lanczos: {krylov: 5}}} and {@code hypergradient: lanczos, krylov: 5}
   * mean the same, so they become the same. Where a key is given both ways both stay, to be
   * refused.
   */
  private static void flattenOption(Tree solver) {
    Entry option = solver.entries().get("hypergradient");
    if (option == null || !(option.value() instanceof Tree tree)) {
      return;
    }
    Tree own = tree;
    Node name = tree.get("type");
    if (name == null && tree.entries().size() == 1) {
      Map.Entry<String, Entry> only = tree.entries().entrySet().iterator().next();
      name = Scalar.of(only.getValue().keyAt(), only.getKey(), only.getKey());
      if (!(only.getValue().value() instanceof Tree below)) {
        return;
      }
      own = below;
    }
    if (name == null || own.entries().keySet().stream().anyMatch(solver.entries()::containsKey)) {
      return;
    }
    solver.entries().put("hypergradient", new Entry(option.keyAt(), name));
    own.entries()
        .forEach(
            (key, entry) -> {
              if (!key.equals("type")) {
                solver.entries().put(key, entry);
              }
            });
  }

  private static Tree copy(Tree tree) {
    Tree out = Tree.empty(tree.at());
    tree.entries()
        .forEach(
            (key, entry) -> {
              Node value = entry.value() instanceof Tree below ? copy(below) : entry.value();
              out.entries().put(key, new Entry(entry.keyAt(), value));
            });
    return out;
  }

  /** Removes a key; where it is missing, or inside a list, what it is missing from. */
  private static void leaveOut(Tree root, List<String> path) {
    Tree tree = root;
    for (int i = 0; i < path.size(); i++) {
      String step = path.get(i);
      Node value = tree.get(step);
      if (value instanceof Tree below && i + 1 < path.size() && !missing(below, path, i + 1)) {
        tree = below;
      } else {
        tree.entries().remove(step);
        return;
      }
    }
  }

  private static boolean missing(Tree tree, List<String> path, int i) {
    return i == path.size() - 1 && tree.get(path.get(i)) == null;
  }

  private static boolean within(String key, String part) {
    return key.equals(part) || key.startsWith(part + ".") || key.startsWith(part + "[");
  }

  private static List<Mistake> scrubbed(List<Mistake> mistakes, Secrets secrets) {
    return mistakes.stream()
        .map(m -> new Mistake(m.at(), m.key(), secrets.scrub(m.message())))
        .toList();
  }

  private static JobFileException unreadable(Path file, String message) {
    return new JobFileException(List.of(new Mistake(Location.of(file.toString()), "", message)));
  }
}
