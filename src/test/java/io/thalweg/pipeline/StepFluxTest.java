package io.thalweg.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.solver.Consumption;
import io.thalweg.solver.StepInput;
import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Header;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.RecordBatch;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;

class StepFluxTest {
  private static final Lane T0 = new Lane("t", 0);
  private static final Lane V0 = new Lane("v", 0);
  private static final Duration LINGER = Duration.ofMillis(50);

  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final TestPublisher<RecordBatch> train = TestPublisher.create();
  private final TestPublisher<RecordBatch> validation = TestPublisher.create();
  private final TestPublisher<ControlRead> control = TestPublisher.create();
  private long cutDue = Long.MAX_VALUE;
  private boolean paused;
  private long trainOffset;
  private long validationOffset;

  @BeforeEach
  void deadline() {
    StepVerifier.setDefaultTimeout(Duration.ofSeconds(20));
  }

  private Flux<Draw> steps(int lowerRows, int upperRows) {
    return new StepFlux(
        List.of(train.flux(), validation.flux()),
        control.flux(),
        assembler(lowerRows, upperRows),
        () -> Consumption.ONE_OF_EACH,
        () -> cutDue,
        () -> paused,
        time);
  }

  private static StepAssembler assembler(int lowerRows, int upperRows) {
    List<Lane> lanes = List.of(T0, V0);
    Assembly assembly =
        new Assembly(
            List.of(new Feed("t", Level.LOWER), new Feed("v", Level.UPPER)),
            Toy.schemas(),
            lowerRows,
            upperRows,
            LINGER,
            new Roles(new Roles.Split.Topics()),
            Toy.Decoder::new);
    return new StepAssembler(
        assembly, lanes, Positions.at(lanes, List.of(Position.START, Position.START)));
  }

  @Test
  void the_level_that_has_too_few_batches_for_the_step_is_known() {
    StepAssembler assembler = assembler(2, 2);
    Consumption need = new Consumption(3, 1);
    assertThat(assembler.next(0, need)).isNull();
    assertThat(assembler.lacking(need)).isNull();
    assembler.offer(1, poll(1, "1", "2", "3"));
    assembler.offer(0, poll(0, "1", "2", "3", "4"));
    assertThat(assembler.next(0, need)).isNull();
    assertThat(assembler.lacking(need)).isEqualTo(Level.LOWER);
    assertThat(assembler.lacking(Consumption.ONE_OF_EACH)).isNull();
    assembler.offer(0, poll(0, "5", "6", "7", "8", "9", "10", "11", "12"));
    assertThat(assembler.next(0, need)).isNotNull();
    assertThat(assembler.next(0, new Consumption(3, 2))).isNull();
    assertThat(assembler.lacking(new Consumption(3, 2))).isEqualTo(Level.UPPER);
  }

  private RecordBatch poll(int lane, String... values) {
    long first = lane == 0 ? trainOffset : validationOffset;
    if (lane == 0) {
      trainOffset += values.length;
    } else {
      validationOffset += values.length;
    }
    return new Records(lane, first, values);
  }

  private record Records(int only, long first, String[] values) implements RecordBatch {
    @Override
    public int size() {
      return values.length;
    }

    @Override
    public int lane(int i) {
      return only;
    }

    @Override
    public long offset(int i) {
      return first + i;
    }

    @Override
    public long timestamp(int i) {
      return 7;
    }

    @Override
    public byte @Nullable [] key(int i) {
      return null;
    }

    @Override
    public byte @Nullable [] value(int i) {
      return values[i].getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public List<Header> headers(int i) {
      return List.of();
    }
  }

  private static double[] rows(List<Batch> batches) {
    Batch batch = batches.get(0);
    return Arrays.copyOf(batch.column(0), batch.size());
  }

  private static StepInput step(Draw draw) {
    StepInput input = draw.input();
    if (input == null) {
      throw new AssertionError("expected a step, but was a tick");
    }
    return input;
  }

  @Test
  void a_step_is_drawn_when_both_levels_have_a_full_batch() {
    StepVerifier.create(steps(2, 1).filter(d -> d.input() != null))
        .then(() -> train.next(poll(0, "1", "2", "3")))
        .then(() -> validation.next(poll(1, "9")))
        .assertNext(
            d -> {
              assertThat(rows(step(d).lower())).containsExactly(1, 2);
              assertThat(rows(step(d).upper())).containsExactly(9);
            })
        .thenCancel()
        .verify();
  }

  @Test
  void a_partial_batch_is_used_once_its_first_record_has_lingered() {
    StepVerifier.create(steps(4, 1).filter(d -> d.input() != null))
        .then(() -> validation.next(poll(1, "9")))
        .then(() -> train.next(poll(0, "1", "2")))
        .then(() -> time.advanceTimeBy(LINGER.minusNanos(1)))
        .then(() -> train.next(poll(0)))
        .then(() -> assertThat(trainOffset).isEqualTo(2))
        .then(() -> time.advanceTimeBy(Duration.ofNanos(1)))
        .then(() -> train.next(poll(0)))
        .assertNext(d -> assertThat(rows(step(d).lower())).containsExactly(1, 2))
        .thenCancel()
        .verify();
  }

  @Test
  void a_partial_batch_that_has_lingered_waits_for_no_further_poll() {
    StepVerifier.create(steps(4, 1).filter(d -> d.input() != null))
        .then(() -> validation.next(poll(1, "9")))
        .then(() -> train.next(poll(0, "1", "2")))
        .then(() -> time.advanceTimeBy(LINGER.minusMillis(1)))
        .expectNoEvent(Duration.ofMillis(20))
        .then(() -> time.advanceTimeBy(Duration.ofMillis(1)))
        .assertNext(d -> assertThat(rows(step(d).lower())).containsExactly(1, 2))
        .thenCancel()
        .verify();
  }

  @Test
  void a_cut_that_is_due_gets_its_tick_though_nothing_comes() {
    cutDue = Duration.ofMillis(30).toNanos();
    StepVerifier.create(steps(1, 1))
        .then(() -> validation.next(poll(1, "9")))
        .expectNextCount(1)
        .then(() -> time.advanceTimeBy(Duration.ofMillis(29)))
        .expectNoEvent(Duration.ofMillis(20))
        .then(() -> time.advanceTimeBy(Duration.ofMillis(1)))
        .assertNext(
            d -> {
              assertThat(d.input()).isNull();
              cutDue = Long.MAX_VALUE;
            })
        .then(() -> time.advanceTimeBy(Duration.ofSeconds(9)))
        .expectNoEvent(Duration.ofMillis(20))
        .thenCancel()
        .verify();
  }

  @Test
  void before_the_linger_is_over_an_empty_poll_gives_a_tick_and_no_step() {
    StepVerifier.create(steps(4, 1))
        .then(() -> validation.next(poll(1, "9")))
        .assertNext(d -> assertThat(d.input()).isNull())
        .then(() -> train.next(poll(0, "1")))
        .assertNext(d -> assertThat(d.input()).isNull())
        .then(() -> time.advanceTimeBy(LINGER.minusNanos(1)))
        .then(() -> train.next(poll(0)))
        .assertNext(d -> assertThat(d.input()).isNull())
        .thenCancel()
        .verify();
  }

  @Test
  void what_is_asked_goes_before_the_next_step_though_nothing_comes() {
    ControlRead asked = new ControlRead(List.of(ControlRecord.refused(7, "why not")), 8);
    StepVerifier.create(steps(1, 1))
        .then(() -> control.next(asked))
        .assertNext(
            d -> {
              assertThat(d.input()).isNull();
              assertThat(d.asked()).isEqualTo(asked);
            })
        .expectNoEvent(Duration.ofMillis(20))
        .then(() -> control.next(asked))
        .expectNextCount(1)
        .thenCancel()
        .verify();
    control.assertCancelled();
  }

  @Test
  void while_it_is_paused_no_step_is_drawn_and_no_feed_asked() {
    ControlRead asked = new ControlRead(List.of(ControlRecord.refused(7, "resume")), 8);
    paused = true;
    StepVerifier.create(steps(1, 1).filter(d -> d.input() != null || d.asked() != null))
        .expectSubscription()
        .then(() -> train.assertMaxRequested(0))
        .then(() -> validation.assertMaxRequested(0))
        .then(() -> time.advanceTimeBy(Duration.ofSeconds(9)))
        .expectNoEvent(Duration.ofMillis(20))
        .then(() -> paused = false)
        .then(() -> control.next(asked))
        .assertNext(d -> assertThat(d.asked()).isEqualTo(asked))
        .then(() -> train.next(poll(0, "1")))
        .then(() -> validation.next(poll(1, "9")))
        .assertNext(d -> assertThat(rows(step(d).lower())).containsExactly(1))
        .thenCancel()
        .verify();
  }

  @Test
  void a_step_that_is_ready_waits_while_it_is_paused() {
    StepVerifier.create(steps(1, 1).filter(d -> d.input() != null))
        .then(() -> train.next(poll(0, "1", "2")))
        .then(() -> validation.next(poll(1, "8", "9")))
        .assertNext(d -> paused = true)
        .expectNoEvent(Duration.ofMillis(20))
        .thenCancel()
        .verify();
  }

  @Test
  void nothing_is_asked_of_a_feed_without_demand_downstream() {
    StepVerifier.create(steps(1, 1), 0)
        .expectSubscription()
        .then(() -> train.assertMinRequested(0).assertMaxRequested(0))
        .thenRequest(1)
        .then(() -> train.assertMinRequested(1).assertMaxRequested(1))
        .then(() -> validation.assertMinRequested(1).assertMaxRequested(1))
        .then(() -> validation.next(poll(1, "9")))
        .assertNext(d -> assertThat(d.input()).isNull())
        .then(() -> train.next(poll(0, "1")))
        .thenRequest(1)
        .assertNext(d -> assertThat(rows(step(d).lower())).containsExactly(1))
        .thenCancel()
        .verify();
    train.assertCancelled();
    validation.assertCancelled();
  }

  @Test
  void the_stream_goes_on_after_a_bad_sample() {
    List<DeadLetter> letters = new ArrayList<>();
    StepVerifier.create(
            steps(1, 1)
                .doOnNext(d -> letters.addAll(d.rejected()))
                .filter(d -> d.input() != null)
                .map(d -> rows(step(d).lower())[0]))
        .then(() -> train.next(poll(0, "1", "2,oops,3")))
        .then(() -> validation.next(poll(1, "7", "8", "9")))
        .expectNext(1.0, 2.0, 3.0)
        .thenCancel()
        .verify();
    assertThat(letters).hasSize(1);
  }

  @Test
  void what_was_refused_last_is_handed_on_before_the_end() {
    StepVerifier.create(steps(1, 1), 0)
        .thenRequest(1)
        .then(() -> validation.next(poll(1, "9")))
        .assertNext(d -> assertThat(d.input()).isNull())
        .then(() -> train.next(poll(0, "oops")).complete())
        .then(validation::complete)
        .thenRequest(9)
        .assertNext(d -> assertThat(d.rejected()).hasSize(1))
        .verifyComplete();
  }

  @Test
  void the_address_of_a_bad_sample_names_record_and_place_within_it() {
    StepVerifier.create(steps(5, 1))
        .then(() -> train.next(poll(0, "1", "2,oops,3")))
        .assertNext(
            d -> {
              DeadLetter letter = d.rejected().get(0);
              assertThat(letter.lane()).isEqualTo(T0);
              assertThat(letter.position()).isEqualTo(new Position(1, 1));
              assertThat(letter.timestamp()).isEqualTo(7);
              assertThat(letter.reason()).isEqualTo("v must be a number, but was oops");
            })
        .thenCancel()
        .verify();
  }

  @Test
  void a_failing_feed_ends_the_steps_once_and_cancels_the_other() {
    StepVerifier.create(steps(1, 1))
        .then(() -> train.error(new IllegalStateException("lost")))
        .verifyErrorMessage("lost");
    validation.assertCancelled();
  }
}
