package io.thalweg.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.stream.Cut;
import io.thalweg.stream.Member;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CommitLoopTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final Semaphore begun = new Semaphore(0);
  private final Semaphore mayEnd = new Semaphore(0);
  private final List<List<Long>> commits = new CopyOnWriteArrayList<>();
  private final List<Integer> stateDoubles = new CopyOnWriteArrayList<>();
  private volatile boolean failing;

  private final CommitLoop loop =
      new CommitLoop(
          "commit-under-test",
          cuts -> {
            begun.release();
            mayEnd.acquireUninterruptibly();
            if (failing) {
              throw new IllegalStateException("broken");
            }
            List<Long> versions = new ArrayList<>();
            cuts.forEach(cut -> versions.add(cut.checkpoint().version()));
            cuts.forEach(cut -> stateDoubles.add(doubles(cut)));
            commits.add(versions);
          });

  @AfterEach
  void stop() {
    mayEnd.release(1_000);
    loop.stop(5_000);
  }

  @Test
  void a_cut_is_taken_at_once_while_there_is_room_and_gathered_during_a_commit() {
    accept(1);
    begun.acquireUninterruptibly();
    accept(2);
    accept(3);
    assertThat(commits).isEmpty();
    assertThat(loop.commitNanos()).isZero();
    mayEnd.release(2);
    loop.flush().block(LONG);
    assertThat(commits).containsExactly(List.of(1L), List.of(2L, 3L));
    assertThat(loop.commitNanos()).isPositive();
  }

  @Test
  void without_room_the_next_cut_waits_until_the_commit_under_way_has_ended() throws Exception {
    accept(1);
    begun.acquireUninterruptibly();
    for (int version = 2; version <= CommitLoop.MOST_CUTS; version++) {
      accept(version);
    }
    CompletableFuture<Void> full = loop.accept(cut(CommitLoop.MOST_CUTS + 1)).toFuture();
    assertThat(full).isNotDone();
    mayEnd.release();
    full.get(20, java.util.concurrent.TimeUnit.SECONDS);
    mayEnd.release();
    loop.flush().block(LONG);
    assertThat(commits).hasSize(2);
    assertThat(commits.get(1)).hasSize(CommitLoop.MOST_CUTS);
  }

  @Test
  void large_cuts_fill_the_room_by_their_bytes() {
    accept(1);
    begun.acquireUninterruptibly();
    int doubles = (int) (CommitLoop.MOST_BYTES / 8);
    assertThat(loop.accept(Cuts.withState("j", "t", 2, doubles)).toFuture()).isNotDone();
  }

  @Test
  void the_vectors_of_members_weigh_as_others_do() {
    Cut plain = cut(2);
    List<Member> members =
        List.of(new Member("a", 0.5, new double[1000]), new Member("b", 0.5, new double[1000]));
    Cut portfolio =
        new Cut(Cuts.portfolio("job", "topic", 2, 3, members), plain.checkpoint(), List.of());
    assertThat(CommitLoop.weight(portfolio) - CommitLoop.weight(plain)).isEqualTo(16_000);
  }

  @Test
  void of_the_states_that_wait_only_the_newest_is_kept() {
    accept(1);
    begun.acquireUninterruptibly();
    int doubles = (int) (CommitLoop.MOST_BYTES / 8 / 3);
    for (int version = 2; version < 12; version++) {
      loop.accept(Cuts.withState("j", "t", version, doubles)).block(LONG);
    }
    mayEnd.release(2);
    loop.flush().block(LONG);
    assertThat(stateDoubles).containsExactly(3, 0, 0, 0, 0, 0, 0, 0, 0, 0, doubles);
  }

  @Test
  void flush_waits_for_all_that_was_accepted_and_completes_at_once_when_idle() {
    loop.flush().block(LONG);
    accept(1);
    CompletableFuture<Void> flushed = loop.flush().toFuture();
    assertThat(flushed).isNotDone();
    mayEnd.release();
    flushed.orTimeout(20, java.util.concurrent.TimeUnit.SECONDS).join();
    assertThat(commits).hasSize(1);
  }

  @Test
  void the_first_failure_reaches_who_waits_and_who_comes_later_and_nothing_is_committed_after() {
    failing = true;
    accept(1);
    begun.acquireUninterruptibly();
    accept(2);
    CompletableFuture<Void> flushed = loop.flush().toFuture();
    mayEnd.release();
    assertThatThrownBy(flushed::join).hasRootCauseMessage("broken");
    assertThatThrownBy(() -> loop.accept(cut(3)).block(LONG)).hasMessage("broken");
    assertThatThrownBy(() -> loop.flush().block(LONG)).hasMessage("broken");
    assertThat(commits).isEmpty();
  }

  @Test
  void a_failed_commit_is_heard_of_without_another_cut() {
    CompletableFuture<Void> failed = loop.failed().toFuture();
    failing = true;
    accept(1);
    mayEnd.release();
    assertThatThrownBy(() -> failed.orTimeout(20, java.util.concurrent.TimeUnit.SECONDS).join())
        .hasRootCauseMessage("broken");
    assertThatThrownBy(() -> loop.failed().block(LONG)).hasMessage("broken");
  }

  @Test
  void an_end_in_order_is_no_failure() {
    accept(1);
    mayEnd.release();
    loop.flush().block(LONG);
    loop.stop(5_000);
    assertThat(loop.failed().toFuture()).isNotDone();
  }

  @Test
  void after_stop_no_cut_is_taken() {
    loop.stop(5_000);
    assertThatThrownBy(() -> accept(1)).hasMessageContaining("closed");
  }

  private void accept(long version) {
    loop.accept(cut(version)).block(LONG);
  }

  private static int doubles(Cut cut) {
    return cut.checkpoint().solver().isEmpty() ? 0 : Cuts.state(cut.checkpoint()).length;
  }

  private static Cut cut(long version) {
    return Cuts.cut("job", "topic", version);
  }
}
