package io.thalweg.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.sample.SampleSchema;
import io.thalweg.solver.Consumption;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.RecordBatch;
import io.thalweg.wire.SampleDecoders;
import io.thalweg.wire.SampleFormat;
import io.thalweg.wire.SampleOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class DecodeAheadTest {
  private static final Feed TRAIN = new Feed("t", Level.LOWER);
  private static final int WIDE = 100_000;

  private static Map<Level, SampleSchema> schemas(Field... fields) {
    Map<Level, SampleSchema> schemas = new EnumMap<>(Level.class);
    for (Level level : Level.values()) {
      schemas.put(level, new SampleSchema(List.of(fields), false));
    }
    return schemas;
  }

  private static Assembly assembly(
      Map<Level, SampleSchema> schemas, Supplier<SampleDecoder> decoders) {
    return new Assembly(
        List.of(TRAIN),
        schemas,
        1,
        1,
        Duration.ZERO,
        new Roles(new Roles.Split.Topics()),
        decoders);
  }

  private static RecordBatch poll(Toy.Log log) {
    return Objects.requireNonNull(log.records(TRAIN, log.beginning()).blockFirst());
  }

  /** A row is as wide as the schema says, however few bytes are sent for it. */
  @Test
  void rows_that_are_wide_are_decoded_ahead_only_so_far_as_their_memory_is_bounded() {
    Map<Level, SampleSchema> schemas = schemas(Field.scalar("v"), Field.vector("c", WIDE));
    Toy.Log log = new Toy.Log(60).lane("t", 0, Toy.numbers(1, 60));
    DecodeAhead ahead = new DecodeAhead(assembly(schemas, Toy.Decoder::new), log.lanes(), TRAIN);
    DecodedRecords decoded = (DecodedRecords) ahead.decode(poll(log));
    assertThat(decoded.samples()).isPositive();
    assertThat((long) decoded.samples() * WIDE * Double.BYTES)
        .isLessThanOrEqualTo(DecodeAhead.MOST_BYTES);
    assertThat(decoded.count(0)).isEqualTo(1);
    assertThat(decoded.count(59)).isZero(); // left to whoever reads it
  }

  @Test
  void the_first_reading_of_a_sample_decides_its_level_as_it_does_without_decoding_ahead() {
    Map<Level, SampleSchema> schemas = schemas(Field.scalar("v"));
    SampleOptions options =
        SampleOptions.of(SampleFormat.CSV)
            .withHeader(Level.LOWER, List.of("v", "role"))
            .withHeader(Level.UPPER, List.of("v", "note")); // says nothing of roles
    Assembly assembly = assembly(schemas, () -> SampleDecoders.create(options, schemas));
    Toy.Log log = new Toy.Log(9).lane("t", 0, List.of("1,train", "2,validation", "3,"));
    List<Lane> lanes = log.lanes();
    List<Double> validated = new ArrayList<>();
    for (boolean early : List.of(false, true)) {
      RecordBatch records = poll(log);
      StepAssembler assembler =
          new StepAssembler(assembly, lanes, Positions.at(lanes, List.of(Position.START)));
      assembler.offer(0, early ? new DecodeAhead(assembly, lanes, TRAIN).decode(records) : records);
      Draw draw =
          Objects.requireNonNull(assembler.next(0, Consumption.ONE_OF_EACH), "a sample of each");
      Batch upper = Objects.requireNonNull(draw.input()).upper().get(0);
      validated.add(upper.column(0)[0]);
    }
    assertThat(validated).containsExactly(2.0, 2.0);
  }
}
