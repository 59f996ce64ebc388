package io.thalweg.topics;

/** Milliseconds and bytes of settings in units that people think in. */
final class Quantity {
  private static final long[] MILLIS = {86_400_000, 3_600_000, 60_000, 1_000};
  private static final String[] TIMES = {" d", " h", " min", " s"};
  private static final long[] BYTES = {1L << 30, 1L << 20, 1L << 10};
  private static final String[] SIZES = {" GiB", " MiB", " KiB"};

  private Quantity() {}

  /**
   * What a value amounts to.
   *
   * @param key name of the setting, which says what the value is a number of
   * @param value as Kafka has it
   * @return a blank and the amount in brackets; nothing where it is no round one
   */
  static String remark(String key, String value) {
    boolean time = key.endsWith(".ms");
    if (!value.matches("[1-9][0-9]{3,17}") || !(time || key.endsWith(".bytes"))) {
      return "";
    }
    long amount = Long.parseLong(value);
    long[] units = time ? MILLIS : BYTES;
    for (int i = 0; i < units.length; i++) {
      if (amount % units[i] == 0) {
        return " (" + amount / units[i] + (time ? TIMES : SIZES)[i] + ")";
      }
    }
    return "";
  }
}
