package io.thalweg.peers;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Runs everybody over the same streams in one process and writes {@code peers.json} and {@code
 * PEERS.md}. Build with the profile {@code peers}, then from the project's folder
 *
 * <pre>java -jar target/peers.jar [rounds] [share of the samples] [stream]</pre>
 *
 * <p>{@code 1 0.02} is a look of a minute, {@code 3 1 bank} one at a single stream. A look is
 * written to {@code target/load-tests}, a whole run to {@code load-tests}.
 */
public final class Peers {
  private static final int ROUNDS = 3;

  /** Before the first round, so that the compiler has seen the code. */
  private static final double WARM_UP = 0.05;

  private final int rounds;
  private final double share;
  private final String only;

  private Peers(int rounds, double share, String only) {
    if (rounds < 1) {
      throw new IllegalArgumentException("rounds must be at least 1, but was " + rounds);
    }
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("share must be in (0, 1], but was " + share);
    }
    this.rounds = rounds;
    this.share = share;
    this.only = only;
  }

  /**
   * Runs it.
   *
   * @param args rounds, share of the samples and the one stream, all optional
   * @throws IOException when results cannot be written
   */
  public static void main(String[] args) throws IOException {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : ROUNDS;
    double share = args.length > 1 ? Double.parseDouble(args[1]) : 1;
    new Peers(rounds, share, args.length > 2 ? args[2] : "").run();
  }

  private void run() throws IOException {
    List<StreamResult> streams = new ArrayList<>();
    for (Source source : List.of(new DenseSource(), new SparseSource(), new BankSource())) {
      if (only.isEmpty() || only.equals(source.name())) {
        streams.add(stream(source));
      }
    }
    if (streams.isEmpty()) {
      throw new IllegalArgumentException("there is no stream " + only);
    }
    String command =
        String.format(
                Locale.ROOT, "java -jar target/peers.jar %d %s %s", rounds, plain(share), only)
            .strip();
    Report report = new Report(command, Machine.here(), rounds, share, streams);
    Path folder = Path.of(share < 1 || !only.isEmpty() ? "target/load-tests" : "load-tests");
    Files.createDirectories(folder);
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(folder.resolve("peers.json").toFile(), report);
    Files.writeString(folder.resolve("PEERS.md"), Page.of(report));
    say("written: %s", folder.resolve("PEERS.md"));
  }

  private StreamResult stream(Source source) {
    List<Entry> entries = new ArrayList<>();
    LineUp.of(source).forEach(entry -> entries.add(entry.share(share)));
    List<List<Outcome>> measured = new ArrayList<>();
    for (Entry entry : entries) {
      measured.add(new ArrayList<>());
      Heat.run(source, entry, Math.max(2, (int) (WARM_UP * entry.samples())));
    }
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < entries.size(); i++) {
        Entry entry = entries.get(i);
        Outcome outcome = Heat.run(source, entry, entry.samples());
        measured.get(i).add(outcome);
        say(
            "%-6s round %d  %-28s %,9d samples  %,11.0f/s  log-loss %.4f",
            source.name(),
            round + 1,
            entry.peer(),
            entry.samples(),
            entry.samples() / outcome.wallSeconds(),
            outcome.logLoss());
      }
    }
    List<PeerResult> peers = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      peers.add(PeerResult.of(entries.get(i), measured.get(i)));
    }
    int samples = entries.stream().mapToInt(Entry::samples).max().orElseThrow();
    double bayes = Heat.bayesLoss(source, samples);
    Agreement agreement = Agreement.of(peers);
    say("%-6s the loop and Vowpal Wabbit: %s", source.name(), agreement.inWords());
    return new StreamResult(
        source.name(),
        source.about(),
        samples,
        Double.isNaN(bayes) ? null : bayes,
        peers,
        agreement);
  }

  private static String plain(double share) {
    return share == 1 ? "1" : Double.toString(share);
  }

  private static void say(String format, Object... arguments) {
    System.err.println(String.format(Locale.ROOT, format, arguments));
  }
}
