package io.thalweg.load.bench;

import io.thalweg.broker.EmbeddedBroker;
import io.thalweg.data.BankMarketing;
import io.thalweg.load.Say;
import io.thalweg.load.report.Facts;
import io.thalweg.load.report.ThroughputResult;
import java.util.ArrayList;
import java.util.List;

/**
 * Samples per CPU-second from Kafka to committed snapshots. A backlog is taken in by the very
 * classes of {@code thalweg run}; the parts are measured alone, in the same process, on the same
 * records. CPU-seconds are those of this process; the broker is another one.
 *
 * @param rounds measured, after one to warm up
 * @param scale share of the records
 * @param only what the titles of the measured records contain, empty for all
 */
public record Throughput(int rounds, double scale, String only) {
  static final List<String> METHODS = List.of("msgbio", "vr-msgbio");

  /**
   * Measures all rows.
   *
   * @return the result
   * @throws Exception when the broker fails
   */
  public ThroughputResult run() throws Exception {
    Facts facts = Facts.now(List.of());
    BankMarketing bank = BankMarketing.load();
    List<ThroughputResult.Row> rows = new ArrayList<>();
    for (Wire wire : Wire.ALL) {
      if (wire.title().contains(only)) {
        try (EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBroker.Options.DEFAULTS)) {
          Backlog backlog = new Backlog(bank, broker.bootstrapServers(), wire.scaled(scale));
          Say.line("%s: %,d samples", wire.title(), backlog.samples());
          backlog.fill();
          for (String method : METHODS) {
            rows.add(row(backlog, method));
          }
        }
      }
    }
    return new ThroughputResult(facts, rounds, scale, rows);
  }

  private ThroughputResult.Row row(Backlog backlog, String method) throws Exception {
    List<Round> measured = new ArrayList<>();
    for (int i = 0; i <= rounds; i++) {
      Round round = round(backlog, method, i);
      Say.line(
          "  %s, %s: %.2f M samples per CPU-s",
          method, i == 0 ? "warm-up" : "round " + i, 1 / round.whole());
      if (i > 0) {
        measured.add(round);
      }
    }
    Round median = Round.median(measured);
    Wire wire = backlog.wire();
    return new ThroughputResult.Row(
        wire.title(),
        method,
        1 / median.whole(),
        wire.floor(method),
        wire.stretch(method),
        median.samplesPerSecond() / 1e6,
        1e3 * median.whole(),
        1e3 * median.kafka(),
        1e3 * median.decode(),
        1e3 * median.step());
  }

  private static Round round(Backlog backlog, String method, int round) throws Exception {
    Parts parts = new Parts(backlog);
    List<byte[]> values = new ArrayList<>();
    double kafka = parts.poll(values);
    double decode = parts.decode(values);
    double step = parts.step(method, values);
    Whole.Cost whole = Whole.of(backlog, backlog.job(method, round + 1));
    return new Round(whole.samplesPerSecond(), whole.cpuMicros(), kafka, decode, step);
  }
}
