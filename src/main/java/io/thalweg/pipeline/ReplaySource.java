package io.thalweg.pipeline;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Position;
import io.thalweg.stream.RecordBatch;
import org.jspecify.annotations.Nullable;

/** One lane of a log that is replayed: decoded as it is needed, its samples told apart by level. */
final class ReplaySource {
  private final Assembly assembly;
  private final LaneReader log;
  private final boolean prequential;
  private final int number;
  private final Lane lane;
  private final @Nullable Level level;
  private final SampleDecoder decoder;
  private final RowQueue lowerRows;
  private final RowQueue upperRows;
  private Position lowerFrom = Position.START;
  private Position upperFrom = Position.START;
  private long lowerDropped;
  private long upperDropped;
  private long nextOffset;

  ReplaySource(Assembly assembly, LaneReader log, int number, @Nullable Level level) {
    this.assembly = assembly;
    this.log = log;
    this.prequential = assembly.roles().sharesBatches();
    this.decoder = assembly.decoders().get();
    this.lowerRows = new RowQueue(assembly.schema(Level.LOWER));
    this.upperRows = new RowQueue(assembly.schema(Level.UPPER));
    this.number = number;
    this.lane = log.lanes().get(number);
    this.level = level;
  }

  Lane lane() {
    return lane;
  }

  private RowQueue rows(Level of) {
    return of == Level.LOWER ? lowerRows : upperRows;
  }

  /** Drops what a level has before a place, and all it will still read there. */
  void skipTo(Level of, Position from) {
    if (of == Level.LOWER) {
      lowerFrom = from;
    } else {
      upperFrom = from;
    }
    RowQueue rows = rows(of);
    while (!rows.isEmpty() && rows.isBefore(from)) {
      rows.drop();
      countDropped(of);
    }
  }

  /** Reads on until every sample before a place was seen, or the log ends. */
  void readTo(Position place) {
    boolean more = true;
    while (more && new Position(nextOffset, 0).compareTo(place) < 0) {
      more = read();
    }
  }

  private void countDropped(Level of) {
    if (of == Level.LOWER) {
      lowerDropped++;
    } else {
      upperDropped++;
    }
  }

  /** Accepted samples of a level left out since they were last asked for. */
  long dropped(Level of) {
    long out = of == Level.LOWER ? lowerDropped : upperDropped;
    if (of == Level.LOWER) {
      lowerDropped = 0;
    } else {
      upperDropped = 0;
    }
    return out;
  }

  /** Decodes the next records; false when the log has no more. */
  private boolean read() {
    RecordBatch records = log.next(number);
    for (int i = 0; i < records.size(); i++) {
      decode(records, i);
      nextOffset = records.offset(i) + 1;
    }
    return records.size() > 0;
  }

  /**
   * Moves the next sample of a level into a batch.
   *
   * @param version whose ledger asks for it, and at which attempt, for the error
   * @throws ReplayException when the log has no more
   */
  void take(Level of, Batch batch, long version, long attempt) {
    RowQueue rows = rows(of);
    while (rows.isEmpty()) {
      if (!read()) {
        throw new ReplayException(
            lane
                + ": the log ends, but version "
                + version
                + " took a "
                + of.role()
                + " sample more from it at step attempt "
                + attempt);
      }
    }
    rows.moveTo(batch);
  }

  private void decode(RecordBatch records, int i) {
    RecordHead head = assembly.roles().head(records.headers(i));
    if (head.namesNoLevel()) {
      return; // was refused for its unknown role
    }
    if (head.level() != null && !assembly.reads(head.level())) {
      return; // was left out
    }
    int samples = decoder.open(records.value(i), head.contentType());
    for (int s = 0; s < samples; s++) {
      decode(records.offset(i), s, head);
    }
  }

  private void decode(long offset, int index, RecordHead head) {
    Level presumed = head.presumed(level);
    Level queue = prequential ? Level.LOWER : presumed;
    boolean good = decoder.decode(index, presumed, rows(queue).open());
    if (head.level() == null && !prequential) {
      Level right = assembly.roles().of(decoder, level, lane, offset, index);
      if (right != presumed) {
        if (good) {
          rows(queue).takeBack();
        }
        if (!assembly.reads(right)) {
          return; // was left out
        }
        queue = right;
        good = decoder.decode(index, right, rows(queue).open());
      }
    }
    if (!good) {
      return; // was refused
    }
    Position from = queue == Level.LOWER ? lowerFrom : upperFrom;
    if (new Position(offset, index).compareTo(from) < 0) {
      rows(queue).takeBack();
      countDropped(queue);
    } else {
      rows(queue).committed(offset, index);
    }
  }
}
