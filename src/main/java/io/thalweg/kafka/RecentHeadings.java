package io.thalweg.kafka;

import io.thalweg.wire.SnapshotCodec;
import java.util.ArrayDeque;
import java.util.List;

/**
 * The newest headings of a log that is read backwards in pieces, each of them forwards. No more
 * than so many and a piece are kept at any moment, and the pieces are as wide as their records
 * allow: where those are large, few are read at once.
 */
final class RecentHeadings {
  /** Offsets of a piece, at first and at the most where it brings something. */
  static final long FIRST = 16;

  static final long WIDEST = 512;

  private final int most;
  private final long mostBytes;
  private final ArrayDeque<SnapshotCodec.Heading> kept = new ArrayDeque<>();
  private final ArrayDeque<SnapshotCodec.Heading> piece = new ArrayDeque<>();
  private long bytes;
  private long pieceBytes;
  private long width = FIRST;

  /**
   * None yet.
   *
   * @param most headings
   * @param mostBytes of records, after which nothing older is read
   */
  RecentHeadings(int most, long mostBytes) {
    this.most = most;
    this.mostBytes = mostBytes;
  }

  /**
   * The newest snapshots of a log, read backwards from its end in pieces: a topic of any length
   * costs no more than is kept. The log then stands at that end.
   *
   * @param log of a job
   * @param most headings, at least 1
   * @param mostBytes of records, after which nothing older is read
   * @return by version, the newest last, without those that a later life took back
   * @throws KafkaFailure when the topic cannot be read
   * @throws io.thalweg.wire.SnapshotFormatException when a record is no snapshot
   */
  static List<SnapshotCodec.Heading> of(SnapshotLog log, int most, long mostBytes) {
    RecentHeadings recent = new RecentHeadings(most, mostBytes);
    long end = log.end();
    long to = end;
    while (recent.isOpen()) {
      long from = log.fromOffset(Math.max(0, to - recent.width()));
      if (from >= to) {
        break;
      }
      List<SnapshotLog.Entry> entries = log.next(to);
      while (!entries.isEmpty()) {
        for (SnapshotLog.Entry entry : entries) {
          recent.add(log.heading(entry), entry.value().length);
        }
        entries = log.next(to);
      }
      recent.endPiece();
      to = from;
    }
    log.fromOffset(end);
    return recent.list();
  }

  /** Whether another piece is wanted. */
  boolean isOpen() {
    return kept.size() < most && bytes < mostBytes;
  }

  /** Offsets of the piece to read next. */
  long width() {
    return width;
  }

  /** Takes up the next one of the piece that is being read. */
  void add(SnapshotCodec.Heading heading, int size) {
    pieceBytes += size;
    if (!kept.isEmpty() && heading.version() >= kept.getFirst().version()) {
      return; // a later life took it back
    }
    while (!piece.isEmpty() && piece.getLast().version() >= heading.version()) {
      piece.removeLast(); // and so here
    }
    piece.addLast(heading);
    // more than wanted, since a later life may still take those at the end back
    if (piece.size() > Math.max(most - kept.size(), WIDEST)) {
      piece.removeFirst();
    }
  }

  /** The piece is read to its end. */
  void endPiece() {
    while (!piece.isEmpty() && kept.size() < most) {
      kept.addFirst(piece.removeLast());
    }
    piece.clear();
    bytes += pieceBytes;
    if (pieceBytes == 0) {
      // of a log that was compacted little is left: an empty piece is no reason to go slowly
      width = 2 * width;
    } else {
      long each = Math.max(1, pieceBytes / Math.min(width, WIDEST));
      long room = Math.max(0, mostBytes - bytes) / each;
      width = Math.max(1, Math.min(Math.min(WIDEST, 2 * Math.min(width, WIDEST)), room));
    }
    pieceBytes = 0;
  }

  /** By version, the newest last. */
  List<SnapshotCodec.Heading> list() {
    return List.copyOf(kept);
  }
}
