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
  private static final double SHARE = 0.1;
  private static final double MOST = 2;
  private static final String NONE = "none";

  /** What is wrong with a bad record. */
  enum Fault {
    NONE("none", false, false),
    FLIPPED("flipped", true, false),
    LARGE("large", false, true),
    BOTH("both", true, true);

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
      for (Fault fault : Fault.values()) {
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
        arm(kind, fault, contender), keys, Map.of("stream", kind.words(), "fault", fault.words));
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
        Measure.plain(TRUST, "trust in false labels at the end"));
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
      for (Fault fault : Fault.values()) {
        String clean = arm(kind, Fault.NONE, PLAIN);
        String arm = arm(kind, fault, ROBUST);
        out.add(
            new Expectation(
                kind.words() + ", " + fault.words + ": robust above the clean run, %",
                NONE,
                List.of(clean, arm),
                StreamTrial.STEPS,
                1,
                results -> percent(results, arm, clean),
                Double.NEGATIVE_INFINITY,
                MOST));
      }
    }
    return out;
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
        for (Fault fault : Fault.values()) {
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
            rows));
  }

  @Override
  public Trials open(Shelf shelf) {
    StreamSource source = new StreamSource(shelf.data());
    return (arm, seed) -> {
      StreamKind kind = StreamKind.of(arm.options().text("stream"));
      Fault fault = Fault.of(arm.options().text("fault"));
      return start(source.get(kind, seed), fault, arm.solver(), seed);
    };
  }

  private static Trial start(RecordStream sound, Fault fault, Map<String, ?> keys, long seed) {
    RecordStream stream =
        new RecordStream(sound.features(), sound.rows().clone(), sound.labels().clone());
    boolean[] bad = new boolean[stream.size()];
    SplitMix64 rng = new SplitMix64(seed);
    for (int i = 0; i < bad.length; i++) {
      bad[i] = rng.uniform() < SHARE;
      if (bad[i]) {
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
                    "hyperparameters",
                    Map.of("l2", Map.of("per", "global")))));
    return new OneByOneTrial(
        stream, i -> bad[i], problem.schema(Level.LOWER), new AutoLearner(problem, keys, 0, seed));
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
