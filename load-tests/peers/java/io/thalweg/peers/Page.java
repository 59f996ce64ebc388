package io.thalweg.peers;

import java.util.Locale;

/** The report as a page for people. */
final class Page {
  /** Seconds of a process from which on ticks of 10 ms tell something. */
  private static final double TELLING = 0.2;

  private final Report report;
  private final StringBuilder out = new StringBuilder();

  private Page(Report report) {
    this.report = report;
  }

  static String of(Report report) {
    return new Page(report).write();
  }

  private String write() {
    head();
    report.streams().forEach(this::stream);
    notes();
    return out.toString();
  }

  private void head() {
    Machine machine = report.machine();
    line("# Peers");
    line("");
    line("Written by `%s`, with `peers.json`; not edited by hand.", report.command());
    if (report.share() < 1) {
      line("");
      line(
          "**Only a look, at a share of %s of the samples: no figures to quote.**", report.share());
    }
    line("");
    line("- machine: %s", machine.processor());
    line("- JVM: %s, flags %s", machine.jvm(), machine.flags());
    line("- Vowpal Wabbit %s, MOA %s", machine.vowpalWabbit(), machine.moa());
    line("- commit: %s", machine.commit());
    line("- load average when written: %.1f", machine.load());
    line("");
    line(
        "The same seeded samples in the same order for everybody, in one process, one thread each."
            + " Every sample is predicted before it is learned; log-loss and error are means over"
            + " all of them and over the last half. Median of %d rounds after one to warm up. The"
            + " clock runs while a peer predicts and learns, not while samples are drawn and"
            + " brought into the form it is given. CPU is that of the learning thread, then that of"
            + " the process meanwhile (compiler and collector too; counted in ticks of 10"
            + " ms, not shown below 0.2 s).",
        report.rounds());
  }

  private void stream(StreamResult stream) {
    line("");
    line("## %s, %,d samples", stream.name(), stream.samples());
    line("");
    line("%s.%s", stream.about(), bayes(stream));
    line("");
    line(
        "| peer | is given | samples | samples/s | CPU-µs per sample | of the process | log-loss |"
            + " last half | error | last half |");
    line("|---|---|---|---|---|---|---|---|---|---|");
    stream.peers().forEach(this::peer);
    line("");
    line("Check of the harness, the loop and Vowpal Wabbit: %s.", stream.agreement().inWords());
    line("");
    line("Settings:");
    line("");
    for (PeerResult peer : stream.peers()) {
      line(
          "- %s: %s",
          peer.peer(), peer.settings().isEmpty() ? "defaults" : "`" + peer.settings() + "`");
    }
  }

  private static String bayes(StreamResult stream) {
    Double loss = stream.bayesLoss();
    return loss == null
        ? ""
        : String.format(
            Locale.ROOT, " The model they were drawn from has a log-loss of %.4f.", loss);
  }

  private void peer(PeerResult peer) {
    Outcome median = peer.median();
    line(
        "| %s | %s | %,d | %,.0f | %s | %s | %.4f | %.4f | %.4f | %.4f |",
        peer.peer(),
        peer.given(),
        peer.samples(),
        peer.samplesPerSecond(),
        micros(peer.cpuMicros()),
        median.processCpuSeconds() < TELLING ? "-" : micros(peer.processCpuMicros()),
        median.logLoss(),
        median.lateLogLoss(),
        median.error(),
        median.lateError());
  }

  private static String micros(double micros) {
    return String.format(
        Locale.ROOT, micros < 10 ? "%.2f" : micros < 100 ? "%.1f" : "%,.0f", micros);
  }

  private void notes() {
    line("");
    line("## How to read it");
    line("");
    line(
        "- Not like for like: Vowpal Wabbit parses text while the clock runs, MOA walks through"
            + " instance objects, Thalweg reads batches that a decoder filled, the loop reads"
            + " arrays and does nothing else. Kafka's client and decoding come on top for a job"
            + " ([from Kafka to committed snapshots](RESULTS.md)).");
    line(
        "- Thalweg does more per sample than its peers: it follows the hypergradient and tunes the"
            + " L2 weights while it learns, each batch serving the upper level first and the lower"
            + " one then (`split: prequential`); a sample so used twice counts once. `msgbio` and"
            + " `vr-msgbio` predict a batch as a whole before they learn any of it; the others learn"
            + " after every sample.");
    line(
        "- Thalweg's `auto` has its defaults on every stream: six models side by side, the reference"
            + " at a step of 0.1 and an L2 weight of 0.001. Nothing was chosen on the stream.");
    line(
        "- The loop, Vowpal Wabbit with a constant step and MOA's SGD take steps of one size. That"
            + " size, the learning rate of Vowpal Wabbit's adaptive steps and Thalweg's steps and"
            + " batches (the same for both methods) were chosen once by a scan over the stream"
            + " itself, or its first part, for a log-loss near the least found: all these losses"
            + " are a little better than what one would get unseen, and Thalweg has more settings to"
            + " choose. The trees have their defaults, the forest 10 trees in place of 100.");
    line(
        "- Votes of trees are no calibrated probabilities: they are divided by their sum and kept"
            + " within [0.001, 0.999] for the log-loss; votes that are all zero or not finite count"
            + " as one half. Error is the figure to compare them by.");
    line(
        "- On sparse samples MOA's SGD goes over all weights at every sample and its tree over all"
            + " attributes, so they are given few samples: their speeds can be compared, their"
            + " losses over so few samples cannot. The forest is left out there: in a trial two"
            + " samples took minutes.");
    line(
        "- Only on the bank has every linear model a constant feature; MOA's SGD has one on every"
            + " stream.");
    line(
        "- Values have four decimals in every form. Vowpal Wabbit computes in single precision, the"
            + " others in double.");
  }

  private void line(String format, Object... arguments) {
    out.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
