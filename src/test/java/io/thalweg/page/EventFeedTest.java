package io.thalweg.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.thalweg.pipeline.ControlState;
import io.thalweg.pipeline.Steered;
import io.thalweg.telemetry.Pause;
import io.thalweg.telemetry.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

class EventFeedTest {
  private final ShownJob job = new ShownJob();
  private final EventFeed feed = new EventFeed(job.watch, ShownJob.HELLO);

  /** Takes as much as it is told. */
  private static final class Listener extends BaseSubscriber<ByteBuf> {
    final List<String> heard = new ArrayList<>();

    @Override
    protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
      // nothing yet
    }

    @Override
    protected void hookOnNext(ByteBuf piece) {
      heard.add(piece.toString(UTF_8));
    }

    String text() {
      return String.join("", heard);
    }
  }

  private Listener listen(Runnable drop) {
    Listener listener = new Listener();
    Flux<ByteBuf> events = Objects.requireNonNull(feed.listen(null, drop));
    events.subscribe(listener);
    return listener;
  }

  @Test
  void a_sign_of_life_is_a_comment() {
    Listener listener = listen(() -> {});
    listener.request(Long.MAX_VALUE);
    assertThat(listener.text()).contains("event: hello").doesNotContain("heartbeat");
    feed.beat(System.nanoTime(), Duration.ofSeconds(60).toNanos());
    feed.pulse();
    assertThat(listener.text()).endsWith(": heartbeat\n\n");
  }

  @Test
  void nothing_new_is_no_pulse() {
    Listener listener = listen(() -> {});
    listener.request(Long.MAX_VALUE);
    feed.pulse();
    int heard = listener.heard.size();
    feed.pulse();
    feed.pulse();
    assertThat(listener.heard).hasSize(heard);
  }

  @Test
  void who_asks_for_nothing_gets_nothing_and_later_what_was_ready_and_the_latest_status() {
    Listener listener = listen(() -> {});
    listener.request(1); // the greeting
    for (int i = 0; i < 100; i++) {
      feed.statusChanged();
      feed.pulse();
    }
    job.is(Phase.RESTARTING);
    job.watch.tick();
    feed.statusChanged();
    feed.pulse();
    assertThat(listener.heard).hasSize(1);
    listener.request(Long.MAX_VALUE);
    String[] parts = listener.text().split("event: status", -1);
    assertThat(parts.length - 1).as("of a hundred and one").isLessThanOrEqualTo(2);
    assertThat(parts[parts.length - 1]).contains("restarting");
  }

  @Test
  void a_connection_that_takes_nothing_for_too_long_is_dropped() {
    AtomicInteger dropped = new AtomicInteger();
    Listener asleep = listen(dropped::incrementAndGet);
    asleep.request(1);
    long patience = Duration.ofSeconds(60).toNanos();
    feed.beat(System.nanoTime() + patience / 2, patience);
    assertThat(dropped).hasValue(0);
    feed.beat(System.nanoTime() + patience + 1_000_000, patience);
    assertThat(dropped).hasValue(1);
  }

  @Test
  void who_leaves_makes_room() {
    Listener listener = listen(() -> {});
    assertThat(feed.listeners()).isEqualTo(1);
    listener.cancel();
    assertThat(feed.listeners()).isZero();
  }

  @Test
  void points_wait_for_the_past_and_then_come_in_order_from_where_the_page_is() {
    job.journal.expectPast();
    job.commits(); // version 1
    Listener fresh = listen(() -> {});
    fresh.request(Long.MAX_VALUE);
    Listener back = new Listener();
    Objects.requireNonNull(feed.listen(1L, () -> {})).subscribe(back);
    back.request(Long.MAX_VALUE);
    job.commits();
    feed.pulse();
    assertThat(fresh.text()).contains("event: hello").doesNotContain("event: point");
    job.journal.past(List.of());
    job.journal.present();
    feed.pulse();
    assertThat(fresh.text()).containsSubsequence("id: 1\n", "id: 2\n");
    assertThat(back.text()).contains("id: 2\n").doesNotContain("id: 1\n");
  }

  @Test
  void what_an_alias_points_to_is_told_when_it_changes() {
    job.commits();
    Listener listener = listen(() -> {});
    listener.request(Long.MAX_VALUE);
    feed.pulse();
    assertThat(listener.text()).contains("{\"latest\":1}");
    job.journal.aliases(0, 1);
    feed.pulse();
    assertThat(listener.text()).endsWith("{\"latest\":1,\"pinned\":1}\n\n");
    int heard = listener.heard.size();
    job.journal.aliases(0, 1);
    feed.pulse();
    assertThat(listener.heard).hasSize(heard);
  }

  @Test
  void what_commands_have_made_of_the_job_is_told_when_it_changes_and_to_whoever_comes() {
    Listener listener = listen(() -> {});
    listener.request(Long.MAX_VALUE);
    job.is(Phase.STANDBY);
    job.watch.tick();
    feed.statusChanged();
    feed.pulse();
    assertThat(listener.text()).as("the leader knows").doesNotContain("event: steering");
    job.isSteered(
        new ControlState(
            17,
            3,
            0,
            new Steered(
                0.5,
                List.of(
                    new Steered.Coordinate("l2", 0.25, Double.POSITIVE_INFINITY, false),
                    new Steered.Coordinate("step-size", 0.1, 0.2, true)))));
    for (int i = 0; i < 3; i++) {
      job.watch.tick();
      feed.statusChanged();
      feed.pulse();
    }
    String told =
        "event: steering\ndata: {\"stepSizes\":0.5,\"coordinates\":["
            + "{\"name\":\"l2\",\"lower\":0.25,\"upper\":null,\"frozen\":false},"
            + "{\"name\":\"step-size\",\"lower\":0.1,\"upper\":0.2,\"frozen\":true}],"
            + "\"all\":2,\"pause\":{\"offset\":17}}";
    assertThat(listener.text()).containsOnlyOnce(told);
    job.journal.pause(new Pause(17, 1_700_000_000_000L, "ann"));
    feed.statusChanged();
    feed.pulse();
    Listener late = listen(() -> {});
    late.request(Long.MAX_VALUE);
    for (Listener each : List.of(listener, late)) {
      assertThat(each.text())
          .containsOnlyOnce("\"pause\":{\"offset\":17,\"time\":1700000000000,\"by\":\"ann\"}}");
    }
    assertThat(late.text().split("event: steering", -1)).hasSize(2);
  }

  @Test
  void a_standby_says_who_leads() {
    Listener listener = listen(() -> {});
    listener.request(Long.MAX_VALUE);
    job.journal.leader("tuner-0");
    job.is(Phase.STANDBY);
    job.watch.tick();
    feed.statusChanged();
    feed.pulse();
    assertThat(listener.text()).contains("\"state\":\"standby\",\"leader\":\"tuner-0\"");
    job.is(Phase.RUNNING);
    job.watch.tick();
    feed.statusChanged();
    feed.pulse();
    assertThat(listener.heard.get(listener.heard.size() - 1)).doesNotContain("tuner-0");
  }
}
