package io.thalweg.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.Signature;
import io.thalweg.stream.StateArray;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a checkpoint knows of the control topic. */
class ControlBookTest {
  private static Checkpoint with(List<StateArray> books) {
    return new Checkpoint(
        "c0ffee",
        1,
        1,
        "",
        Positions.at(List.of(new Lane("s", 0)), List.of(new Position(0, 0))),
        Map.of(),
        List.of(),
        books);
  }

  private static ControlBook again(ControlBook book) {
    return ControlBook.of(with(book.save()));
  }

  @Test
  void who_paused_and_when_comes_back_and_a_run_at_work_is_written_as_ever() {
    Pause ann = new Pause(17, 1_700_000_000_000L, new Signature("INC-\u00e4", "ann \ud83d\ude80"));
    assertThat(again(new ControlBook(18, ann))).isEqualTo(new ControlBook(18, ann));
    ControlBook unknown = new ControlBook(18, Pause.at(17));
    assertThat(unknown.save()).hasSize(1);
    assertThat(again(unknown)).isEqualTo(unknown);
    ControlBook working = new ControlBook(18, Pause.NONE);
    assertThat(working.save())
        .singleElement()
        .satisfies(
            piece -> assertThat(((StateArray.Longs) piece).values()).containsExactly(18L, -1L));
    assertThat(again(working)).isEqualTo(working);
  }

  @Test
  void a_checkpoint_that_does_not_say_who_or_says_nonsense_is_read() {
    StateArray old = new StateArray.Longs("control", new long[] {18, 17});
    assertThat(ControlBook.of(with(List.of(old)))).isEqualTo(new ControlBook(18, Pause.at(17)));
    assertThat(
            ControlBook.of(
                with(List.of(old, new StateArray.Longs("control.pause", new long[] {5, 3, 'a'})))))
        .isEqualTo(new ControlBook(18, Pause.at(17)));
    assertThat(ControlBook.of(with(List.of()))).isNull();
  }
}
