package io.thalweg.pipeline;

import io.thalweg.oracle.BilevelOracle;
import io.thalweg.oracle.Capability;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.sample.SampleSchema;
import io.thalweg.solver.Consumption;
import io.thalweg.solver.Solver;
import io.thalweg.solver.StepFigures;
import io.thalweg.solver.StepInput;
import io.thalweg.solver.Verdict;
import io.thalweg.stream.Header;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.RecordBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * The smallest real parts a pipeline can be tested with: samples of one number, a solver whose
 * state depends on every number and on its order, and a log in memory.
 */
final class Toy {
  static final SampleSchema SCHEMA = new SampleSchema(List.of(Field.scalar("v")), false);

  private Toy() {}

  static Map<Level, SampleSchema> schemas() {
    Map<Level, SampleSchema> schemas = new EnumMap<>(Level.class);
    schemas.put(Level.LOWER, SCHEMA);
    schemas.put(Level.UPPER, SCHEMA);
    return schemas;
  }

  /**
   * Values are texts: comma-separated numbers, "role:number" names a role, anything else is bad.
   */
  static final class Decoder implements SampleDecoder {
    private String[] parts = new String[0];
    private String rejection = "";
    private @Nullable Level role;

    @Override
    public int open(byte @Nullable [] bytes, @Nullable String contentType) {
      rejection = "";
      if (bytes == null) {
        rejection = "the record has no value";
        return 0;
      }
      parts = new String(bytes, StandardCharsets.UTF_8).split(",");
      return parts.length;
    }

    @Override
    public boolean decode(int index, Level as, Batch into) {
      String text = parts[index];
      role = null;
      int colon = text.indexOf(':');
      if (colon > 0) {
        role = Roles.named(text.substring(0, colon));
        text = text.substring(colon + 1);
      }
      try {
        double value = Double.parseDouble(text);
        into.openRow();
        into.set(0, 0, value);
        into.commitRow();
        return true;
      } catch (NumberFormatException e) {
        rejection = "v must be a number, but was " + text;
        return false;
      }
    }

    @Override
    public @Nullable Level role() {
      return role;
    }

    @Override
    public long idHash() {
      return 0;
    }

    @Override
    public boolean hasId() {
      return false;
    }

    @Override
    public long eventTime() {
      return Long.MIN_VALUE;
    }

    @Override
    public String rejection() {
      return rejection;
    }
  }

  /** y folds the lower samples in order, x the upper ones; NaN is refused. */
  static final class Fold implements Solver {
    private final StepFigures figures = new StepFigures();
    private final Consumption need;
    private double x;
    private double y;
    private long t;

    Fold() {
      this(Consumption.ONE_OF_EACH);
    }

    /** One that takes several batches a step. */
    Fold(Consumption need) {
      this.need = need;
    }

    @Override
    public int upperDim() {
      return 1;
    }

    @Override
    public int lowerDim() {
      return 1;
    }

    @Override
    public Consumption next() {
      return need;
    }

    @Override
    public StepFigures figures() {
      return figures;
    }

    @Override
    public Verdict step(StepInput input) {
      figures.losses(Means.mean(input.upper().get(0)), Means.mean(input.lower().get(0)));
      double nx = x;
      for (Batch batch : input.upper()) {
        nx = fold(nx, batch);
      }
      double ny = y;
      for (Batch batch : input.lower()) {
        ny = fold(ny, batch);
      }
      if (!Double.isFinite(nx) || !Double.isFinite(ny)) {
        return new Verdict.Refused("y is not finite");
      }
      x = nx;
      y = ny;
      t++;
      return Verdict.Advanced.INSTANCE;
    }

    private static double fold(double from, Batch batch) {
      double out = from;
      for (int r = 0; r < batch.size(); r++) {
        out = 0.875 * out + batch.column(0)[r] + 1.0 / batch.size();
      }
      return out;
    }

    @Override
    public long steps() {
      return t;
    }

    @Override
    public void upper(double[] out) {
      out[0] = x;
    }

    @Override
    public void lower(double[] out) {
      out[0] = y;
    }

    @Override
    public void report(Report sink) {
      sink.figure("lower-residual", y);
    }

    @Override
    public void save(StateSink sink) {
      sink.doubles("xy", new double[] {x, y}, 0, 2);
      sink.longs("t", t);
    }

    @Override
    public void restore(StateSource source) {
      double[] xy = new double[2];
      source.doubles("xy", xy, 0, 2);
      x = xy[0];
      y = xy[1];
      long[] words = new long[1];
      source.longs("t", words);
      t = words[0];
    }
  }

  /** An oracle that only tells the mean of a batch. */
  static final class Means implements BilevelOracle {
    @Override
    public int upperDim() {
      return 1;
    }

    @Override
    public int lowerDim() {
      return 1;
    }

    @Override
    public Set<Capability> capabilities() {
      return Set.of(Capability.VALUE);
    }

    @Override
    public SampleSchema schema(Level level) {
      return SCHEMA;
    }

    @Override
    public double upperValue(double[] x, double[] y, Batch xi) {
      return mean(xi);
    }

    @Override
    public double lowerValue(double[] x, double[] y, Batch zeta) {
      return mean(zeta);
    }

    private static double mean(Batch batch) {
      double sum = 0;
      for (int r = 0; r < batch.size(); r++) {
        sum += batch.column(0)[r];
      }
      return sum / batch.size();
    }

    @Override
    public double upperGradients(double[] x, double[] y, Batch xi, double[] fx, double[] fy) {
      throw new UnsupportedOperationException("values only");
    }

    @Override
    public void gradUpperX(double[] x, double[] y, Batch xi, double[] fx) {
      throw new UnsupportedOperationException("values only");
    }

    @Override
    public double gradUpperY(double[] x, double[] y, Batch xi, double[] fy) {
      throw new UnsupportedOperationException("values only");
    }

    @Override
    public void gradLowerX(double[] x, double[] y, Batch zeta, double[] gx) {
      throw new UnsupportedOperationException("values only");
    }

    @Override
    public double gradLowerY(double[] x, double[] y, Batch zeta, double[] gy) {
      throw new UnsupportedOperationException("values only");
    }

    @Override
    public void hvp(double[] x, double[] y, double[] v, Batch zeta, double[] hv) {
      throw new UnsupportedOperationException("values only");
    }

    @Override
    public void jvp(double[] x, double[] y, double[] v, Batch zeta, double[] jv) {
      throw new UnsupportedOperationException("values only");
    }

    @Override
    public void hessian(double[] x, double[] y, Batch zeta, double[] h) {
      throw new UnsupportedOperationException("values only");
    }

    @Override
    public void cross(double[] x, double[] y, Batch zeta, double[] j) {
      throw new UnsupportedOperationException("values only");
    }
  }

  /**
   * A log in memory: per lane a list of values; polls take a few records from each lane in turn.
   */
  static final class Log implements SampleSource {
    private final List<Lane> lanes = new ArrayList<>();
    private final List<List<String>> values = new ArrayList<>();
    private final int perPoll;
    final AtomicInteger polls = new AtomicInteger();
    String topicId = "id";

    /** Timestamps by topic; else they grow with the offset. */
    final Map<String, long[]> times = new HashMap<>();

    Log(int perPoll) {
      this.perPoll = perPoll;
    }

    Log lane(String topic, int partition, List<String> records) {
      lanes.add(new Lane(topic, partition));
      values.add(records);
      return this;
    }

    @Override
    public List<Lane> lanes() {
      return List.copyOf(lanes);
    }

    @Override
    public Map<String, String> topicIds() {
      return Map.of(lanes.get(0).topic(), topicId);
    }

    @Override
    public Positions beginning() {
      return Positions.at(lanes(), lanes.stream().map(l -> Position.START).toList());
    }

    @Override
    public Flux<RecordBatch> records(Feed feed, Positions start) {
      return Flux.generate(
          () -> {
            long[] at = new long[lanes.size()];
            for (int i = 0; i < at.length; i++) {
              at[i] = start.resumeOffset(i);
            }
            return at;
          },
          (at, out) -> {
            polls.incrementAndGet();
            List<int[]> taken = new ArrayList<>();
            for (int lane = 0; lane < at.length; lane++) {
              if (!lanes.get(lane).topic().equals(feed.topic())) {
                continue;
              }
              for (int k = 0; k < perPoll && at[lane] < values.get(lane).size(); k++) {
                taken.add(new int[] {lane, (int) at[lane]++});
              }
            }
            if (taken.isEmpty()) {
              out.complete();
            } else {
              out.next(new Polled(taken));
            }
            return at;
          });
    }

    private final class Polled implements RecordBatch {
      private final List<int[]> taken;

      Polled(List<int[]> taken) {
        this.taken = taken;
      }

      @Override
      public int size() {
        return taken.size();
      }

      @Override
      public int lane(int i) {
        return taken.get(i)[0];
      }

      @Override
      public long offset(int i) {
        return taken.get(i)[1];
      }

      @Override
      public long timestamp(int i) {
        long[] of = times.get(lanes.get(lane(i)).topic());
        return of == null ? 1000 + offset(i) : of[(int) offset(i)];
      }

      @Override
      public byte @Nullable [] key(int i) {
        return null;
      }

      @Override
      public byte @Nullable [] value(int i) {
        return values.get(lane(i)).get((int) offset(i)).getBytes(StandardCharsets.UTF_8);
      }

      @Override
      public List<Header> headers(int i) {
        return List.of();
      }
    }
  }

  static List<String> numbers(long seed, int count) {
    String[] out = new String[count];
    long s = seed;
    for (int i = 0; i < count; i++) {
      s = s * 6364136223846793005L + 1442695040888963407L;
      out[i] = Double.toString((s >> 40) / 1e6);
    }
    return Arrays.asList(out);
  }
}
