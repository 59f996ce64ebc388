package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.thalweg.pipeline.ControlRecord;
import io.thalweg.stream.Instruction;
import io.thalweg.wire.CommandCodec;
import io.thalweg.wire.CommandFormatException;
import io.thalweg.wire.EventCodec;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Records of the control topic as what they ask for. The events of the job lie in the same topic
 * and are passed over, as are the records of other jobs; whatever else is no command is turned away
 * with the reason.
 */
final class ControlDecoder {
  private final byte[] job;
  private final Function<BooleanSupplier, Targets> targets;

  /** Looks up what rollbacks go back to; may block. */
  interface Targets extends AutoCloseable {
    /**
     * What a rollback goes back to.
     *
     * @throws java.util.concurrent.CancellationException when nobody waits for it any more
     */
    ControlTargets.Answer find(Instruction rollback);

    @Override
    void close();
  }

  /**
   * A decoder.
   *
   * @param job its job
   * @param targets begins to look up what the rollbacks of one read go back to, until it is told
   *     that nobody waits for them any more; opens nothing before the first one
   */
  ControlDecoder(String job, Function<BooleanSupplier, Targets> targets) {
    this.job = job.getBytes(UTF_8);
    this.targets = targets;
  }

  /**
   * Begins to decode what one read brought.
   *
   * @param stopped whether nobody waits for it any more
   */
  Session open(BooleanSupplier stopped) {
    return new Session(targets.apply(stopped));
  }

  /** The records of one read: their rollbacks are looked up together. */
  final class Session implements AutoCloseable {
    private final Targets lookup;

    private Session(Targets lookup) {
      this.lookup = lookup;
    }

    /**
     * What a record asks for; null for one that asks for nothing of this job.
     *
     * @throws java.util.concurrent.CancellationException when nobody waits for it any more
     */
    @Nullable ControlRecord decode(ConsumerRecord<byte[], byte[]> record) {
      return ControlDecoder.this.decode(record, lookup);
    }

    @Override
    public void close() {
      lookup.close();
    }
  }

  private @Nullable ControlRecord decode(ConsumerRecord<byte[], byte[]> record, Targets lookup) {
    byte[] key = record.key();
    if (record.headers().lastHeader(EventCodec.HEADER) != null
        || (key != null && !Arrays.equals(key, job))) {
      return null;
    }
    if (key == null) {
      return ControlRecord.refused(
          record.offset(),
          "expected the job " + new String(job, UTF_8) + " as the key, found none");
    }
    Header header = record.headers().lastHeader(CommandCodec.HEADER);
    if (header == null) {
      return ControlRecord.refused(
          record.offset(),
          "expected the header "
              + CommandCodec.HEADER
              + ": "
              + CommandCodec.VERSION
              + " of a command, found none");
    }
    if (!Arrays.equals(header.value(), CommandCodec.VERSION.getBytes(UTF_8))) {
      return ControlRecord.refused(
          record.offset(),
          "expected version "
              + CommandCodec.VERSION
              + " of commands in the header "
              + CommandCodec.HEADER
              + ", found another");
    }
    try {
      return resolved(record.offset(), CommandCodec.decode(record.value()), lookup);
    } catch (CommandFormatException e) {
      return ControlRecord.refused(record.offset(), String.valueOf(e.getMessage()));
    }
  }

  private static ControlRecord resolved(long offset, CommandCodec.Decoded command, Targets lookup) {
    Instruction asked = command.instruction();
    if (!(asked instanceof Instruction.RollBack || asked instanceof Instruction.RollBackTo)) {
      return ControlRecord.of(offset, asked, command.text(), null);
    }
    ControlTargets.Answer answer = lookup.find(asked);
    ControlRecord.Target target = answer.target();
    if (target == null) {
      return ControlRecord.refused(offset, answer.refusal());
    }
    CommandCodec.Decoded exact =
        new CommandCodec.Decoded(
            new Instruction.RollBack(target.version()), command.id(), command.by());
    return ControlRecord.of(offset, exact.instruction(), exact.text(), target);
  }
}
