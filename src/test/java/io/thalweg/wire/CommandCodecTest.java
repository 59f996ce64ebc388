package io.thalweg.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.thalweg.stream.Event;
import io.thalweg.stream.Instruction;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CommandCodecTest {
  private static final Schema SCHEMA =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(CommandCodec.schema());

  static Stream<Instruction> instructions() {
    return Stream.of(
        new Instruction.Pause(),
        new Instruction.Resume(),
        new Instruction.Publish(),
        new Instruction.Bounds(List.of("l2.3"), 1e-6, 0.1),
        new Instruction.Bounds(List.of("l2.3", "l2.\u00e4"), Double.NEGATIVE_INFINITY, 1.0 / 3),
        new Instruction.Bounds(List.of("*"), 0, Double.POSITIVE_INFINITY),
        new Instruction.Freeze(List.of("a", "b.*"), true),
        new Instruction.Freeze(List.of("a"), false),
        new Instruction.StepSize(0.1),
        new Instruction.ResetEstimators(),
        new Instruction.RollBack(120),
        new Instruction.RollBackTo("best"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("instructions")
  void what_is_written_is_read_again_and_valid(Instruction instruction) throws IOException {
    byte[] value = CommandCodec.encode(instruction, "mine", "ann");
    CommandCodec.Decoded read = CommandCodec.decode(value);
    assertThat(read).isEqualTo(new CommandCodec.Decoded(instruction, "mine", "ann"));
    assertThat(read.text()).isEqualTo(new String(value, UTF_8)).isASCII();
    assertThat(SCHEMA.validate(new ObjectMapper().readTree(value))).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"command\":\"puase\"} | there is no command puase; did you mean \"pause\"?",
        "{\"command\":\"pause\",\"name\":\"a\"} | pause takes no key name; expected one of schema, command, id, by",
        "{\"command\":\"bounds\",\"name\":\"a\",\"uper\":1} | bounds takes no key uper; did you mean \"upper\"?",
        "{\"command\":\"bounds\",\"name\":\"a\"} | bounds needs lower, upper or both",
        "{\"command\":\"bounds\",\"lower\":1} | expected the key name, found none",
        "{\"command\":\"bounds\",\"name\":\"a\",\"names\":[\"a\"],\"lower\":1} | expected name or names, found both",
        "{\"command\":\"bounds\",\"name\":\"a\",\"lower\":2,\"upper\":1} | lower must be at most upper, but lower was 2.0 and upper 1.0",
        "{\"command\":\"bounds\",\"name\":\"a\",\"lower\":\"2\"} | lower must be a finite number, but was \"2\"",
        "{\"command\":\"bounds\",\"name\":\"a\",\"lower\":1e999} | lower must be a finite number",
        "{\"command\":\"freeze\",\"names\":[]} | names must be an array of at least one text",
        "{\"command\":\"freeze\",\"names\":[1]} | names must be texts, but one was 1",
        "{\"command\":\"step-size\",\"factor\":0} | factor must be positive, but was 0.0",
        "{\"command\":\"rollback\",\"version\":0} | version must be a version from 1, latest, best or pinned, but was 0",
        "{\"command\":\"rollback\",\"version\":\"worst\"} | version must be a version from 1, latest, best or pinned",
        "{\"command\":7} | command must be a text, but was 7",
        "{\"schema\":\"thalweg.command.v2\",\"command\":\"pause\"} | schema must be thalweg.command.v1, but was thalweg.command.v2",
        "{\"command\":\"pause\",\"command\":\"resume\"} | the key 'command' is there twice",
        "{\"command\":\"pause\"} {} | not JSON at line 1, column",
        "{ | not JSON at line 1, column 2: it ends too early",
        "{\"command\":\"pause\",} | not JSON at line 1, column 20: unexpected '}'",
        "[\"pause\"] | expected a JSON object with the key command",
        "pause | not JSON at line 1, column"
      })
  void what_is_no_command_is_refused_with_the_reason(String text, String reason) {
    assertThatThrownBy(() -> CommandCodec.decode(text))
        .isInstanceOf(CommandFormatException.class)
        .hasMessageContaining(reason)
        .satisfies(
            e ->
                assertThat(e.getMessage())
                    .as("nothing of the parser's inside")
                    .doesNotContain("Source", "code ", "marker", "token", "type ", "JsonToken"));
  }

  @Test
  void what_has_no_bytes_or_too_many_is_refused_and_no_reason_is_long() {
    assertThatThrownBy(() -> CommandCodec.decode((byte[]) null))
        .hasMessage("expected a command, found an empty record");
    assertThatThrownBy(() -> CommandCodec.decode(new byte[CommandCodec.LARGEST + 1]))
        .hasMessage("a command may have 16384 bytes, but this one has 16385");
    assertThatThrownBy(
            () -> CommandCodec.decode("{\"command\":\"" + "\u0007y".repeat(5000) + "\"}"))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(310).doesNotContain("\u0007"));
  }

  @Test
  void a_ledger_keeps_commands_and_its_snapshot_is_valid() throws IOException {
    Snapshot plain = Specimens.snapshot(1, 1.0);
    Ledger ledger =
        new Ledger(
            plain.ledger().from(),
            plain.ledger().runs(),
            List.of(
                new Ledger.Command(0, 17, "{\"command\":\"pause\"}"),
                new Ledger.Command(3, 18, "{\"command\":\"resume\"}")));
    Snapshot commanded = withLedger(plain, ledger);
    SnapshotCodec codec = new SnapshotCodec(SnapshotCodec.Vectors.COMPACT);
    byte[] value = codec.encode(commanded, "ab".repeat(32));
    assertThat(codec.decode(value).snapshot().ledger()).isEqualTo(ledger);
    assertThat(new String(codec.encode(plain, ""), UTF_8)).doesNotContain("commands");
    assertThat(
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(SnapshotCodec.schema())
                .validate(new ObjectMapper().readTree(value)))
        .isEmpty();
  }

  @Test
  void an_answer_is_told_from_other_events_and_read_again() {
    Event answer = new Event(7, Event.COMMAND_REJECTED, "it is frozen", Map.of("offset", 17.0));
    Snapshot snapshot = Specimens.snapshot(482, 1.0).withEvents(List.of(answer));
    assertThat(EventCodec.decode(EventCodec.encode(snapshot, answer)))
        .isEqualTo(new EventCodec.Decoded("a", 482, answer));
    assertThat(EventCodec.isAnswer(answer)).isTrue();
    assertThat(EventCodec.isApplied(answer)).isFalse();
    assertThat(EventCodec.isAnswer(new Event(7, "drift", "", Map.of()))).isFalse();
  }

  @Test
  void the_command_and_the_answer_of_the_page_are_read() throws IOException {
    String page =
        Files.readString(
            Path.of(System.getProperty("project.basedir", "."), "src", "docs", "control.md"));
    Matcher blocks = Pattern.compile("(?ms)^```json\\R(.*?)^```").matcher(page);
    assertThat(blocks.find()).isTrue();
    assertThat(CommandCodec.decode(blocks.group(1)))
        .isEqualTo(
            new CommandCodec.Decoded(
                new Instruction.Bounds(List.of("l2.3"), 1e-6, 0.1), "INC-42", "ann"));
    assertThat(blocks.find()).isTrue();
    EventCodec.Decoded answer = EventCodec.decode(blocks.group(1).getBytes(UTF_8));
    assertThat(EventCodec.isApplied(answer.event())).isTrue();
    assertThat(answer.event().figures()).containsOnlyKeys("offset");
  }

  private static Snapshot withLedger(Snapshot s, Ledger ledger) {
    return new Snapshot(
        s.job(),
        s.epoch(),
        s.version(),
        s.step(),
        s.timeMillis(),
        s.method(),
        s.config(),
        s.upper(),
        s.x(),
        s.y(),
        s.members(),
        s.range(),
        s.metrics(),
        s.positions(),
        ledger,
        s.eventTimeMillis(),
        s.software(),
        s.events());
  }
}
