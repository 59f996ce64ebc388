package io.thalweg.sample;

import java.util.Arrays;

/**
 * Up to {@code capacity} samples of one level in columns. Field {@code f} of row {@code r} lies at
 * {@code column(f)[r * width ... (r + 1) * width - 1]}; a sparse feature row lies at {@code
 * rowStart()[r] ... rowStart()[r + 1] - 1} of {@code index()} and {@code value()}. The arrays are
 * reused: nobody keeps them past the call that handed them out.
 *
 * <p>Writing is one row at a time: {@link #openRow()}, fill, then {@link #commitRow()}. A row that
 * is not committed leaves no trace, so a record that turns out bad half way costs nothing.
 */
public final class Batch {
  private final SampleSchema schema;
  private final int capacity;
  private final double[][] columns;
  private final int[] widths;
  private final int features;
  private int[] rowStart = new int[] {0};
  private int[] index = new int[0];
  private double[] value = new double[0];
  private int nonzeros;
  private int size;
  private long fillings;
  private Batch[] parts = {};
  private int[] partEnds = {};
  private int joined;

  /**
   * An empty batch.
   *
   * @param schema what a sample holds
   * @param capacity most rows it takes, at least 1
   */
  public Batch(SampleSchema schema, int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("a batch holds at least 1 row, but was " + capacity);
    }
    this.schema = schema;
    this.capacity = capacity;
    this.features = schema.featuresColumn();
    int n = schema.fields().size();
    columns = new double[n][];
    widths = new int[n];
    for (int f = 0; f < n; f++) {
      widths[f] = schema.fields().get(f).width();
      boolean compressed = f == features && schema.sparse();
      columns[f] = new double[compressed ? 0 : Math.multiplyExact(widths[f], capacity)];
    }
    if (schema.sparse()) {
      rowStart = new int[capacity + 1];
      index = new int[16];
      value = new double[16];
    }
  }

  /**
   * What a sample holds.
   *
   * @return the schema
   */
  public SampleSchema schema() {
    return schema;
  }

  /**
   * Rows it can take.
   *
   * @return at least 1
   */
  public int capacity() {
    return capacity;
  }

  /**
   * Rows committed.
   *
   * @return 0 to capacity
   */
  public int size() {
    return size;
  }

  /**
   * Whether no further row fits.
   *
   * @return true at capacity
   */
  public boolean isFull() {
    return size == capacity;
  }

  /**
   * The values of one field, row-major; empty for a sparse feature row.
   *
   * @param field place of the field in the schema
   * @return the live array, size x width of it in use
   */
  public double[] column(int field) {
    return columns[field];
  }

  /**
   * Start of each sparse row, one entry more than rows.
   *
   * @return the live array
   */
  public int[] rowStart() {
    return rowStart;
  }

  /**
   * Feature numbers of the sparse entries.
   *
   * @return the live array
   */
  public int[] index() {
    return index;
  }

  /**
   * Values of the sparse entries.
   *
   * @return the live array
   */
  public double[] value() {
    return value;
  }

  /**
   * How often it was cleared: with the batch itself this tells its present rows from those it held
   * before.
   *
   * @return a number that grows
   */
  public long fillings() {
    return fillings;
  }

  /** Forgets all rows; the arrays stay. */
  public void clear() {
    fillings++;
    joined = 0;
    size = 0;
    nonzeros = 0;
  }

  /**
   * Starts the next row; whatever an earlier uncommitted row wrote is forgotten. Optional fields
   * hold their defaults; required ones hold what was there before and must be written.
   *
   * @return the row's number, equal to {@link #size()}
   * @throws IllegalStateException when the batch is full
   */
  public int openRow() {
    if (size == capacity) {
      throw new IllegalStateException("the batch is full: it holds " + capacity + " rows");
    }
    for (int f = 0; f < columns.length; f++) {
      Field field = schema.fields().get(f);
      if (!field.required() && columns[f].length > 0) {
        Arrays.fill(columns[f], size * widths[f], (size + 1) * widths[f], field.defaultValue());
      }
    }
    if (schema.sparse()) {
      nonzeros = rowStart[size];
    }
    return size;
  }

  /**
   * Writes one entry of the open row.
   *
   * @param field place of the field in the schema
   * @param entry place within the field, 0 to width - 1
   * @param number its value
   */
  public void set(int field, int entry, double number) {
    columns[field][size * widths[field] + entry] = number;
  }

  /**
   * Appends one entry to the open row's sparse features.
   *
   * @param feature feature number
   * @param number its value
   */
  public void append(int feature, double number) {
    if (nonzeros == index.length) {
      int bigger = Math.max(16, Math.multiplyExact(nonzeros, 2));
      index = Arrays.copyOf(index, bigger);
      value = Arrays.copyOf(value, bigger);
    }
    index[nonzeros] = feature;
    value[nonzeros] = number;
    nonzeros++;
  }

  /**
   * Makes room for entries of the open row, to be written to {@link #index()} and {@link #value()}
   * from the place returned on and then kept by {@link #keepEntries}.
   *
   * @param entries how many at the most
   * @return place of the first
   */
  public int reserve(int entries) {
    int needed = Math.addExact(nonzeros, entries);
    if (needed > index.length) {
      int bigger = Math.max(needed, Math.multiplyExact(index.length, 2));
      index = Arrays.copyOf(index, bigger);
      value = Arrays.copyOf(value, bigger);
    }
    return nonzeros;
  }

  /**
   * Appends what was written after {@link #reserve} to the open row's sparse features.
   *
   * @param end place after the last entry
   */
  public void keepEntries(int end) {
    nonzeros = end;
  }

  /** Keeps the open row. */
  public void commitRow() {
    size++;
    if (schema.sparse()) {
      rowStart[size] = nonzeros;
    }
  }

  /** Takes the last committed row back, for a sample that turned out to belong elsewhere. */
  public void dropLastRow() {
    if (size == 0) {
      throw new IllegalStateException("the batch holds no row to drop");
    }
    size--;
    if (schema.sparse()) {
      nonzeros = rowStart[size];
    }
  }

  /**
   * Appends a copy of another batch's row.
   *
   * @param other batch of the same schema
   * @param row its row
   */
  public void appendRow(Batch other, int row) {
    openRow();
    for (int f = 0; f < columns.length; f++) {
      if (columns[f].length > 0) {
        System.arraycopy(
            other.columns[f], row * widths[f], columns[f], size * widths[f], widths[f]);
      }
    }
    if (schema.sparse()) {
      int from = other.rowStart[row];
      int entries = other.rowStart[row + 1] - from;
      int to = reserve(entries);
      System.arraycopy(other.index, from, index, to, entries);
      System.arraycopy(other.value, from, value, to, entries);
      keepEntries(to + entries);
    }
    commitRow();
  }

  /**
   * Appends copies of all rows of another batch and notes where they are from. A batch is filled
   * either this way or row by row.
   *
   * @param other batch of the same schema, which keeps its rows as long as this one does
   */
  public void join(Batch other) {
    if (joined == parts.length) {
      parts = Arrays.copyOf(parts, Math.max(4, 2 * joined));
      partEnds = Arrays.copyOf(partEnds, parts.length);
    }
    for (int r = 0; r < other.size; r++) {
      appendRow(other, r);
    }
    parts[joined] = other;
    partEnds[joined] = size;
    joined++;
  }

  /**
   * The batch that a row came with.
   *
   * @param row a row of this batch
   * @return the one it was joined from, else this one
   */
  public Batch origin(int row) {
    int part = part(row);
    return part < joined ? parts[part] : this;
  }

  /**
   * The place of a row in its {@link #origin}.
   *
   * @param row a row of this batch
   * @return its row there
   */
  public int originRow(int row) {
    int part = part(row);
    return part == 0 || part == joined ? row : row - partEnds[part - 1];
  }

  private int part(int row) {
    int part = 0;
    while (part < joined && row >= partEnds[part]) {
      part++;
    }
    return part;
  }
}
