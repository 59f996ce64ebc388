package io.thalweg.experiment;

import java.util.ArrayList;
import java.util.List;

/**
 * When the root mean square over runs of a measure falls to levels. A level is reached at the first
 * mark from which the mean over the next tenth of the steps so far stays at or below it; the slope
 * is the least-squares slope of log(samples) against log(1 / level) over levels of 0.2, a quarter
 * of an octave apart.
 */
final class Rates {
  private static final double[] LEVELS = levels();

  private final List<Mark> marks = new ArrayList<>();

  /** Mean over runs of the squares at one mark. */
  private record Mark(long step, long samples, long steps, double square) {}

  Rates(Results results, String arm, String measure) {
    int place = results.measure(measure);
    List<Run> runs = results.runs(arm);
    long before = 0;
    for (Point point : runs.get(0).points()) {
      double sum = 0;
      for (Run run : runs) {
        double value = run.value(place, point.mark());
        sum += value * value;
      }
      if (point.step() > 0) {
        marks.add(
            new Mark(point.step(), point.samples(), point.step() - before, sum / runs.size()));
      }
      before = point.step();
    }
  }

  private static double[] levels() {
    double[] out = new double[13];
    for (int i = 0; i < out.length; i++) {
      out[i] = 0.2 * StrictMath.pow(2, -0.25 * i);
    }
    return out;
  }

  /** First step at which the root mean square over runs is at or below a level. */
  double firstCrossing(double level) {
    for (Mark mark : marks) {
      if (mark.square() <= level * level) {
        return mark.step();
      }
    }
    return Double.POSITIVE_INFINITY;
  }

  /** Samples until a level is reached, infinite when it never is. */
  double samplesTo(double level) {
    for (int i = 0; i < marks.size(); i++) {
      double first = marks.get(i).step() - marks.get(i).steps() + 1;
      double sum = 0;
      double steps = 0;
      boolean whole = false;
      for (int j = i; j < marks.size(); j++) {
        sum += marks.get(j).square() * marks.get(j).steps();
        steps += marks.get(j).steps();
        if (marks.get(j).step() >= Math.floor(1.1 * first)) {
          whole = true;
          break;
        }
      }
      if (whole && sum <= level * level * steps) {
        return marks.get(i).samples() * (first / marks.get(i).step());
      }
    }
    return Double.POSITIVE_INFINITY;
  }

  /** Slope of log(samples) against log(1 / level) over the levels reached. */
  double slope() {
    double n = 0;
    double sx = 0;
    double sy = 0;
    double sxx = 0;
    double sxy = 0;
    for (double level : LEVELS) {
      double samples = samplesTo(level);
      if (Double.isFinite(samples)) {
        double x = -StrictMath.log(level);
        double y = StrictMath.log(samples);
        n++;
        sx += x;
        sy += y;
        sxx += x * x;
        sxy += x * y;
      }
    }
    return (n * sxy - sx * sy) / (n * sxx - sx * sx);
  }

  /** Largest ratio of samples to those of another arm over levels the other one reached. */
  double largestRatio(Rates other, double most) {
    double out = Double.NaN;
    for (double level : LEVELS) {
      double theirs = other.samplesTo(level);
      if (level <= most && Double.isFinite(theirs)) {
        double ratio = samplesTo(level) / theirs;
        out = Double.isNaN(out) ? ratio : Math.max(out, ratio);
      }
    }
    return out;
  }

  /** Root mean square over the last tenth of the steps. */
  double floor() {
    long last = marks.get(marks.size() - 1).step();
    double sum = 0;
    double steps = 0;
    for (Mark mark : marks) {
      if (mark.step() > 0.9 * last) {
        sum += mark.square() * mark.steps();
        steps += mark.steps();
      }
    }
    return Math.sqrt(sum / steps);
  }
}
