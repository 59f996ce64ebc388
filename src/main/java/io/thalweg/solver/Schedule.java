package io.thalweg.solver;

import io.thalweg.settings.Range;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A step size over time: eta_t = max(floor, k / (m + t)^power) for t = 1, 2, ...; constant has
 * power 0, sqrt 1/2, cbrt 1/3. With a floor above 0 the steps go on following a target that moves.
 */
final class Schedule {
  /** The root in the denominator. */
  enum Kind {
    CONSTANT("constant"),
    SQRT("sqrt"),
    CBRT("cbrt"),
    POWER("power");

    private final String id;

    Kind(String id) {
      this.id = id;
    }

    /** The name in the job file. */
    String id() {
      return id;
    }

    static Kind of(String id, String path) {
      List<String> known = new ArrayList<>();
      for (Kind kind : values()) {
        if (kind.id.equals(id)) {
          return kind;
        }
        known.add(kind.id);
      }
      throw new SettingException(path, Keys.unknown(id, known));
    }
  }

  private final Kind kind;
  private final double k;
  private final double m;
  private final double power;
  private final double floor;

  Schedule(Kind kind, double k, double m, double power, double floor) {
    this.kind = kind;
    this.k = k;
    this.m = m;
    this.power = power;
    this.floor = floor;
  }

  /** k t^-power, in the form whose root is cheapest. */
  static Schedule falling(double k, double power) {
    if (power == 0) {
      return new Schedule(Kind.CONSTANT, k, 0, 0, 0);
    }
    return new Schedule(power == 0.5 ? Kind.SQRT : Kind.POWER, k, 0, power, 0);
  }

  /**
   * Reads a number, or {@code {schedule, k, m, power, floor}}; what is missing comes from the
   * default, but {@code power} belongs to {@code schedule: power} and to no other.
   */
  static Schedule of(Settings settings, String key, Schedule otherwise) {
    if (!settings.has(key)) {
      return otherwise;
    }
    if (!settings.isTree(key)) {
      return new Schedule(Kind.CONSTANT, settings.number(key, 1, Range.POSITIVE), 0, 0, 0);
    }
    Settings tree = settings.child(key);
    Keys.allow(tree, List.of("schedule", "k", "m", "power", "floor"));
    Kind kind = Kind.of(tree.text("schedule", otherwise.kind.id()), tree.pathOf("schedule"));
    if (kind == Kind.POWER && !tree.has("power")) {
      throw new SettingException(
          tree.pathOf("power"), "is required with schedule: power, for example 0.6");
    }
    if (kind != Kind.POWER && tree.has("power")) {
      throw new SettingException(
          tree.pathOf("power"),
          "has a meaning only with schedule: power, but the schedule is " + kind.id());
    }
    return new Schedule(
        kind,
        tree.number("k", otherwise.k, Range.POSITIVE),
        tree.number("m", otherwise.m, Range.NON_NEGATIVE),
        tree.number("power", otherwise.power, Range.NON_NEGATIVE),
        tree.number("floor", otherwise.floor, Range.NON_NEGATIVE));
  }

  /** eta_t. */
  double at(long t) {
    return Math.max(floor, k / root(m + t));
  }

  /** As a user would write it. */
  Object asSetting() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("schedule", kind.id());
    map.put("k", k);
    if (kind != Kind.CONSTANT) {
      map.put("m", m);
    }
    return Collections.unmodifiableMap(map);
  }

  private double root(double s) {
    return switch (kind) {
      case CONSTANT -> 1;
      case SQRT -> Math.sqrt(s);
      case CBRT -> StrictMath.cbrt(s);
      // not StrictMath.pow, which allocates its tables at every call
      case POWER -> StrictMath.exp(power * StrictMath.log(s));
    };
  }
}
