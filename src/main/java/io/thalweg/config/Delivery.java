package io.thalweg.config;

/** What a reader of snapshots may rely on. */
public enum Delivery {
  /** Snapshots, checkpoint, dead letters and offsets are one transaction. */
  EXACTLY_ONCE,
  /** The checkpoint record alone is the truth; snapshots may repeat after a crash. */
  AT_LEAST_ONCE
}
