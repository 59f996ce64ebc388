package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Header;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Position;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CutRecordsTest {
  private static final int MOST = CutRecords.LARGEST_DEAD_LETTER;

  @ParameterizedTest(name = "key {0}, header {1}, value {2}: keeps key {3}, header {4}, value {5}")
  @CsvSource({
    "10, 10, 10, true, true, true",
    "10, 10, 2000000, true, true, false",
    "2000000, 10, 10, false, true, true",
    "10, 2000000, 10, true, false, true",
    "899990, 10, 899990, false, true, true",
    "500000, 500000, 500000, false, false, true",
    "2000000, 2000000, 2000000, false, false, false"
  })
  void a_dead_letter_is_bounded_as_a_whole_and_says_what_was_left_out(
      int key, int header, int value, boolean hasKey, boolean hasHeader, boolean hasValue) {
    if (key == 899_990) {
      value = MOST - 100;
    }
    ProducerRecord<byte[], byte[]> record = record(key, header, value, "reason");
    assertThat(record.key() != null).isEqualTo(hasKey);
    assertThat(record.headers().lastHeader("h") != null).isEqualTo(hasHeader);
    assertThat(record.value() != null).isEqualTo(hasValue);
    assertThat(note(record, "key-left-out")).isEqualTo(hasKey ? null : key + " bytes");
    assertThat(note(record, "headers-left-out"))
        .isEqualTo(hasHeader ? null : "1 headers of " + (header + 11) + " bytes");
    assertThat(note(record, "value-left-out")).isEqualTo(hasValue ? null : value + " bytes");
    assertThat(size(record)).isLessThan(1_000_000);
  }

  @Test
  void many_small_headers_and_a_long_reason_are_bounded_too() {
    List<Header> headers = new ArrayList<>();
    for (int k = 0; k < 100_000; k++) {
      headers.add(new Header("h", new byte[0]));
    }
    DeadLetter letter = letter(new byte[1], headers, new byte[1], "r".repeat(2_000_000));
    ProducerRecord<byte[], byte[]> record = CutRecords.deadLetter("d", letter, "job/1");
    assertThat(note(record, "headers-left-out")).isEqualTo("100000 headers of 1100000 bytes");
    assertThat(note(record, "reason")).startsWith("rrr").endsWith("...");
    assertThat(size(record)).isLessThan(1_000_000);
  }

  private static ProducerRecord<byte[], byte[]> record(
      int key, int header, int value, String reason) {
    DeadLetter letter =
        letter(new byte[key], List.of(new Header("h", new byte[header])), new byte[value], reason);
    return CutRecords.deadLetter("d", letter, "job/1");
  }

  private static DeadLetter letter(byte[] key, List<Header> headers, byte[] value, String reason) {
    return new DeadLetter(new Lane("t", 0), new Position(7, 0), 1, key, value, headers, reason);
  }

  private static String note(ProducerRecord<byte[], byte[]> record, String name) {
    org.apache.kafka.common.header.Header note =
        record.headers().lastHeader(CutRecords.ERRORS + name);
    return note == null ? null : new String(note.value(), UTF_8);
  }

  private static long size(ProducerRecord<byte[], byte[]> record) {
    long bytes = record.key() == null ? 0 : record.key().length;
    bytes += record.value() == null ? 0 : record.value().length;
    for (org.apache.kafka.common.header.Header header : record.headers()) {
      bytes += 10 + header.key().length() + header.value().length;
    }
    return bytes;
  }
}
