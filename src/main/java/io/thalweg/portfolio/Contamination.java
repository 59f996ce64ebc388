package io.thalweg.portfolio;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a portfolio does about a share eps of bad records.
 *
 * <p><b>Gross ones</b> are not predicted, judged or learned: rows whose squared length, and where
 * the loss is a squared distance records whose least loss, stands far above that of most ({@link
 * Gate}).
 *
 * <p><b>False labels</b> cannot be told from rare ones record by record, so there are two views of
 * the stream, each with members of its own. The plain view takes labels as they are; the robust one
 * says that a label of K classes was exchanged with probability eps, so that with eps' = eps / (K -
 * 1) and P the probability of the label
 *
 * <pre>
 * l = -log D      D = eps' + (1 - K eps') P      v = (1 - K eps') P / D
 * l_k = v p_k     l_kk = v (p_kk - (eps' / D) p_k^2)      with p_k, p_kk the plain derivatives
 * </pre>
 *
 * (forward correction, Patrini and others, CVPR 2017): a label that its model thinks impossible
 * moves nothing, v = 0. How far the robust view is believed is sigma(E), with the evidence
 *
 * <pre>
 * E &lt;- clip(E + eta (min(l_plain - l_robust, log 1/eps') - .001), 50)
 * </pre>
 *
 * of the two views' models: it must predict the labels as they came, flipped ones and all, better
 * than the plain one by .001 a record. Where records turn out to be flipped more often than twice
 * eps, of late, it is the world that has changed: the robust members then take labels as they are.
 */
final class Contamination {
  private static final double TAX = 1e-3;
  private static final double MOST_EVIDENCE = 50;

  /** Share of the newest record in the mean that tells whether the world has changed. */
  private static final double QUICK = 0.03;

  private static final double FRESH = 0.001;
  private static final double BUDGET = 2;

  private final int outputs;
  private final int first;
  private final double eps;
  private final double off;
  private final double kept;
  private final Gate rows;
  private final Gate losses;
  private final FixedShare plain;
  private final @Nullable FixedShare robust;
  private final double[] robustLosses;

  /** Of all members in the published model, the plain ones first; not a copy. */
  final double[] weights;

  /** E, the quick mean of what is thought flipped, the slow mean of the weight removed. */
  private final double[] belief = new double[3];

  private final long[] removed = new long[1];

  /** Whether labels are corrected for the record at hand. */
  private boolean on;

  /**
   * Before any record.
   *
   * @param eps share of bad records, in (0, 1/3)
   * @param classes number of classes, 0 where labels are numbers
   * @param outputs scores of a member
   * @param plain trust in the plain members
   * @param priors of the robust members; empty where labels are numbers
   * @param share put back to the prior by every record
   */
  Contamination(
      double eps, int classes, int outputs, FixedShare plain, double[] priors, double share) {
    this.eps = eps;
    this.outputs = outputs;
    this.plain = plain;
    first = plain.weights.length;
    off = classes == 0 ? 0 : eps / (classes - 1);
    kept = 1 - classes * off;
    rows = new Gate(BUDGET * eps);
    losses = new Gate(BUDGET * eps);
    robust = priors.length == 0 ? null : new FixedShare(priors, share);
    robustLosses = new double[priors.length];
    weights = robust == null ? plain.weights : new double[first + priors.length];
    spread();
  }

  /** Whether there are two views. */
  boolean corrects() {
    return robust != null;
  }

  /** Whether a row of this squared length is taken in. */
  boolean admits(double squares) {
    return counted(rows.passes(squares));
  }

  /** The same, before it is known whether the row comes. */
  boolean passes(double squares) {
    return rows.passes(squares);
  }

  /** A row came that does not pass. */
  void leaveOut() {
    removed[0]++;
    belief[2] += FRESH * (1 - belief[2]);
  }

  /** Whether a record is taken in of which the best member has this loss. */
  boolean admitsLoss(double least) {
    return counted(losses.passes(least));
  }

  private boolean counted(boolean passes) {
    if (!passes) {
      leaveOut();
    }
    return passes;
  }

  /** The scores of the two views from those of the members. */
  void views(double[] scores, int at) {
    if (robust == null) {
      return;
    }
    for (int k = 0; k < outputs; k++) {
      double one = 0;
      for (int i = 0; i < first; i++) {
        one += plain.weights[i] * scores[i * outputs + k];
      }
      double two = 0;
      for (int i = 0; i < robust.weights.length; i++) {
        two += robust.weights[i] * scores[(first + i) * outputs + k];
      }
      scores[at + k] = one;
      scores[at + outputs + k] = two;
    }
  }

  /** Looks at a record of whose label the robust view's model thought this probable. */
  void look(double probability) {
    double flipped = off * (1 - probability) / (off + kept * probability);
    belief[1] += QUICK * (flipped - belief[1]);
    belief[2] += FRESH * (trust() * flipped - belief[2]);
    on = belief[1] <= BUDGET * eps;
  }

  /** Turns the derivatives of a member's loss into those of the loss that it is after. */
  void correct(int member, double probability, double[] slopes, double[] curvatures, double w) {
    if (!on || member < first) {
      return;
    }
    double all = off + kept * probability;
    double factor = kept * probability / all;
    double bend = off / all / w;
    for (int k = 0; k < outputs; k++) {
      curvatures[k] = factor * (curvatures[k] - bend * slopes[k] * slopes[k]);
      slopes[k] *= factor;
    }
  }

  /**
   * Takes in the losses of a record.
   *
   * @param of the members, overwritten
   * @param plainView of the plain view's model
   * @param robustView of the robust view's model
   * @param weight of the record
   * @param eta how much losses count
   */
  void judge(double[] of, double plainView, double robustView, double weight, double eta) {
    if (robust == null) {
      throw new IllegalStateException("there is one view only");
    }
    for (int i = 0; i < robustLosses.length; i++) {
      robustLosses[i] = eta * corrected(of[first + i], weight);
    }
    for (int i = 0; i < first; i++) {
      of[i] *= eta;
    }
    plain.update(of);
    robust.update(robustLosses);
    double most = -weight * StrictMath.log(off);
    double gain = plainView - corrected(robustView, weight);
    gain = Math.min(most, Math.max(-most, gain));
    belief[0] += eta * (gain - weight * TAX);
    belief[0] = Math.min(MOST_EVIDENCE, Math.max(-MOST_EVIDENCE, belief[0]));
    spread();
  }

  private double corrected(double loss, double weight) {
    return on && weight > 0
        ? -weight * StrictMath.log(off + kept * StrictMath.exp(-loss / weight))
        : loss;
  }

  /** Trusts some members of each view alone; how far the views are believed stays. */
  void trust(boolean[] which) {
    if (robust != null) {
      robust.trust(Arrays.copyOfRange(which, first, which.length));
    }
    spread();
  }

  private void spread() {
    if (robust == null) {
      return;
    }
    double believed = trust();
    for (int i = 0; i < first; i++) {
      weights[i] = (1 - believed) * plain.weights[i];
    }
    for (int i = 0; i < robust.weights.length; i++) {
      weights[first + i] = believed * robust.weights[i];
    }
  }

  /** How far the robust view is believed. */
  double trust() {
    return robust == null ? 0 : 1 / (1 + StrictMath.exp(-belief[0]));
  }

  /** Records taken out whole. */
  long removed() {
    return removed[0];
  }

  /** Share of the weight of the last thousand records or so that was taken out. */
  double removedShare() {
    return belief[2];
  }

  void state(Member.Slots sink) {
    rows.state("rows", sink);
    losses.state("losses", sink);
    sink.array("belief", belief);
    sink.counts("removed", removed);
    if (robust != null) {
      sink.array("plain", plain.weights);
      sink.array("robust", robust.weights);
    }
  }
}
