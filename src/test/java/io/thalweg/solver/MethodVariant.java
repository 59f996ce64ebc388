package io.thalweg.solver;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A method with one of its options, and perhaps with more that a job can ask of it.
 *
 * @param method its id
 * @param words the option, {@code tracked}, {@code first-pass}, {@code upper-step}, {@code escape},
 *     {@code aggregator}; "" for a method without options
 */
public record MethodVariant(String method, String words) {
  static final String AGGREGATOR = "aggregator";
  static final String ESCAPE = "escape";
  private static final String FIRST_PASS = "first-pass";
  private static final String UPPER_STEP = "upper-step";

  /** Methods of each kind of step, that run behind an aggregator as well. */
  private static final List<String> AGGREGATED =
      List.of("msgbio", "vr-msgbio", "soba", "stocbio", "vrbo", "f2sa");

  /** What is run with jumps of x as well. */
  private static final List<MethodVariant> ESCAPING =
      List.of(
          new MethodVariant("msgbio", "linear-system, " + ESCAPE),
          new MethodVariant("vr-msgbio", "dense, " + ESCAPE),
          new MethodVariant("vr-msgbio", "dense, " + ESCAPE + ", " + AGGREGATOR),
          new MethodVariant("soba", ESCAPE),
          new MethodVariant("mrbo", ESCAPE),
          new MethodVariant("vrbo", ESCAPE),
          new MethodVariant("sgf", ESCAPE));

  /** Every method of the catalogue with every option. */
  public static List<MethodVariant> all() {
    List<MethodVariant> out = new ArrayList<>();
    for (MethodInfo info : Methods.all()) {
      for (String option : info.needs().keySet()) {
        out.add(new MethodVariant(info.id(), option));
        if (option.equals("dense")) {
          out.add(new MethodVariant(info.id(), "dense, tracked"));
        }
      }
      if (AGGREGATED.contains(info.id())) {
        String option = info.needs().keySet().iterator().next();
        out.add(
            new MethodVariant(
                info.id(), option.isEmpty() ? AGGREGATOR : option + ", " + AGGREGATOR));
      }
    }
    out.addAll(ESCAPING);
    out.add(new MethodVariant("saba", FIRST_PASS));
    out.add(new MethodVariant("soba", UPPER_STEP));
    out.add(new MethodVariant("vr-msgbio", "linear-system, " + UPPER_STEP));
    return out;
  }

  /** Every method whose steps of x can be divided by roots of mean squares, with that. */
  static List<MethodVariant> divided() {
    List<MethodVariant> out = new ArrayList<>();
    for (MethodInfo info : Methods.all()) {
      if (info.parameters().stream().anyMatch(p -> p.key().equals(UPPER_STEP))) {
        String option = info.needs().keySet().iterator().next();
        out.add(
            new MethodVariant(
                info.id(), option.isEmpty() ? UPPER_STEP : option + ", " + UPPER_STEP));
      }
    }
    return out;
  }

  /** Whether the rows of batches are weighed. */
  public boolean isAggregated() {
    return words.endsWith(AGGREGATOR);
  }

  /** Whether x jumps where the hypergradient is small. */
  public boolean escapes() {
    return words.contains(ESCAPE);
  }

  /** The {@code solver} keys, {@code method} and {@code robust} among them. */
  public Map<String, Object> solver() {
    Map<String, Object> keys = new LinkedHashMap<>(MethodFixture.of(method).solver());
    keys.put("method", method);
    for (String word : words.split(", ")) {
      switch (word) {
        case "" -> {}
        case AGGREGATOR -> keys.put("robust", Map.of("contamination", 0.3));
        case ESCAPE -> keys.put("escape", Map.of("eps", 1e6, "r", 0.05, "spacing", 4));
        case UPPER_STEP -> keys.put(UPPER_STEP, "rms");
        case FIRST_PASS -> keys.put("table", FIRST_PASS);
        case "tracked" -> keys.put("hypergradient", Map.of("dense", Map.of("clamp", "tracked")));
        default -> keys.put("hypergradient", word);
      }
    }
    return keys;
  }

  @Override
  public String toString() {
    return words.isEmpty() ? method : method + " " + words;
  }
}
