package io.thalweg.solver;

import io.thalweg.portfolio.EarlyLabels;
import io.thalweg.portfolio.Waiting;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.SampleSchema;

/**
 * Records that wait for their label in a checkpoint: one array for each thing that is kept of them,
 * whatever their number, oldest first. What lies where in memory is not kept: nothing hangs on it.
 */
final class WaitingState {
  private static final String WAITING = "waiting";
  private static final String EARLY = "early-labels";

  private WaitingState() {}

  static void save(Waiting waiting, SampleSchema schema, Solver.StateSink sink) {
    int[] slots = waiting.slots();
    int n = slots.length;
    sink.longs(WAITING, n, entries(waiting, schema, slots), waiting.taken());
    long[] numbers = new long[n];
    long[] roles = new long[n];
    double[] scores = new double[Math.multiplyExact(n, waiting.width())];
    for (int i = 0; i < n; i++) {
      numbers[i] = waiting.number(slots[i]);
      roles[i] = waiting.roles(slots[i]);
      System.arraycopy(waiting.scores(slots[i]), 0, scores, i * waiting.width(), waiting.width());
    }
    sink.longs(WAITING + ".numbers", numbers);
    sink.longs(WAITING + ".roles", roles);
    sink.doubles(WAITING + ".scores", scores, 0, scores.length);
    if (waiting.keyed()) {
      long[] ids = new long[n];
      for (int i = 0; i < n; i++) {
        ids[i] = waiting.id(slots[i]);
      }
      sink.longs(WAITING + ".ids", ids);
    }
    for (int f = 0; f < schema.fields().size(); f++) {
      if (!isSparse(schema, f)) {
        save(waiting, slots, schema.fields().get(f), f, sink);
      }
    }
    if (schema.sparse()) {
      saveSparse(waiting, schema, slots, sink);
    }
  }

  private static boolean isSparse(SampleSchema schema, int f) {
    return schema.sparse() && f == schema.featuresColumn();
  }

  private static long entries(Waiting waiting, SampleSchema schema, int[] slots) {
    long entries = 0;
    if (schema.sparse()) {
      for (int slot : slots) {
        entries += waiting.row(slot).rowStart()[1];
      }
    }
    return entries;
  }

  private static void save(
      Waiting waiting, int[] slots, Field field, int f, Solver.StateSink sink) {
    double[] all = new double[Math.multiplyExact(slots.length, field.width())];
    for (int i = 0; i < slots.length; i++) {
      System.arraycopy(waiting.row(slots[i]).column(f), 0, all, i * field.width(), field.width());
    }
    sink.doubles(WAITING + "." + field.name(), all, 0, all.length);
  }

  private static void saveSparse(
      Waiting waiting, SampleSchema schema, int[] slots, Solver.StateSink sink) {
    int entries = Math.toIntExact(entries(waiting, schema, slots));
    long[] ends = new long[slots.length];
    long[] index = new long[entries];
    double[] value = new double[entries];
    int at = 0;
    for (int i = 0; i < slots.length; i++) {
      Batch row = waiting.row(slots[i]);
      int length = row.rowStart()[1];
      for (int e = 0; e < length; e++) {
        index[at + e] = row.index()[e];
      }
      System.arraycopy(row.value(), 0, value, at, length);
      at += length;
      ends[i] = at;
    }
    String name = WAITING + "." + schema.fields().get(schema.featuresColumn()).name();
    sink.longs(name + ".ends", ends);
    sink.longs(name + ".i", index);
    sink.doubles(name + ".v", value, 0, entries);
  }

  /** Reads all there is; what it gives takes it up. */
  static Runnable restore(Waiting waiting, SampleSchema schema, Solver.StateSource source) {
    long[] head = new long[3];
    source.longs(WAITING, head);
    int n = (int) head[0];
    long[] numbers = longs(source, WAITING + ".numbers", n);
    long[] roles = longs(source, WAITING + ".roles", n);
    double[] scores = doubles(source, WAITING + ".scores", n * waiting.width());
    long[] ids = waiting.keyed() ? longs(source, WAITING + ".ids", n) : new long[n];
    double[][] fields = new double[schema.fields().size()][];
    for (int f = 0; f < fields.length; f++) {
      Field field = schema.fields().get(f);
      fields[f] =
          isSparse(schema, f)
              ? new double[0]
              : doubles(source, WAITING + "." + field.name(), n * field.width());
    }
    String features = WAITING + "." + schema.fields().get(schema.featuresColumn()).name();
    boolean sparse = schema.sparse();
    long[] ends = sparse ? longs(source, features + ".ends", n) : new long[0];
    long[] index = sparse ? longs(source, features + ".i", (int) head[1]) : new long[0];
    double[] value = sparse ? doubles(source, features + ".v", (int) head[1]) : new double[0];
    return () -> {
      waiting.clear(head[2]);
      for (int i = 0; i < n; i++) {
        Batch row =
            waiting.restore(numbers[i], ids[i], (int) roles[i], scores, i * waiting.width());
        for (int f = 0; f < fields.length; f++) {
          int width = isSparse(schema, f) ? 0 : schema.fields().get(f).width();
          System.arraycopy(fields[f], i * width, row.column(f), 0, width);
        }
        if (schema.sparse()) {
          for (int e = i == 0 ? 0 : (int) ends[i - 1]; e < ends[i]; e++) {
            row.append((int) index[e], value[e]);
          }
        }
        row.commitRow();
      }
    };
  }

  static void save(EarlyLabels early, Solver.StateSink sink) {
    int[] places = early.places();
    long[] ids = new long[places.length];
    long[] since = new long[places.length];
    long[] at = new long[3 * places.length];
    double[] values = new double[places.length];
    for (int i = 0; i < places.length; i++) {
      ids[i] = early.id(places[i]);
      since[i] = early.since(places[i]);
      at[3 * i] = early.lane(places[i]);
      at[3 * i + 1] = early.offset(places[i]);
      at[3 * i + 2] = early.index(places[i]);
      values[i] = early.value(places[i]);
    }
    sink.longs(EARLY, places.length);
    sink.longs(EARLY + ".ids", ids);
    sink.longs(EARLY + ".since", since);
    sink.longs(EARLY + ".at", at);
    sink.doubles(EARLY + ".values", values, 0, values.length);
  }

  /** Reads all there is; what it gives takes it up. */
  static Runnable restore(EarlyLabels early, Solver.StateSource source) {
    long[] head = new long[1];
    source.longs(EARLY, head);
    int n = (int) head[0];
    long[] ids = longs(source, EARLY + ".ids", n);
    long[] since = longs(source, EARLY + ".since", n);
    long[] at = longs(source, EARLY + ".at", 3 * n);
    double[] values = doubles(source, EARLY + ".values", n);
    return () -> {
      early.clear();
      for (int i = 0; i < n; i++) {
        early.restore(
            ids[i], values[i], since[i], (int) at[3 * i], at[3 * i + 1], (int) at[3 * i + 2]);
      }
    };
  }

  private static long[] longs(Solver.StateSource source, String name, int length) {
    long[] out = new long[length];
    source.longs(name, out);
    return out;
  }

  private static double[] doubles(Solver.StateSource source, String name, int length) {
    double[] out = new double[length];
    source.doubles(name, out, 0, length);
    return out;
  }
}
