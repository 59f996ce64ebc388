package io.thalweg.experiment;

import io.thalweg.data.BankMarketing;
import io.thalweg.data.LabelledCsv;
import io.thalweg.linalg.SplitMix64;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes the streams, each once. Used by several threads. */
final class StreamSource {
  private static final int RECORDS = 40_000;
  private static final int FEATURES = 20;
  private static final int QUARTERS = 4;

  /** Length of the weights that labels are drawn by. */
  private static final double SIGNAL = 3;

  private static final double WRONG = 0.1;
  private static final double[] SEA_THRESHOLDS = {8, 9, 7, 9.5};
  private static final int SEA_FEATURES = 3;
  private static final double SEA_RANGE = 10;
  private static final int RELEVANT = 5;
  private static final int FLIP_EVERY = 20;
  private static final double SPARSE_WEIGHT = 1.5;

  private final @Nullable Path data;
  private final Map<String, RecordStream> made = new ConcurrentHashMap<>();
  private final Map<String, LabelledCsv> tables = new ConcurrentHashMap<>();

  StreamSource(Optional<Path> data) {
    this.data = data.orElse(null);
  }

  /** A stream; what is drawn follows from the seed. */
  RecordStream get(StreamKind kind, long seed) {
    RecordStream bank = kind.words().startsWith("bank") ? once("bank", StreamSource::bank) : null;
    if (kind == StreamKind.BANK && bank != null) {
      return bank;
    }
    return once(
        kind.words() + "-" + seed,
        () -> make(kind, new SplitMix64(seed << Integer.SIZE ^ kind.words().hashCode()), bank));
  }

  private RecordStream once(String name, Supplier<RecordStream> maker) {
    return made.computeIfAbsent(name, key -> maker.get());
  }

  private RecordStream make(StreamKind kind, SplitMix64 rng, @Nullable RecordStream bank) {
    return switch (kind) {
      case BANK, BANK_FLIP, BANK_NOISE -> ofBank(kind, rng, Objects.requireNonNull(bank));
      case STATIONARY -> logistic(rng, constant(rng));
      case ABRUPT -> logistic(rng, redrawn(rng));
      case GRADUAL -> logistic(rng, turning(rng));
      case SEA -> sea(rng);
      case SPARSE_DRIFT -> logistic(rng, flipping(rng));
      case LETTERS -> letters(false);
      case LETTERS_DRIFT -> letters(true);
      case SHUTTLE -> shuttle(false);
      case SHUTTLE_TIME -> shuttle(true);
    };
  }

  private static RecordStream bank() {
    BankMarketing bank;
    try {
      bank = BankMarketing.load();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the bank data", e);
    }
    int p = bank.features();
    double[] rows = new double[bank.rows() * p];
    double[] labels = new double[bank.rows()];
    for (int i = 0; i < labels.length; i++) {
      System.arraycopy(bank.row(i), 0, rows, i * p, p);
      labels[i] = bank.label(i) > 0 ? 1 : -1;
    }
    return new RecordStream(p, rows, labels);
  }

  private static RecordStream ofBank(StreamKind kind, SplitMix64 rng, RecordStream bank) {
    double[] labels = bank.labels().clone();
    for (int i = 0; i < labels.length; i++) {
      boolean opposite =
          kind == StreamKind.BANK_FLIP ? i >= labels.length / 2 : rng.uniform() < WRONG;
      if (opposite) {
        labels[i] = -labels[i];
      }
    }
    return bank.labelled(labels);
  }

  /** The weights of record i. */
  private interface Weights {
    double[] of(int i);
  }

  private static Weights constant(SplitMix64 rng) {
    double[] w = direction(rng);
    return i -> w;
  }

  private static Weights redrawn(SplitMix64 rng) {
    double[][] byQuarter = new double[QUARTERS][];
    for (int k = 0; k < QUARTERS; k++) {
      byQuarter[k] = direction(rng);
    }
    return i -> byQuarter[quarter(i, RECORDS)];
  }

  private static Weights turning(SplitMix64 rng) {
    double[] a = direction(rng);
    double[] b = direction(rng);
    double[] w = new double[FEATURES];
    return i -> {
      double angle = 2 * Math.PI * i / (RECORDS - 1);
      double cosine = StrictMath.cos(angle);
      double sine = StrictMath.sin(angle);
      for (int j = 0; j < w.length; j++) {
        w[j] = cosine * a[j] + sine * b[j];
      }
      return w;
    };
  }

  private static Weights flipping(SplitMix64 rng) {
    double[] w = new double[FEATURES];
    Arrays.fill(w, 0, RELEVANT, SPARSE_WEIGHT);
    return i -> {
      if (i % FLIP_EVERY == 0) {
        int j = rng.index(RELEVANT);
        w[j] = -w[j];
      }
      return w;
    };
  }

  /** Normal entries; the length is about {@link #SIGNAL}. */
  private static double[] direction(SplitMix64 rng) {
    return Starts.gaussian(FEATURES, SIGNAL / Math.sqrt(FEATURES), rng);
  }

  private static int quarter(int i, int records) {
    return Math.min(QUARTERS - 1, QUARTERS * i / records);
  }

  /** Normal features; a label is 1 with probability 1 / (1 + e^-w'a). */
  private static RecordStream logistic(SplitMix64 rng, Weights weights) {
    double[] rows = new double[RECORDS * FEATURES];
    double[] labels = new double[RECORDS];
    for (int i = 0; i < RECORDS; i++) {
      double[] w = weights.of(i);
      double margin = 0;
      for (int j = 0; j < FEATURES; j++) {
        double a = rng.gaussian();
        rows[i * FEATURES + j] = a;
        margin += a * w[j];
      }
      labels[i] = rng.uniform() < 1 / (1 + StrictMath.exp(-margin)) ? 1 : -1;
    }
    return new RecordStream(FEATURES, rows, labels);
  }

  private static RecordStream sea(SplitMix64 rng) {
    double[] rows = new double[RECORDS * SEA_FEATURES];
    double[] labels = new double[RECORDS];
    double mean = SEA_RANGE / 2;
    double deviation = SEA_RANGE / Math.sqrt(12);
    for (int i = 0; i < RECORDS; i++) {
      double sum = 0;
      for (int j = 0; j < SEA_FEATURES; j++) {
        double a = SEA_RANGE * rng.uniform();
        sum += j < 2 ? a : 0;
        rows[i * SEA_FEATURES + j] = (a - mean) / deviation;
      }
      boolean positive = sum <= SEA_THRESHOLDS[quarter(i, RECORDS)];
      labels[i] = positive != rng.uniform() < WRONG ? 1 : -1;
    }
    return new RecordStream(SEA_FEATURES, rows, labels);
  }

  private RecordStream letters(boolean drifting) {
    LabelledCsv table = table(StreamKind.LETTERS.file(), "lettr");
    double[] labels = new double[table.rows()];
    for (int i = 0; i < labels.length; i++) {
      int letter = table.label(i).charAt(0) - 'A';
      boolean positive =
          drifting ? letter % (quarter(i, labels.length) + 2) == 0 : letter <= 'M' - 'A';
      labels[i] = positive ? 1 : -1;
    }
    return new RecordStream(table.features(), table.values(), labels);
  }

  private RecordStream shuttle(boolean byTime) {
    LabelledCsv table = table(StreamKind.SHUTTLE.file(), "Class");
    int p = table.features();
    double[] values = table.values();
    Integer[] order = new Integer[table.rows()];
    Arrays.setAll(order, i -> i);
    if (byTime) {
      Arrays.sort(order, Comparator.comparingDouble(i -> values[i * p]));
    }
    double[] rows = new double[values.length];
    double[] labels = new double[order.length];
    for (int i = 0; i < order.length; i++) {
      System.arraycopy(values, order[i] * p, rows, i * p, p);
      labels[i] = table.label(order[i]).equals("Rad.Flow") ? 1 : -1;
    }
    return new RecordStream(p, rows, labels);
  }

  private LabelledCsv table(String file, String label) {
    return tables.computeIfAbsent(
        file,
        name -> {
          if (data == null) {
            throw new MissingDataException("expected a folder with " + name + "; give --data");
          }
          try {
            return LabelledCsv.read(data.resolve(name), label);
          } catch (IOException e) {
            throw new MissingDataException("streams: " + e.getMessage());
          }
        });
  }
}
