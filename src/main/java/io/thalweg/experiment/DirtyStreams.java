package io.thalweg.experiment;

import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The method {@code auto} on the streams of {@link Streams} with a tenth of bad records: labels
 * flipped, features a hundred times as large, or both at once. What counts is the loss of the
 * published model on the sound records, with and without {@code robust}, beside the same records of
 * the run in which none is bad. An arm is a stream with one kind of bad records and one contender.
 */
final class DirtyStreams implements Experiment {
  private static final String SOUND = "sound-loss";
  private static final String REMOVED = "removed";
  private static final String TRUST = "robust-trust";
  private static final String PLAIN = "plain";
  private static final String ROBUST = "robust";
  private static final String WEIGHED = "weighed";
  private static final String WITHOUT = "without";
  private static final String WEIGHT = "weight-of-source-3";
  private static final int SOURCES = 4;
  private static final int BAD_SOURCE = 3;
  private static final double MOST_OF_SOURCE = 1;
  private static final String BALANCED = "balanced";
  private static final String OF_NEGATIVES = "weight-of-class-0";
  private static final Map<String, Object> CLASS_WEIGHTS =
      Map.of("class-weights", Map.of("scale", "simplex"));
  private static final double MISSING = 0.8;
  private static final double SHARE = 0.1;
  private static final double MOST = 2;
  private static final String NONE = "none";

  /** What is wrong with a bad record. */
  enum Fault {
    NONE("none", false, false),
    FLIPPED("flipped", true, false),
    LARGE("large", false, true),
    BOTH("both", true, true),
    SOURCE("source", false, false),
    THINNED("thinned", false, false);

    private final String words;
    private final boolean flips;
    private final boolean grows;

    Fault(String words, boolean flips, boolean grows) {
      this.words = words;
      this.flips = flips;
      this.grows = grows;
    }

    private static Fault of(String words) {
      for (Fault fault : values()) {
        if (fault.words.equals(words)) {
          return fault;
        }
      }
      throw new IllegalArgumentException("there is no fault " + words);
    }
  }

  private static final List<Fault> OF_RECORDS =
      List.of(Fault.NONE, Fault.FLIPPED, Fault.LARGE, Fault.BOTH);

  DirtyStreams() {}

  @Override
  public String name() {
    return "dirty-streams";
  }

  @Override
  public String summary() {
    return "The portfolio on streams with a tenth of bad records: flipped labels, features a hundred times"
        + " as large, with and without robust (more streams with --data).";
  }

  @Override
  public String source() {
    return "the project's own: prequential log-loss of the sound records, record by record";
  }

  @Override
  public String duration() {
    return "1 min";
  }

  @Override
  public List<Arm> arms() {
    List<Arm> out = new ArrayList<>();
    for (StreamKind kind : StreamKind.values()) {
      out.add(arm(kind, Fault.SOURCE, PLAIN, Map.of()));
      out.add(arm(kind, Fault.SOURCE, WEIGHED, Map.of("source-weights", true)));
      out.add(arm(kind, Fault.SOURCE, WITHOUT, Map.of()));
      out.add(arm(kind, Fault.NONE, WEIGHED, Map.of("source-weights", true)));
      out.add(arm(kind, Fault.THINNED, PLAIN, Map.of()));
      out.add(arm(kind, Fault.THINNED, BALANCED, CLASS_WEIGHTS));
      out.add(arm(kind, Fault.NONE, BALANCED, CLASS_WEIGHTS));
      for (Fault fault : OF_RECORDS) {
        out.add(arm(kind, fault, PLAIN, Map.of()));
        out.add(
            arm(
                kind,
                fault,
                ROBUST,
                Map.of(ROBUST, Map.of("aggregator", "filter", "contamination", SHARE))));
      }
    }
    return out;
  }

  private static Arm arm(StreamKind kind, Fault fault, String contender, Map<String, ?> own) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", "auto");
    keys.putAll(own);
    return new Arm(
        arm(kind, fault, contender),
        keys,
        Map.of("stream", kind.words(), "fault", fault.words, "contender", contender));
  }

  private static String arm(StreamKind kind, Fault fault, String contender) {
    return kind.words() + "-" + fault.words + "-" + contender;
  }

  @Override
  public List<Arm> arms(Shelf shelf) {
    return Streams.available(shelf, name(), arms());
  }

  @Override
  public List<Measure> measures() {
    return List.of(
        Measure.plain(SOUND, "log-loss of the published model on the sound records"),
        Measure.plain(REMOVED, "share of records left out"),
        Measure.plain(TRUST, "trust in false labels at the end"),
        Measure.plain(WEIGHT, "weight of the source that may be bad, where it is tuned"),
        Measure.plain(OF_NEGATIVES, "weight of the negatives, where it is tuned"));
  }

  @Override
  public Horizon horizon(boolean quick) {
    return new Horizon(
        Horizon.Unit.STEPS, quick ? StreamTrial.STEPS / 10 : StreamTrial.STEPS, 10, 1.2, 1, 0);
  }

  @Override
  public List<Target> targets() {
    return List.of();
  }

  @Override
  public List<Expectation> expectations() {
    List<Expectation> out = new ArrayList<>();
    for (StreamKind kind : StreamKind.values()) {
      String clean = arm(kind, Fault.NONE, PLAIN);
      for (Fault fault : OF_RECORDS) {
        out.add(
            above(
                kind.words() + ", " + fault.words + ": robust above the clean run, %",
                arm(kind, fault, ROBUST),
                clean,
                MOST));
      }
      out.add(
          above(
              kind.words() + ", bad source: weighed above the stream without it, %",
              arm(kind, Fault.SOURCE, WEIGHED),
              arm(kind, Fault.SOURCE, WITHOUT),
              MOST));
      out.add(
          above(
              kind.words() + ", no bad source: weighed above plain, %",
              arm(kind, Fault.NONE, WEIGHED),
              clean,
              MOST_OF_SOURCE));
    }
    return out;
  }

  private static Expectation above(String what, String arm, String clean, double most) {
    return new Expectation(
        what,
        NONE,
        List.of(clean, arm),
        StreamTrial.STEPS,
        1,
        results -> percent(results, arm, clean),
        Double.NEGATIVE_INFINITY,
        most);
  }

  private static double percent(Results results, String arm, String clean) {
    return 100 * (end(results, arm, SOUND) / end(results, clean, SOUND) - 1);
  }

  private static double end(Results results, String arm, String measure) {
    return results.quantile(arm, measure, results.lastMark(), 0.5);
  }

  @Override
  public List<Section> sections(Results results) {
    List<List<String>> rows = new ArrayList<>();
    for (StreamKind kind : StreamKind.values()) {
      List<String> row = new ArrayList<>();
      String clean = arm(kind, Fault.NONE, PLAIN);
      row.add(kind.words());
      if (results.has(clean)) {
        row.add(Numbers.plain(end(results, clean, SOUND)));
        for (Fault fault : OF_RECORDS) {
          for (String contender : List.of(PLAIN, ROBUST)) {
            String arm = arm(kind, fault, contender);
            if (!arm.equals(clean)) {
              row.add(results.has(arm) ? Numbers.plain(percent(results, arm, clean)) : "");
            }
          }
        }
        rows.add(row);
      }
    }
    return List.of(
        new Section(
            "Loss on sound records, in % above the plain run without bad records",
            List.of(
                "stream",
                "plain, none bad",
                "robust, none bad",
                "plain, flipped",
                "robust, flipped",
                "plain, large",
                "robust, large",
                "plain, both",
                "robust, both"),
            rows),
        new Section(
            "One of four sources with half of its labels flipped: loss on the records of the others",
            List.of(
                "stream",
                "without that source",
                "plain, % above",
                "weighed, % above",
                "its weight in the end",
                "none bad: weighed above plain, %"),
            sources(results)),
        new Section(
            "Four fifths of the negatives missing among the records that are learned: loss on those"
                + " that are judged",
            List.of(
                "stream",
                "plain",
                "balanced, % above plain",
                "weight of the negatives in the end",
                "none missing: balanced above plain, %"),
            classes(results)));
  }

  private static List<List<String>> classes(Results results) {
    List<List<String>> rows = new ArrayList<>();
    for (StreamKind kind : StreamKind.values()) {
      String plain = arm(kind, Fault.THINNED, PLAIN);
      String balanced = arm(kind, Fault.THINNED, BALANCED);
      String clean = arm(kind, Fault.NONE, PLAIN);
      String cleanBalanced = arm(kind, Fault.NONE, BALANCED);
      if (List.of(plain, balanced, clean, cleanBalanced).stream().allMatch(results::has)) {
        rows.add(
            List.of(
                kind.words(),
                Numbers.plain(end(results, plain, SOUND)),
                Numbers.plain(percent(results, balanced, plain)),
                Numbers.plain(end(results, balanced, OF_NEGATIVES)),
                Numbers.plain(percent(results, cleanBalanced, clean))));
      }
    }
    return rows;
  }

  private static List<List<String>> sources(Results results) {
    List<List<String>> rows = new ArrayList<>();
    for (StreamKind kind : StreamKind.values()) {
      String without = arm(kind, Fault.SOURCE, WITHOUT);
      String plain = arm(kind, Fault.SOURCE, PLAIN);
      String weighed = arm(kind, Fault.SOURCE, WEIGHED);
      String clean = arm(kind, Fault.NONE, PLAIN);
      String cleanWeighed = arm(kind, Fault.NONE, WEIGHED);
      if (List.of(without, plain, weighed, clean, cleanWeighed).stream().allMatch(results::has)) {
        rows.add(
            List.of(
                kind.words(),
                Numbers.plain(end(results, without, SOUND)),
                Numbers.plain(percent(results, plain, without)),
                Numbers.plain(percent(results, weighed, without)),
                Numbers.plain(end(results, weighed, WEIGHT)),
                Numbers.plain(percent(results, cleanWeighed, clean))));
      }
    }
    return rows;
  }

  @Override
  public Trials open(Shelf shelf) {
    StreamSource source = new StreamSource(shelf.data());
    return (arm, seed) -> {
      StreamKind kind = StreamKind.of(arm.options().text("stream"));
      Fault fault = Fault.of(arm.options().text("fault"));
      boolean without = arm.options().text("contender").equals(WITHOUT);
      return start(source.get(kind, seed), fault, without, arm.solver(), seed);
    };
  }

  private static Trial start(
      RecordStream sound, Fault fault, boolean without, Map<String, ?> keys, long seed) {
    RecordStream stream =
        new RecordStream(sound.features(), sound.rows().clone(), sound.labels().clone());
    boolean[] bad = new boolean[stream.size()];
    int[] sources = new int[stream.size()];
    boolean[] kept = new boolean[stream.size()];
    SplitMix64 rng = new SplitMix64(seed);
    for (int i = 0; i < bad.length; i++) {
      bad[i] = rng.uniform() < SHARE && fault != Fault.THINNED;
      sources[i] = rng.index(SOURCES);
      boolean flip = rng.uniform() < 0.5;
      kept[i] = stream.labels()[i] > 0 || rng.uniform() >= MISSING;
      if (fault == Fault.SOURCE) {
        bad[i] = sources[i] == BAD_SOURCE;
        if (bad[i] && flip) {
          stream.labels()[i] = -stream.labels()[i];
        }
      } else if (bad[i]) {
        spoil(stream, i, fault);
      }
    }
    Problem problem =
        Problems.create(
            Settings.of(
                "problem",
                Map.of(
                    "type",
                    "logistic-regression",
                    "features",
                    stream.features(),
                    "sources",
                    SOURCES,
                    "hyperparameters",
                    Map.of("l2", Map.of("per", "global")))));
    return new OneByOneTrial(
        stream,
        new RecordParts(fault == Fault.THINNED, without, bad, sources, kept),
        problem.schema(Level.LOWER),
        new AutoLearner(problem, keys, null, 0, new Recoveries(new int[0]), seed));
  }

  private record RecordParts(
      boolean split, boolean without, boolean[] bad, int[] sources, boolean[] kept)
      implements OneByOneTrial.Parts {
    @Override
    public int source(int i) {
      return sources[i];
    }

    @Override
    public boolean isJudged(int i) {
      return split ? i % 2 == 0 : !(without && bad[i]);
    }

    @Override
    public boolean isLearned(int i) {
      return split ? i % 2 == 1 && kept[i] : !(without && bad[i]);
    }

    @Override
    public boolean isMeasured(int i) {
      return split ? i % 2 == 0 : !bad[i];
    }
  }

  private static void spoil(RecordStream stream, int i, Fault fault) {
    if (fault.flips) {
      stream.labels()[i] = -stream.labels()[i];
    }
    if (fault.grows) {
      for (int j = 0; j < stream.features(); j++) {
        stream.rows()[i * stream.features() + j] *= 100;
      }
    }
  }
}
