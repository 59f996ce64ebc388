package io.thalweg.stream;

import java.util.Comparator;

/**
 * One ordered sub-stream: a topic partition, or a file.
 *
 * @param topic name of the topic or file
 * @param partition partition number, 0 for files
 */
public record Lane(String topic, int partition) implements Comparable<Lane> {
  private static final Comparator<Lane> ORDER =
      Comparator.comparing(Lane::topic).thenComparingInt(Lane::partition);

  @Override
  public int compareTo(Lane other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return topic + "-" + partition;
  }
}
