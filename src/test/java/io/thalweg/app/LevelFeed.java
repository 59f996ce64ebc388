package io.thalweg.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.thalweg.app.CatalogueJob.Message;
import io.thalweg.sample.Batch;
import io.thalweg.wire.BinarySamples;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows of a level as records of all formats. The service is stopped when it has read beyond
 * what its steps take: one row and a record that cannot be read are read twice.
 */
final class LevelFeed {
  /** A record that cannot be read. */
  static final String BROKEN = "{\"x\":[1";

  private final List<Message> before;
  private final List<Message> after;
  private final List<String> lines = new ArrayList<>();

  LevelFeed(Batch rows, int cut) {
    before = records(rows, 0, cut);
    before.add(1, Message.json(BROKEN));
    before.add(Message.json(BROKEN));
    int read = Math.min(rows.size(), cut + 1);
    before.addAll(records(rows, cut, read));
    after = records(rows, read, rows.size());
    for (int r = 0; r < rows.size(); r++) {
      lines.add(SampleTexts.json(rows, r).toString());
    }
    lines.add(1, BROKEN);
    lines.add(cut + 1, BROKEN);
  }

  List<Message> before() {
    return before;
  }

  List<Message> after() {
    return after;
  }

  List<String> lines() {
    return lines;
  }

  /** One row as JSON, one as CSV, and three in a binary record. */
  private static List<Message> records(Batch rows, int from, int to) {
    BinarySamples.Encoder binary = new BinarySamples.Encoder(rows.schema());
    List<Message> out = new ArrayList<>();
    for (int r = from; r < to; r++) {
      switch (r % 5) {
        case 0 -> out.add(Message.json(SampleTexts.json(rows, r).toString()));
        case 1 -> out.add(new Message(SampleTexts.csv(rows, r).getBytes(UTF_8), "text/csv"));
        default -> {
          int end = Math.min(to, r - r % 5 + 5);
          out.add(new Message(binary.encode(rows, r, end), "application/x-thalweg-sample"));
          r = end - 1;
        }
      }
    }
    return out;
  }
}
