package io.thalweg.experiment;

import java.io.IOException;
import java.io.Writer;
import java.util.List;

/** All curves in long form: one line per arm, seed, look and measure. */
public final class CurvesCsv {
  private CurvesCsv() {}

  /**
   * Writes them.
   *
   * @param results what ran
   * @param out receives the lines
   * @throws IOException when they cannot be written
   */
  public static void write(Results results, Writer out) throws IOException {
    out.write("arm,seed,step,samples,oracle-calls,seconds,measure,value\n");
    List<Measure> measures = results.experiment().measures();
    for (Arm arm : results.arms()) {
      for (Run run : results.runs(arm.name())) {
        for (Point point : run.points()) {
          for (int i = 0; i < measures.size(); i++) {
            out.write(
                String.join(
                    ",",
                    arm.name(),
                    Long.toString(run.seed()),
                    Long.toString(point.step()),
                    Long.toString(point.samples()),
                    Long.toString(point.evaluations()),
                    Double.toString(point.seconds()),
                    measures.get(i).name(),
                    Double.toString(point.values()[i])));
            out.write('\n');
          }
        }
      }
    }
  }
}
