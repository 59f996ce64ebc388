package io.thalweg.pipeline;

import io.thalweg.stream.Instruction;
import org.jspecify.annotations.Nullable;

/**
 * A record of the control topic that asks for something.
 *
 * @param offset its place in the topic
 * @param instruction what it asks for, without aliases; null when it is turned away
 * @param text its text as ledgers keep it; empty when it is turned away
 * @param target the snapshot that it goes back to, null for an instruction that does not
 * @param refusal why it is turned away whatever the state of the method is; empty otherwise
 */
public record ControlRecord(
    long offset,
    @Nullable Instruction instruction,
    String text,
    @Nullable Target target,
    String refusal) {
  /**
   * One that the method may answer.
   *
   * @param offset its place in the topic
   * @param instruction what it asks for, without aliases
   * @param text its text as ledgers keep it
   * @param target the snapshot that it goes back to, null for an instruction that does not
   * @return the record
   */
  public static ControlRecord of(
      long offset, Instruction instruction, String text, @Nullable Target target) {
    return new ControlRecord(offset, instruction, text, target, "");
  }

  /**
   * One that is turned away.
   *
   * @param offset its place in the topic
   * @param why in words
   * @return the record
   */
  public static ControlRecord refused(long offset, String why) {
    return new ControlRecord(offset, null, "", null, why);
  }

  /**
   * What the point takes that it goes back to.
   *
   * @return bytes, 0 for an instruction that does not go back
   */
  public long bytes() {
    return target == null ? 0 : (long) Double.BYTES * (target.x().length + target.y().length);
  }

  /**
   * The point of a snapshot.
   *
   * @param version of the snapshot
   * @param x upper variable, not to be modified
   * @param y lower variable, not to be modified
   */
  public record Target(long version, double[] x, double[] y) {}
}
