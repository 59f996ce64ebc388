package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.thalweg.pipeline.ControlRecord;
import io.thalweg.stream.Instruction;
import io.thalweg.wire.CommandCodec;
import io.thalweg.wire.CommandFormatException;
import io.thalweg.wire.EventCodec;
import java.util.Arrays;
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
  private final Function<Instruction, ControlTargets.Answer> targets;

  /**
   * A decoder.
   *
   * @param job its job
   * @param targets looks up what a rollback goes back to; may block
   */
  ControlDecoder(String job, Function<Instruction, ControlTargets.Answer> targets) {
    this.job = job.getBytes(UTF_8);
    this.targets = targets;
  }

  /** What a record asks for; null for one that asks for nothing of this job. */
  @Nullable ControlRecord decode(ConsumerRecord<byte[], byte[]> record) {
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
      CommandCodec.Decoded command = CommandCodec.decode(record.value());
      return resolved(record.offset(), command).signed(command.signature(), record.timestamp());
    } catch (CommandFormatException e) {
      return ControlRecord.refused(record.offset(), String.valueOf(e.getMessage()));
    }
  }

  private ControlRecord resolved(long offset, CommandCodec.Decoded command) {
    Instruction asked = command.instruction();
    if (!(asked instanceof Instruction.RollBack || asked instanceof Instruction.RollBackTo)) {
      return ControlRecord.of(offset, asked, command.text(), null);
    }
    ControlTargets.Answer answer = targets.apply(asked);
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
