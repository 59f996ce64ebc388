package io.thalweg.solver;

import io.thalweg.portfolio.EarlyLabels;
import io.thalweg.portfolio.Waiting;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.SampleSchema;
import org.jspecify.annotations.Nullable;

/**
 * Records that wait for their label in a checkpoint: one array for each thing that is kept of them,
 * whatever their number, oldest first. What lies where in memory is not kept: nothing hangs on it.
 */
final class WaitingState {
  private static final String WAITING = "waiting";

  /** Only where labels come apart from their records. */
  static final String EARLY = "early-labels";

  private static final String LEFT_OUT = "labels-of-left-out";

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

  /** What restoring a state does once all of it has been read. */
  interface TakenUp {
    /** Gives the number of predicted records that do not fit any more: the oldest. */
    long run();
  }

  /** Refuses a state whose labels come in another way than those of the job. */
  static void check(@Nullable Waiting waiting, Solver.StateSource source) {
    if (waiting == null || !waiting.keyed()) {
      if (source.has(EARLY)) {
        throw source.misfit(
            "labels of the checkpoint come apart from their records (samples.labels), those of this"
                + " job do not: give the job another name to start afresh, or take the setting"
                + " back");
      }
    } else if (source.has(WAITING) && !source.has(EARLY)) {
      throw source.misfit(
          "records of this job wait for labels by their id (samples.labels), but those of the"
              + " checkpoint wait for a number of records (solver.label-delay) and have no id: give"
              + " the job another name to start afresh, or take the setting back");
    }
    if (waiting == null && source.has(WAITING)) {
      throw source.misfit(
          "labels of this job come with their records, those of the checkpoint were late"
              + " (solver.label-delay) and those that wait would never be learned: give the job"
              + " another name to start afresh, or take the setting back");
    }
    if (waiting != null && !source.has(WAITING)) {
      throw source.misfit(
          "labels of this job come later than their records ("
              + (waiting.keyed() ? "samples.labels" : "solver.label-delay")
              + "), those of the checkpoint with them: give the job another name to start afresh, or"
              + " take the setting back");
    }
  }

  /** Reads all there is; what it gives takes it up. */
  static TakenUp restore(Waiting waiting, SampleSchema schema, Solver.StateSource source) {
    if (!source.has(WAITING + ".numbers")) {
      return restorePieceByPiece(waiting, schema, source);
    }
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
    if (!waiting.keyed()) {
      checkFits(waiting, n, head[2], numbers.length == 0 ? head[2] : numbers[0], source);
    }
    return () -> {
      waiting.clear(head[2]);
      long beyond = 0;
      for (int i = 0; i < n; i++) {
        if (!waiting.keeps(numbers[i])) {
          beyond += roles[i] == 0 ? 0 : 1;
          continue;
        }
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
      return beyond;
    };
  }

  /** Where labels are late by a number of records, that of an older one is due already. */
  private static void checkFits(
      Waiting waiting, int records, long taken, long oldest, Solver.StateSource source) {
    if (oldest < taken - waiting.window()) {
      throw source.misfit(
          records
              + " records of the checkpoint wait for their label, the oldest for "
              + (taken - oldest)
              + " records, but solver.label-delay now is "
              + waiting.window()
              + ": expected at least that many, for the labels of the others are due already; take"
              + " the setting back, or give the job another name to start afresh");
    }
  }

  /**
   * Reads the form in which every waiting record had pieces of its own: {@code waiting} was their
   * number, {@code waiting.i} roles and entries of one. Labels were late by a number of records, so
   * those that waited were the newest, without a gap.
   */
  private static TakenUp restorePieceByPiece(
      Waiting waiting, SampleSchema schema, Solver.StateSource source) {
    long[] size = new long[1];
    source.longs(WAITING, size);
    int n = (int) size[0];
    checkFits(waiting, n, n, 0, source);
    double[] scores = new double[Math.multiplyExact(n, waiting.width())];
    long[] roles = new long[n];
    Batch rows = new Batch(schema, Math.max(1, n));
    for (int i = 0; i < n; i++) {
      String name = WAITING + "." + i;
      long[] head = new long[2];
      source.longs(name, head);
      roles[i] = head[0];
      source.doubles(name + ".scores", scores, i * waiting.width(), waiting.width());
      rows.openRow();
      for (int f = 0; f < schema.fields().size(); f++) {
        Field field = schema.fields().get(f);
        String of = name + "." + field.name();
        if (isSparse(schema, f)) {
          long[] index = longs(source, of + ".i", (int) head[1]);
          double[] value = doubles(source, of + ".v", (int) head[1]);
          for (int e = 0; e < index.length; e++) {
            rows.append((int) index[e], value[e]);
          }
        } else {
          source.doubles(of, rows.column(f), i * field.width(), field.width());
        }
      }
      rows.commitRow();
    }
    return () -> {
      waiting.clear(n);
      for (int i = 0; i < n; i++) {
        Batch row = waiting.restore(i, 0, (int) roles[i], scores, i * waiting.width());
        row.clear();
        row.appendRow(rows, i);
      }
      return 0;
    };
  }

  static void saveLeftOut(long labels, Solver.StateSink sink) {
    sink.longs(LEFT_OUT, labels);
  }

  /** Labels of records that were left out: states of earlier versions say nothing of them. */
  static long leftOut(Solver.StateSource source) {
    return source.has(LEFT_OUT) ? longs(source, LEFT_OUT, 1)[0] : 0;
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

  /** Reads all there is; what it gives takes it up. A label whose lane is gone is not. */
  static TakenUp restore(EarlyLabels early, Solver.StateSource source) {
    long[] head = new long[1];
    source.longs(EARLY, head);
    int n = (int) head[0];
    long[] ids = longs(source, EARLY + ".ids", n);
    long[] since = longs(source, EARLY + ".since", n);
    long[] at = longs(source, EARLY + ".at", 3 * n);
    double[] values = doubles(source, EARLY + ".values", n);
    return () -> {
      early.clear();
      long gone = 0;
      for (int i = 0; i < n; i++) {
        if (at[3 * i] < 0) {
          gone++;
        } else {
          early.restore(
              ids[i], values[i], since[i], (int) at[3 * i], at[3 * i + 1], (int) at[3 * i + 2]);
        }
      }
      return gone;
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
