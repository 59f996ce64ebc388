package io.thalweg.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import moa.classifiers.AbstractClassifier;
import moa.classifiers.functions.SGD;
import moa.classifiers.meta.AdaptiveRandomForest;
import moa.classifiers.trees.HoeffdingAdaptiveTree;

/**
 * Who takes part in a stream, with which settings and how many samples. The loop, Vowpal Wabbit's
 * {@code --sgd} and MOA's SGD take steps of one size. Step sizes were chosen once, by a scan over
 * the stream itself; the trees have their defaults.
 */
final class LineUp {
  static final String LOOP = "plain loop";
  static final String VOWPAL_SGD = "Vowpal Wabbit, constant step";

  /** Probabilities that come from a margin: only kept away from an infinite loss. */
  private static final double FROM_MARGIN = 1e-15;

  /** Votes of trees are no calibrated probabilities and can be unanimous. */
  private static final double FROM_VOTES = 1e-3;

  /** Of the forest; MOA's default is 100 trees, at ten times the cost. */
  private static final int TREES = 10;

  private final Source source;
  private final Limits limits;
  private final List<Entry> entries = new ArrayList<>();

  private LineUp(Source source, Limits limits) {
    this.source = source;
    this.limits = limits;
  }

  /**
   * The settings and bounds for one stream.
   *
   * @param step of the loop, Vowpal Wabbit's {@code --sgd} and MOA's SGD
   * @param adaptive learning rate of Vowpal Wabbit's steps per coordinate
   * @param moaSgd samples for it
   * @param tree samples for it
   * @param forest samples for it; 0 leaves it out
   */
  private record Limits(double step, double adaptive, int moaSgd, int tree, int forest) {}

  static List<Entry> of(Source source) {
    Limits limits =
        switch (source.name()) {
          case "dense" -> new Limits(0.002, 0.5, 1_000_000, 200_000, 20_000);
          case "sparse" -> new Limits(0.01, 0.2, 2_000, 20, 0);
          default -> new Limits(0.01, 4, source.samples(), source.samples(), source.samples());
        };
    return new LineUp(source, limits).everybody();
  }

  private List<Entry> everybody() {
    thalweg(Jobs.PORTFOLIO);
    thalweg("msgbio");
    thalweg("vr-msgbio");
    add(
        LOOP,
        "step " + limits.step(),
        "arrays",
        source.samples(),
        () -> new LoopPeer(source, limits.step()));
    vowpal(VOWPAL_SGD, "--sgd --power_t 0 --learning_rate " + limits.step());
    vowpal("Vowpal Wabbit, adaptive", "--learning_rate " + limits.adaptive());
    add(
        "MOA SGD",
        "-o LOGLOSS -r " + limits.step() + ", no penalty",
        "instances",
        limits.moaSgd(),
        this::moaSgd);
    moa("MOA Hoeffding adaptive tree", "", limits.tree(), HoeffdingAdaptiveTree::new);
    if (limits.forest() > 0) {
      moa("MOA adaptive random forest", "-s " + TREES, limits.forest(), AdaptiveRandomForest::new);
    }
    return entries;
  }

  private void add(String peer, String settings, String given, int samples, Supplier<Peer> start) {
    entries.add(new Entry(peer, settings, given, Math.min(samples, source.samples()), start));
  }

  private void thalweg(String method) {
    String solver = Jobs.solver(source, method);
    add(
        "Thalweg " + method,
        solver,
        "batches of decoded rows",
        source.samples(),
        () -> new ThalwegPeer(Jobs.text(source, solver)));
  }

  private void vowpal(String name, String steps) {
    String flags =
        "--loss_function logistic -b 18 " + (source.bias() ? "" : "--noconstant ") + steps;
    add(name, flags, "lines of text", source.samples(), () -> new VowpalPeer(flags));
  }

  /** Its option for the penalty starts at 0.0001; a setter goes further. */
  private Peer moaSgd() {
    SGD sgd = new SGD();
    sgd.getOptions().setViaCLIString("-o LOGLOSS -r " + limits.step());
    MoaPeer peer = new MoaPeer(source, sgd, FROM_MARGIN);
    sgd.setLambda(0);
    return peer;
  }

  private void moa(
      String name, String options, int samples, Supplier<? extends AbstractClassifier> made) {
    add(
        name,
        options,
        "instances",
        samples,
        () -> {
          AbstractClassifier classifier = made.get();
          classifier.getOptions().setViaCLIString(options);
          return new MoaPeer(source, classifier, FROM_VOTES);
        });
  }
}
