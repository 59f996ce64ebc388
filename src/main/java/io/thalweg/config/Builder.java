package io.thalweg.config;

import io.thalweg.config.Node.Entry;
import io.thalweg.config.Node.Scalar;
import io.thalweg.config.Node.Tree;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import io.thalweg.solver.Constraint;
import io.thalweg.solver.Constraints;
import io.thalweg.solver.Methods;
import io.thalweg.solver.Solver;
import io.thalweg.solver.Standardization;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Turns a tree that fits the schema into records, and finds what a schema cannot say. */
final class Builder {
  /** Keys of the solver tree that are about batches, not about the method. */
  private static final List<String> BATCHING =
      List.of("batch", "on-idle-upper", "lower-only-steps");

  private static final String ROBUST = Methods.ROBUST.key();

  /** Parts of a job that reach the methods within one key of the solver settings. */
  private static final List<String> WATCHED = List.of(Methods.DRIFT.key(), Methods.GUARD.key());

  private static final String WITHIN_SOLVER = "solver." + ROBUST;
  private static final String WITHIN_WATCH = "solver." + Methods.WATCH + ".";
  private static final String LABELS_WITHIN_SOLVER = "solver." + Methods.LABELS;

  /** What was written, for places and for what the methods and problems are given. */
  private final Tree written;

  /** The same with defaults. */
  private final Tree full;

  private final Settings root;
  private final List<Mistake> mistakes;
  private final List<String> warnings;

  Builder(Tree written, Tree full, List<Mistake> mistakes, List<String> warnings) {
    this.written = written;
    this.full = full;
    this.root = Settings.of("", settings(full));
    this.mistakes = mistakes;
    this.warnings = warnings;
  }

  /** The configuration; meaningful only when no mistake was found. */
  JobConfig build() {
    String job = root.text("job");
    Samples samples = samples();
    Set<Level> reads = Methods.reads(root.child("solver").text("method"));
    TopicNames topics = topics(job, samples, reads);
    nameTopics(topics, reads);
    Cadence cadence = cadence();
    Batching batching = batching();
    startsItself();
    Settings solver = Settings.of("solver", arithmeticOf(settings(written)));
    JobConfig config =
        new JobConfig(
            job,
            ((Number) Objects.requireNonNull(root.raw("seed"))).longValue(),
            part("problem"),
            solver,
            part("upper"),
            part("lower"),
            batching,
            cadence,
            longVectors(),
            samples,
            topics,
            choice(root, "delivery", Delivery.class),
            choice(root, "on-data-loss", OnTrouble.class),
            choice(root, "on-config-change", OnTrouble.class),
            http(),
            clients(),
            Canonical.sha256(arithmetic()),
            Effective.yaml(full),
            warnings);
    return config;
  }

  /** Builds problem and solver once, so that what they refuse is known before anything runs. */
  JobConfig tryArithmetic(JobConfig config) {
    try {
      Problem problem = config.problem();
      Solver solver = config.solver(problem);
      checkSplit(config, problem);
      checkClasses(config, problem);
      Methods.checkBatches(
          config.solverSettings(), problem, config.batching().lower(), config.batching().upper());
      if (Problems.isLinearModel(problem)
          && problem.schema(Level.LOWER).sparse()
          && solver.costGrowsWithModel()) {
        String cost =
            "every step costs as much as the model is long ("
                + solver.lowerDim()
                + " entries), not as the rows of a batch";
        if (Methods.aggregates(config.solverSettings())) {
          return config.withWarning(cost + ": robust looks at the gradient of every record");
        }
        return config.withWarning(
            cost
                + "; problem.hyperparameters.l2.per: global"
                + " or group (up to "
                + Methods.MOST_LAZY_GROUPS
                + ") with solver.hypergradient: linear-system touches only what the rows hold");
      }
    } catch (SettingException e) {
      wrong(e.path(), e.problem());
    }
    return config;
  }

  /** A batch that serves both levels is a lower one: its first columns must be the upper ones. */
  private void checkSplit(JobConfig config, Problem problem) {
    List<Field> lower = problem.schema(Level.LOWER).fields();
    List<Field> upper = problem.schema(Level.UPPER).fields();
    if (config.samples().split().kind() == Samples.Split.Kind.PREQUENTIAL
        && !(upper.size() <= lower.size() && lower.subList(0, upper.size()).equals(upper))) {
      wrong(
          "samples.split",
          "prequential lets every batch serve both levels, but samples of "
              + config.problemSettings().text("type")
              + " hold "
              + names(lower)
              + " for the train level and "
              + names(upper)
              + " for the validation level: expected {upper: share}, or a topic for each level");
    }
  }

  private static String names(List<Field> fields) {
    return fields.stream()
        .map(f -> f.kind() == Field.Kind.SCALAR ? f.name() : f.name() + "[" + f.width() + "]")
        .collect(Collectors.joining(", "));
  }

  static Solver solver(
      Settings solver, Settings upper, Settings lower, long seed, Problem problem) {
    double[] x1 = start(upper, problem.defaultUpper());
    double[] y1 = start(lower, problem.defaultLower());
    return Methods.create(solver, problem, x1, y1, constraint(upper, problem), seed);
  }

  static Constraint constraint(Settings upper, Problem problem) {
    return Constraints.of(
        upper, problem.upperDim(), problem.upperBounds(), problem.defaultConstraint());
  }

  private static double[] start(Settings level, double[] otherwise) {
    Object init = level.raw("init");
    if (init == null) {
      return otherwise;
    }
    if (init instanceof List<?>) {
      return level.numbers("init");
    }
    double[] out = new double[otherwise.length];
    Arrays.fill(out, init instanceof String ? 0 : level.number("init"));
    return out;
  }

  private Settings part(String key) {
    return Settings.of("", settings(written)).child(key);
  }

  private Batching batching() {
    Settings solver = root.child("solver");
    Settings batch = solver.child("batch");
    if (solver.text("on-idle-upper").equals("lower-only")) {
      wrong("solver.on-idle-upper", "lower-only is not available in this version: expected wait");
    }
    return new Batching(
        batch.integer("lower"),
        batch.integer("upper"),
        duration(batch, "linger", true),
        choice(solver, "on-idle-upper", Batching.IdleUpper.class),
        solver.integer("lower-only-steps"));
  }

  private Cadence cadence() {
    Settings every = root.child("snapshots").child("every");
    Duration time = duration(every, "time", false);
    Duration soonest = every.has("min-time") ? duration(every, "min-time", false) : time;
    if (soonest.compareTo(time) > 0) {
      wrong(
          every.pathOf("min-time"),
          "expected at most snapshots.every.time, "
              + every.text("time")
              + ", found "
              + every.text("min-time"));
    }
    return new Cadence(every.integer("steps"), soonest, time, every.number("share"));
  }

  private Http http() {
    Settings of = root.child("http");
    Token token = of.has("token") ? token(of.text("token")) : null;
    return new Http(of.flag("enabled", true), of.text("bind"), of.integer("port"), token);
  }

  /** None where it is too short, which the schema has said. */
  private static @Nullable Token token(String text) {
    return text.length() < Token.FEWEST ? null : new Token(text);
  }

  private LongVectors longVectors() {
    Settings snapshots = root.child("snapshots");
    return new LongVectors(snapshots.integer("inline"), snapshots.integer("keyframe-every"));
  }

  private Duration duration(Settings of, String key, boolean zeroAllowed) {
    Duration duration = Durations.parse(of.text(key));
    if (duration.isZero() && !zeroAllowed) {
      wrong(of.pathOf(key), "expected a duration above 0, found " + of.text(key));
    }
    return duration;
  }

  private Samples samples() {
    Settings of = root.child("samples");
    @Nullable String topic = of.has("topic") ? of.text("topic") : null;
    Samples.Split split =
        new Samples.Split(
            of.has(Methods.LABELS) ? Samples.Split.Kind.PREQUENTIAL : Samples.Split.Kind.BY_ROLE,
            0);
    if (of.isTree("split")) {
      double share = of.child("split").number("upper");
      split = new Samples.Split(Samples.Split.Kind.BY_SHARE, share);
    } else if (of.has("split")) {
      split = new Samples.Split(Samples.Split.Kind.PREQUENTIAL, 0);
    }
    if (of.has("split") && topic == null) {
      wrong(
          "samples.split",
          "shares out one topic, but samples.topic is missing: name the topic, or leave out the"
              + " split to read the train and the validation topic");
    }
    Samples.Format format = choice(of, "format", Samples.Format.class);
    if (of.has("header") && format != Samples.Format.CSV) {
      warnings.add("samples.header has a meaning only with samples.format: csv");
    }
    return new Samples(
        topic,
        split,
        format,
        header(of),
        of.has("unwrap") ? of.text("unwrap") : null,
        choice(of, "decode", Samples.Decode.class),
        preparation(of, format),
        labels(of, topic, split.kind()));
  }

  /** Without defaults in the schema: jobs that ask for none of it keep their fingerprint. */
  private Preparation preparation(Settings of, Samples.Format format) {
    if (of.has("separator") && format != Samples.Format.CSV) {
      warnings.add("samples.separator has a meaning only with samples.format: csv");
    }
    String separator = of.text("separator", ",");
    Preparation.Missing missing =
        of.has("missing")
            ? choice(of, "missing", Preparation.Missing.class)
            : Preparation.Missing.REJECT;
    Standardization standardization = null;
    if (of.isTree("standardize")) {
      Settings how = of.child("standardize");
      standardization =
          new Standardization(
              how.number("clip", Standardization.DEFAULTS.clip(), Standardization.CLIPS),
              how.number(
                  "half-life", Standardization.DEFAULTS.halfLife(), Standardization.HALF_LIVES));
    } else if (of.flag("standardize", false)) {
      standardization = Standardization.DEFAULTS;
    }
    boolean judgesAsTheyCome = Methods.judgesRecords(root.child("solver").text("method", ""));
    if (standardization != null && root.has(ROBUST) && !judgesAsTheyCome) {
      warnings.add(
          "robust judges records that samples.standardize has standardised and clipped: none of them"
              + " stands apart by its size any more");
    }
    if (missing == Preparation.Missing.MEAN && standardization == null) {
      wrong(
          "samples.missing",
          "mean needs samples.standardize, which keeps the means: expected samples.standardize:"
              + " true, or missing: zero");
    }
    return new Preparation(
        separator.equals("tab") ? '\t' : separator.charAt(0),
        of.texts("classes"),
        missing,
        standardization);
  }

  /** Whether the label is a class, of so many as there are texts. */
  private void checkClasses(JobConfig config, Problem problem) {
    List<String> classes = config.samples().preparation().classes();
    int label = problem.schema(Level.LOWER).column("y");
    Field field = label < 0 ? null : problem.schema(Level.LOWER).fields().get(label);
    if (classes.isEmpty()) {
      return;
    }
    int expected =
        field == null
            ? 0
            : switch (field.rule()) {
              case LABEL -> 2;
              case INDEX -> field.below();
              default -> 0;
            };
    if (expected == 0) {
      wrong(
          "samples.classes",
          "has a meaning where the label y is a class, but samples of "
              + config.problemSettings().text("type")
              + " hold "
              + names(problem.schema(Level.LOWER).fields()));
    } else if (classes.size() != expected || Set.copyOf(classes).size() != expected) {
      wrong(
          "samples.classes",
          "expected " + expected + " different texts, one for each class, found " + classes);
    }
  }

  /** The topic of labels that come apart from their records; null where they do not. */
  private @Nullable String labels(
      Settings samples, @Nullable String topic, Samples.Split.Kind split) {
    if (!samples.has(Methods.LABELS)) {
      return null;
    }
    String method = root.child("solver").text("method");
    if (!Methods.joinsLabels(method)) {
      wrong(
          "samples.labels",
          "labels that come apart from their records need solver.method: auto, but it is "
              + method);
    }
    if (topic == null) {
      wrong("samples.labels", "needs samples.topic: the topic of the records without labels");
    }
    if (split == Samples.Split.Kind.BY_SHARE) {
      wrong(
          "samples.split",
          "every record is judged and then learned when its label comes: leave the split out");
    } else if (samples.has("split")) {
      warnings.add(
          "samples.split has no meaning with samples.labels: every record is judged and then"
              + " learned when its label comes; leave it out");
    }
    return samples.child(Methods.LABELS).text("topic");
  }

  private static Map<Level, List<String>> header(Settings samples) {
    Map<Level, List<String>> out = new EnumMap<>(Level.class);
    boolean byLevel = samples.isTree("header");
    for (Level level : Level.values()) {
      String key = level == Level.LOWER ? "train" : "validation";
      List<String> names = byLevel ? samples.child("header").texts(key) : samples.texts("header");
      if (!names.isEmpty()) {
        out.put(level, names);
      }
    }
    if (samples.has(Methods.LABELS)) {
      out.remove(Level.UPPER);
      List<String> names = samples.child(Methods.LABELS).texts("header");
      if (!names.isEmpty()) {
        out.put(Level.UPPER, names);
      }
    }
    return out;
  }

  private TopicNames topics(String job, Samples samples, Set<Level> reads) {
    Settings of = root.child("topics");
    TopicNames usual = TopicNames.of(job);
    TopicNames names =
        new TopicNames(
            of.text("train", usual.train()),
            of.text("validation", usual.validation()),
            of.text("snapshots", usual.snapshots()),
            of.text("checkpoints", usual.checkpoints()),
            of.text("control", usual.control()),
            of.text("dead-letters", usual.deadLetters()),
            of.has("partitions") ? of.integer("partitions") : null,
            of.has("replication") ? of.integer("replication") : null);
    Map<String, String> used = new LinkedHashMap<>();
    if (samples.topic() == null) {
      distinct(used, "topics.train", names.train());
      distinct(used, "topics.validation", names.validation());
    } else {
      distinct(used, "samples.topic", samples.topic());
      if (samples.labels() != null) {
        distinct(used, "samples.labels.topic", samples.labels());
      }
      for (String key : List.of("train", "validation")) {
        if (of.has(key)) {
          warnings.add("topics." + key + " is not read: samples.topic serves both levels");
        }
      }
    }
    if (reads.size() == 1) {
      oneLevel(reads.iterator().next(), samples);
    }
    distinct(used, "topics.snapshots", names.snapshots());
    distinct(used, "topics.checkpoints", names.checkpoints());
    distinct(used, "topics.control", names.control());
    distinct(used, "topics.dead-letters", names.deadLetters());
    return names;
  }

  /** What has no meaning where the method reads the samples of one level. */
  private void oneLevel(Level only, Samples samples) {
    String method = root.child("solver").text("method");
    if (samples.split().kind() != Samples.Split.Kind.BY_ROLE) {
      wrong(
          "samples.split",
          "shares samples out between two levels, but "
              + method
              + " reads one: leave the split out, and every sample of the topic is its own");
    }
    String other = only.other().role();
    if (samples.topic() == null && root.child("topics").has(other)) {
      warnings.add(
          "topics."
              + other
              + " is not read: "
              + method
              + " has the "
              + only.role()
              + " level alone");
    }
  }

  /** A portfolio starts where its reference is. */
  private void startsItself() {
    String method = root.child("solver").text("method");
    if (Methods.startsItself(method) && part("upper").has("init")) {
      wrong(
          "upper.init",
          "has no meaning for "
              + method
              + ": solver.reference and solver.start say where members begin");
    }
  }

  private void distinct(Map<String, String> used, String key, String name) {
    String other = used.putIfAbsent(name, key);
    if (other != null) {
      boolean here = Places.find(written, Places.steps(key)) != null;
      wrong(
          here ? key : other,
          "expected a topic of its own, found \""
              + name
              + "\", which is also "
              + (here ? other : key)
              + (key.equals("topics.validation") && other.equals("topics.train")
                  ? ": for one topic that serves both levels use samples.topic"
                  : ""));
    }
    if (name.equals(".") || name.equals("..")) {
      wrong(key, "expected a topic name, found \"" + name + "\"");
    }
  }

  /** The printed configuration shows the names in use. */
  private void nameTopics(TopicNames names, Set<Level> reads) {
    if (!(full.get("topics") instanceof Tree tree)) {
      return;
    }
    Map<String, String> all = new LinkedHashMap<>();
    if (!(full.get("samples") instanceof Tree samples && samples.get("topic") != null)) {
      if (reads.contains(Level.LOWER)) {
        all.put("train", names.train());
      }
      if (reads.contains(Level.UPPER)) {
        all.put("validation", names.validation());
      }
    }
    all.put("snapshots", names.snapshots());
    all.put("checkpoints", names.checkpoints());
    all.put("control", names.control());
    all.put("dead-letters", names.deadLetters());
    Map<String, Entry> given = new LinkedHashMap<>(tree.entries());
    tree.entries().clear();
    Location at = Location.of("default");
    all.forEach(
        (key, name) -> {
          Entry entry = given.get(key);
          tree.entries().put(key, entry != null ? entry : new Entry(at, Scalar.of(at, name, name)));
        });
    given.forEach(tree.entries()::putIfAbsent);
  }

  private Clients clients() {
    Map<String, String> values = new LinkedHashMap<>();
    Map<String, String> shown = new LinkedHashMap<>();
    if (full.get("kafka") instanceof Tree tree) {
      tree.entries()
          .forEach(
              (key, entry) -> {
                if (entry.value() instanceof Scalar scalar) {
                  values.put(key, scalar.raw());
                  shown.put(key, String.valueOf(Effective.masked(scalar, key)));
                }
              });
    }
    KafkaKeys.check(
        values,
        (key, reason) -> {
          Location at = Places.key(written, List.of("kafka", key));
          mistakes.add(new Mistake(at, "kafka." + key, reason));
        });
    return new Clients(values, shown);
  }

  /** What methods are given: the solver's keys, and other parts of the job as some of them. */
  private static Map<String, @Nullable Object> arithmeticOf(Map<String, @Nullable Object> job) {
    Map<String, @Nullable Object> solver = without(job, "solver", BATCHING);
    if (job.containsKey(ROBUST)) {
      solver.put(ROBUST, job.get(ROBUST));
    }
    Map<String, @Nullable Object> watch = new LinkedHashMap<>();
    for (String part : WATCHED) {
      if (job.containsKey(part)) {
        watch.put(part, job.get(part));
      }
    }
    if (!watch.isEmpty()) {
      solver.put(Methods.WATCH, watch);
    }
    if (job.get("samples") instanceof Map<?, ?> samples && samples.containsKey(Methods.LABELS)) {
      solver.put(Methods.LABELS, samples.get(Methods.LABELS));
    }
    return solver;
  }

  /** The part of the job that a checkpoint depends on. */
  private Map<String, @Nullable Object> arithmetic() {
    Map<String, @Nullable Object> all = settings(full);
    Map<String, @Nullable Object> out = new LinkedHashMap<>();
    out.put("seed", all.get("seed"));
    out.put("problem", all.get("problem"));
    Map<String, @Nullable Object> solver =
        without(all, "solver", List.of("on-idle-upper", "lower-only-steps"));
    solver.put("batch", without(solver, "batch", List.of("linger")));
    out.put("solver", solver);
    if (all.containsKey(ROBUST)) {
      out.put(ROBUST, without(all, ROBUST, List.of("dead-letters")));
    }
    for (String part : WATCHED) {
      if (all.containsKey(part)) {
        out.put(part, all.get(part));
      }
    }
    out.put("upper", all.get("upper"));
    out.put("lower", all.get("lower"));
    Map<String, @Nullable Object> samples = without(all, "samples", List.of("topic", "decode"));
    if (samples.containsKey(Methods.LABELS)) {
      samples.put(Methods.LABELS, without(samples, Methods.LABELS, List.of("topic")));
    }
    out.put("samples", samples);
    return out;
  }

  private static Map<String, @Nullable Object> without(
      Map<String, ? extends @Nullable Object> tree, String part, List<String> keys) {
    Map<String, @Nullable Object> out = new LinkedHashMap<>();
    if (tree.get(part) instanceof Map<?, ?> map) {
      Set<String> left = new LinkedHashSet<>(keys);
      map.forEach(
          (k, v) -> {
            if (!left.contains(String.valueOf(k))) {
              out.put(String.valueOf(k), v);
            }
          });
    }
    return out;
  }

  private static <E extends Enum<E>> E choice(Settings of, String key, Class<E> type) {
    return Enum.valueOf(type, of.text(key).replace('-', '_').toUpperCase(Locale.ROOT));
  }

  private void wrong(String path, String message) {
    String key = path;
    if (path.startsWith(WITHIN_SOLVER)) {
      key = path.substring("solver.".length());
    } else if (path.startsWith(WITHIN_WATCH)) {
      key = path.substring(WITHIN_WATCH.length());
    } else if (path.startsWith(LABELS_WITHIN_SOLVER)) {
      key = "samples" + path.substring("solver".length());
    }
    mistakes.add(new Mistake(Places.dotted(written, key), key, message));
  }

  private static Map<String, @Nullable Object> settings(Tree tree) {
    return tree.plain();
  }
}
