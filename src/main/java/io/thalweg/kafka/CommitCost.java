package io.thalweg.kafka;

/**
 * What one or more commits wrote, and where their time went.
 *
 * @param snapshotBytes values of snapshot records
 * @param partBytes values of keyframe records
 * @param checkpointBytes values of checkpoint records
 * @param parts keyframe records
 * @param deltaEntries entries of vectors written as differences
 * @param encodeNanos making the records: comparing, checksums, JSON, bytes
 * @param sendNanos handing them to the client, compression and waiting for its memory included; the
 *     rest of a commit waits for the broker
 */
public record CommitCost(
    long snapshotBytes,
    long partBytes,
    long checkpointBytes,
    long parts,
    long deltaEntries,
    long encodeNanos,
    long sendNanos) {
  /** Nothing. */
  public static final CommitCost NONE = new CommitCost(0, 0, 0, 0, 0, 0, 0);

  CommitCost plus(CommitCost more) {
    return new CommitCost(
        snapshotBytes + more.snapshotBytes,
        partBytes + more.partBytes,
        checkpointBytes + more.checkpointBytes,
        parts + more.parts,
        deltaEntries + more.deltaEntries,
        encodeNanos + more.encodeNanos,
        sendNanos + more.sendNanos);
  }
}
