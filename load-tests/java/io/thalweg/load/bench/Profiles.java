package io.thalweg.load.bench;

import io.thalweg.broker.EmbeddedBroker;
import io.thalweg.data.BankMarketing;
import io.thalweg.load.Say;
import io.thalweg.load.profile.Profiler;
import io.thalweg.load.report.Facts;
import io.thalweg.load.report.ProfileResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Profiles of the rows of {@link Throughput}: the same way from Kafka to committed snapshots.
 *
 * @param rounds looked at, after one to warm up
 * @param scale share of the records
 * @param only what the titles of the records contain, empty for all
 * @param plots folder of the flame graphs
 */
public record Profiles(int rounds, double scale, String only, Path plots) {
  /**
   * Looks at all rows.
   *
   * @return shares
   * @throws Exception when the broker fails
   */
  public ProfileResult run() throws Exception {
    Facts facts = Facts.now(List.of());
    BankMarketing bank = BankMarketing.load();
    List<ProfileResult.Row> rows = new ArrayList<>();
    for (Wire wire : Wire.ALL) {
      if (wire.title().contains(only)) {
        try (EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBroker.Options.DEFAULTS)) {
          Backlog backlog = new Backlog(bank, broker.bootstrapServers(), wire.scaled(scale));
          backlog.fill();
          for (String method : Throughput.METHODS) {
            rows.add(row(backlog, method));
          }
        }
      }
    }
    return new ProfileResult(facts, scale, rows);
  }

  private ProfileResult.Row row(Backlog backlog, String method) throws Exception {
    Wire wire = backlog.wire();
    Whole.of(backlog, backlog.job(method, 1));
    String title = wire.title() + ", " + method;
    String flame =
        "flame-" + title.replaceAll("[^a-zA-Z0-9]+", "-").toLowerCase(Locale.ROOT) + ".svg";
    Profiler.Seen seen = Profiler.look(() -> rounds(backlog, method), title, plots.resolve(flame));
    Say.line("%s: %,d stacks", title, seen.stacks());
    return new ProfileResult.Row(
        wire.title(), method, seen.stacks(), seen.parts(), seen.threads(), seen.top(), flame);
  }

  private void rounds(Backlog backlog, String method) throws Exception {
    for (int i = 0; i < rounds; i++) {
      Whole.of(backlog, backlog.job(method, 2 + i));
    }
  }
}
