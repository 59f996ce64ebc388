package io.thalweg.load.openloop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Reads what {@link ConsumedInterceptor} wrote. */
final class ConsumedFile {
  private ConsumedFile() {}

  /** In the order of time; a last line that a kill cut short is left out. */
  static List<Seen> read(Path file) throws IOException {
    List<Seen> out = new ArrayList<>();
    if (!Files.exists(file)) {
      return out;
    }
    for (String line : Files.readAllLines(file)) {
      String[] words = line.split(" ", -1);
      if (words.length == 4 && !words[3].isEmpty()) {
        out.add(
            new Seen(
                Long.parseLong(words[0]),
                Map.of(
                    new TopicPartition(words[1], Integer.parseInt(words[2])),
                    Long.parseLong(words[3]))));
      }
    }
    return out;
  }
}
