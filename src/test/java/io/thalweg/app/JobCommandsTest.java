package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.kafka.ControlClient;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.page.Commands;
import io.thalweg.stream.Instruction;
import io.thalweg.wire.SnapshotAlias;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What needs no broker: which requests are pins, and how many wait. */
@Timeout(60)
class JobCommandsTest {
  private static final String UNPIN = "{\"command\":\"unpin\"}";

  /** Down when the first pin is at work. */
  private final CountDownLatch begun = new CountDownLatch(1);

  @Test
  void a_snapshot_is_named_by_its_version_or_by_an_alias() {
    assertThat(Which.of("12")).isEqualTo(new Which(null, 12));
    assertThat(Which.of("12").rollBack()).isEqualTo(new Instruction.RollBack(12));
    assertThat(Which.of("best")).isEqualTo(new Which(SnapshotAlias.BEST, 0));
    assertThat(Which.of("best").rollBack()).isEqualTo(new Instruction.RollBackTo("best"));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"", "0", "-3", "1.5", "newest", "99999999999999999999"})
  void what_names_no_snapshot_is_refused(String name) {
    assertThatThrownBy(() -> Which.of(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected a version from 1 on, latest, best or pinned, but was " + name);
  }

  @Test
  void an_alias_with_a_slip_is_guessed() {
    assertThatThrownBy(() -> Which.of("bset"))
        .hasMessageEndingWith("but was bset; did you mean best?");
  }

  @Test
  void pins_are_told_from_commands_to_the_method() {
    assertThat(PinRequest.of("{\"command\":\"pin\",\"version\":12,\"by\":\"page\"}"))
        .isEqualTo(new PinRequest(new Which(null, 12)));
    assertThat(PinRequest.of("{\"command\":\"unpin\"}")).isEqualTo(new PinRequest(null));
    assertThat(PinRequest.of("{\"command\":\"pause\"}")).isNull();
    assertThat(PinRequest.of("{\"command\":\"pin\",")).isNull();
    assertThat(PinRequest.of("[1]")).isNull();
    assertThat(PinRequest.of("")).isNull();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"command\":\"pin\"}| expected a version from 1 on",
        "{\"command\":\"pin\",\"version\":0}| expected a version from 1 on",
        "{\"command\":\"pin\",\"version\":2,\"verson\":3}| pin takes no key verson",
        "{\"command\":\"unpin\",\"version\":2}| unpin takes no key version",
        "{\"command\":\"pin\",\"version\":2,\"version\":3}| the key 'version' is there twice",
        "{\"command\":\"pin\",\"version\":2} x| not JSON",
        "{\"command\":\"pim\",\"version\":2}| there is no command pim"
      })
  void what_is_no_request_is_refused_with_the_reason(String text, String why) {
    try (JobCommands commands = commands(new CountDownLatch(0))) {
      assertThatThrownBy(() -> commands.send(text, "http 127.0.0.1").block())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(why);
    }
  }

  @Test
  void a_few_pins_wait_for_the_one_at_work_and_the_next_is_told_to_come_again() throws Exception {
    CountDownLatch walked = new CountDownLatch(1);
    try (JobCommands commands = commands(walked)) {
      assertThat(commands.send(UNPIN, "").block()).isNotNull();
      begun.await();
      for (int i = 0; i < JobCommands.MOST_PINS; i++) {
        assertThat(commands.send(UNPIN, "").block()).isNotNull();
      }
      assertThatThrownBy(() -> commands.send(UNPIN, "").block())
          .isInstanceOf(Commands.Unreachable.class)
          .hasMessageContaining("pins wait for their turn already");
    } finally {
      walked.countDown();
    }
  }

  private JobCommands commands(CountDownLatch walked) {
    KafkaSettings nowhere = KafkaSettings.of("127.0.0.1:1");
    return new JobCommands(
        new ControlClient(nowhere, "j.control", "j", Duration.ofSeconds(1)),
        () -> {
          begun.countDown();
          try {
            walked.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          throw new IllegalStateException("no registry here");
        },
        version -> {});
  }
}
