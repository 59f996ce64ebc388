package io.thalweg.portfolio;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.RowModel;
import io.thalweg.sample.Batch;
import io.thalweg.sample.LateLabels;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Members that learn the same records side by side, and one model made of them: its scores are the
 * members' scores by their weights, which for a linear model is the model whose weights are the
 * members' weights so averaged. Every record is predicted by all before any learns it.
 *
 * <pre>
 * predict   s_i = a'y_i       published: s = sum_i w_i s_i       mixed: sum_i w_i P_i(label)
 * judge     w by the losses as predicted; every member's hyperparameters by the record
 * learn     every y_i
 * </pre>
 *
 * A record serves as upper sample, which is judged, as lower sample, which is learned, or as both.
 * Deterministic, in place, without allocation; not for concurrent use.
 */
public final class Portfolio {
  /** A record is judged. */
  public static final int UPPER = 1;

  /** A record is learned. */
  public static final int LOWER = 2;

  /** Log odds of the weight of a source at the most, and by how much its age may change them. */
  public static final double MOST_ODDS = 6;

  private static final int WEIGHT = 0;
  private static final int MIXED = 1;
  private static final int REFERENCE = 2;
  private static final int REFERENCE_ERROR = 3;

  /** Slopes beyond which a record would carry weights out of the finite numbers. */
  private static final double STEEPEST = 1e30;

  /** Share of the newest record in the running mean square of gradients. */
  private static final double FRESH = 0.001;

  private final RowModel model;
  private final Member[] members;
  private final int outputs;
  private final FixedShare trust;
  private final @Nullable Contamination contamination;

  private final @Nullable RecordWeights counted;

  /** The member along whose path weights of records are tuned. */
  private final int probe;

  /** Of all members in the published model. */
  private final double[] weights;

  private final Row row;
  private final boolean sparse;
  private final Together together;

  private final Products products;
  private final @Nullable Waiting waiting;
  private final @Nullable LabelJoin join;

  /**
   * Scores of all members, then those published, then the members' weights, then with contamination
   * the scores of the two views.
   */
  private final double[] predicted;

  private final double[] present;
  private final Losses losses;
  private final double[][] slopesOf;

  /** Of one member before the last record was learned; scratch. */
  private final double[] before;

  private final double[] slopesBefore;
  private final double[] curvaturesBefore;
  private final double[][] curvaturesOf;

  /** Over all learned records as they were predicted: the four sums below. */
  private final double[] sums = new double[4];

  /** Running mean square of the members' gradients by their weights. */
  private final double[] gradient = new double[1];

  private final long[] counts = new long[1];

  private final HypergradientSum hypergradients;

  /** What is known of the length of a row before it is taken in. */
  public enum Length {
    /** Nothing: it is judged by the row as it comes. */
    UNJUDGED,
    /** It is like those of most. */
    USUAL,
    /** It stands so far apart that the row is left out. */
    FAR
  }

  Portfolio(PortfolioBuilder builder) {
    model = builder.model;
    members = builder.members.toArray(new Member[0]);
    outputs = model.outputs();
    int n = members.length;
    double[] priors = builder.members.stream().mapToDouble(m -> m.prior).toArray();
    int plain = n - builder.twins();
    trust = new FixedShare(Arrays.copyOf(priors, plain), builder.share);
    contamination =
        builder.contamination == 0
            ? null
            : new Contamination(
                builder.contamination,
                model.isLikelihood() ? Math.max(2, outputs) : 0,
                outputs,
                trust,
                Arrays.copyOfRange(priors, plain, n),
                builder.share);
    weights = contamination == null ? trust.weights : contamination.weights;
    counted = builder.counted == null ? null : new RecordWeights(model, builder.counted);
    probe = builder.probe;
    row = new Row(model);
    sparse = builder.schema.sparse();
    together = builder.together;
    products = new Products(members);
    int views = contamination != null && contamination.corrects() ? 2 * outputs : 0;
    predicted = new double[n * outputs + outputs + n + views];
    int window = builder.expiry > 0 ? builder.expiry + 1 : builder.delay;
    waiting =
        window == 0
            ? null
            : new Waiting(builder.schema, window, predicted.length, builder.expiry > 0);
    join =
        waiting == null || builder.expiry == 0
            ? null
            : new LabelJoin(waiting, builder.expiry, LateLabels.label(builder.schema));
    present = new double[n * outputs];
    losses = new Losses(model, n);
    before = new double[outputs];
    slopesBefore = new double[outputs];
    curvaturesBefore = new double[outputs];
    slopesOf = new double[n][outputs];
    curvaturesOf = new double[n][outputs];
    hypergradients = new HypergradientSum(model.groups(), (long) members[0].width * outputs);
  }

  /**
   * How many members there are.
   *
   * @return at least 1; the first is the reference
   */
  public int members() {
    return members.length;
  }

  /**
   * The name of a member.
   *
   * @param i which
   * @return lower case with dashes
   */
  public String name(int i) {
    return members[i].name();
  }

  /**
   * How far a member is trusted.
   *
   * @param i which
   * @return its weight; all sum to 1
   */
  public double weight(int i) {
    return weights[i];
  }

  /**
   * Weight of the records learned so far.
   *
   * @return their number where all weigh 1
   */
  public double weight() {
    return sums[WEIGHT];
  }

  /**
   * Loss of the mixture of the members' probabilities, over the records learned so far; of the
   * members' losses where those are no likelihoods.
   *
   * @return the sum, as they were predicted
   */
  public double mixedLoss() {
    return sums[MIXED];
  }

  /**
   * Loss of the first member, the reference.
   *
   * @return the sum, as the records were predicted
   */
  public double referenceLoss() {
    return sums[REFERENCE];
  }

  /**
   * Error of the first member, the reference.
   *
   * @return the sum, as the records were predicted
   */
  public double referenceError() {
    return sums[REFERENCE_ERROR];
  }

  /**
   * Records that were refused because no finite model could have come of them.
   *
   * @return how many
   */
  public long refused() {
    return counts[0];
  }

  /**
   * Tuned weights of records.
   *
   * @return those of the classes, then of the sources and how they change with age; 0 without
   */
  public int recordWeights() {
    return counted == null ? 0 : counted.count();
  }

  /**
   * A tuned weight of records.
   *
   * @param i which
   * @return its logarithm; for the age, by how much the log odds change with log(1 + age)
   */
  public double logRecordWeight(int i) {
    if (counted == null) {
      throw new IndexOutOfBoundsException("there are no weights of records");
    }
    return counted.log(i);
  }

  /**
   * Whether bad records are looked for.
   *
   * @return true with a contamination
   */
  public boolean isRobust() {
    return contamination != null;
  }

  /**
   * Records that were left out because they stand far apart from the others.
   *
   * @return how many
   */
  public long removed() {
    return contamination == null ? 0 : contamination.removed();
  }

  /**
   * Share of the weight of records that was taken out of late: 1 for a record left out, else how
   * likely its label is a false one, as far as that view is believed.
   *
   * @return in [0, 1]
   */
  public double removedShare() {
    return contamination == null ? 0 : contamination.removedShare();
  }

  /**
   * How far it is believed that some labels are false.
   *
   * @return in [0, 1]
   */
  public double robustTrust() {
    return contamination == null ? 0 : contamination.trust();
  }

  /**
   * Root mean square of the members' hypergradients of late, by their weights.
   *
   * @return 0 where nothing is tuned
   */
  public double hypergradientNorm() {
    double sum = 0;
    for (int i = 0; i < members.length; i++) {
      sum += weights[i] * members[i].hypergradientNorm();
    }
    return sum;
  }

  /**
   * Root mean square of the gradients of records as they were learned of late.
   *
   * @return of the members by their weights
   */
  public double gradientNorm() {
    return Math.sqrt(gradient[0]);
  }

  /**
   * Hypergradients of the records judged since it was last cleared, of the members by their
   * weights: by the logarithm of every L2 weight, then of every step size.
   *
   * @param out receives the sum, length {@link #hypergradients}
   */
  public void hypergradient(double[] out) {
    hypergradients.copyTo(out);
  }

  /**
   * How many hypergradients are summed.
   *
   * @return 0 where there are too many of them
   */
  public int hypergradients() {
    return hypergradients.size();
  }

  /** Begins their sum anew. */
  public void clearHypergradient() {
    hypergradients.clear();
  }

  /**
   * What the members cost beside one plain model that learns the same records, the reference.
   *
   * @return loops over the entries of a record, of all members to those of the reference alone
   */
  public double relativeCost() {
    double all = 0;
    for (Member member : members) {
      all += loops(member);
    }
    return all / loops(members[0]);
  }

  /** For a score; with late labels scores are computed at once and again when the label comes. */
  private int loops(Member member) {
    int predicting = 1 + member.along().length / outputs;
    int summing = hypergradients.isKept() ? member.sumLoops() : 0;
    return (waiting == null ? 1 : 2) * predicting + summing + member.learnLoops(sparse);
  }

  /**
   * Takes a record in: predicts it, and judges and learns it, or the one whose label is due now.
   * Where labels come apart from their records, a row is one or the other: a record is predicted
   * and waits, a label has the record of the same id judged and learned.
   *
   * @param batch holds it
   * @param r its row
   * @param roles {@link #UPPER}, {@link #LOWER} or both
   * @param listener hears of the record whose label is due, and of rows that cannot be used
   * @return false where the record stands so far apart that it was left out
   */
  public boolean take(Batch batch, int r, int roles, PredictionListener listener) {
    return take(batch, r, roles, Length.UNJUDGED, listener);
  }

  /**
   * Takes in the length of a row as it was before it was changed, to be told of by {@link #take}.
   *
   * @param squares its square, in whatever unit
   * @return false where it stands far apart from those before; true where nobody asks
   */
  public boolean passes(double squares) {
    return contamination == null || contamination.passes(squares);
  }

  /**
   * Takes a record in whose length may have been judged before.
   *
   * @param batch holds it
   * @param r its row
   * @param roles {@link #UPPER}, {@link #LOWER} or both
   * @param length what is known of it
   * @param listener hears of the record whose label is due, and of rows that cannot be used
   * @return false where the record stands so far apart that it was left out
   */
  public boolean take(Batch batch, int r, int roles, Length length, PredictionListener listener) {
    if (join != null && LateLabels.isLabel(batch, r)) {
      settle(join, join.label(batch, r, listener), listener);
      return true;
    }
    if (join != null && join.isDuplicate(batch, r, listener)) {
      return true;
    }
    if (contamination != null && length == Length.FAR) {
      contamination.leaveOut();
      leaveOut(batch, r, listener);
      return false;
    }
    if (!row.load(batch, r)) {
      counts[0]++;
      leaveOut(batch, r, listener);
      return true;
    }
    if (contamination != null
        && length == Length.UNJUDGED
        && !contamination.admits(row.squares())) {
      leaveOut(batch, r, listener);
      return false;
    }
    predict();
    if (waiting == null) {
      return settle(batch, r, roles, predicted, 0, true, listener);
    }
    if (join != null) {
      settle(join, join.record(batch, r, roles, predicted, listener), listener);
    } else {
      // the label of the oldest comes with the record that would have it leave the window
      int due = waiting.leaving();
      if (due >= 0) {
        waiting.remove(due);
        Batch its = waiting.row(due);
        row.load(its, 0);
        double late = waiting.size() + 1;
        settle(its, 0, waiting.roles(due), waiting.scores(due), late, false, listener);
      }
      waiting.add(batch, r, roles, 0, predicted);
    }
    return true;
  }

  /** The label of a record that is not even predicted still is that of a record. */
  private void leaveOut(Batch batch, int r, PredictionListener listener) {
    if (join != null) {
      join.leftOut(batch, r, listener);
    }
  }

  /** Judges and learns a record whose label has come and which has been let go; none for -1. */
  private void settle(LabelJoin by, int slot, PredictionListener listener) {
    if (slot < 0) {
      return;
    }
    Waiting from = by.waiting();
    double[] then = from.scores(slot);
    row.load(from.row(slot), 0);
    double late = by.late(slot);
    settle(from.row(slot), 0, from.roles(slot), then, late, false, listener);
  }

  private void predict() {
    int all = members.length * outputs;
    products.scores(row, predicted);
    for (int k = 0; k < outputs; k++) {
      double sum = 0;
      for (int i = 0; i < members.length; i++) {
        sum += weights[i] * predicted[i * outputs + k];
      }
      predicted[all + k] = sum;
    }
    for (int i = 0; i < members.length; i++) {
      predicted[all + outputs + i] = weights[i];
    }
    if (contamination != null) {
      contamination.views(predicted, views());
    }
  }

  /** Place of the scores of the two views. */
  private int views() {
    return members.length * outputs + outputs + members.length;
  }

  /**
   * Judges and learns a record.
   *
   * @param then what it was predicted by
   * @param late records that were predicted after it and wait for their label
   * @param fresh whether the members still are what it was predicted by
   * @return false where it stands too far apart from the others to be taken in
   */
  private boolean settle(
      Batch batch,
      int r,
      int roles,
      double[] then,
      double late,
      boolean fresh,
      PredictionListener listener) {
    double[] now = then;
    boolean unmoved = fresh;
    if (!fresh) {
      products.scores(row, present);
      now = present;
      unmoved = late == 0 && Arrays.equals(present, 0, present.length, then, 0, present.length);
    }
    model.slopes(batch, r, now, slopesOf, curvaturesOf);
    for (int i = 0; i < members.length; i++) {
      for (double slope : slopesOf[i]) {
        if (!(Math.abs(slope) <= STEEPEST)) {
          counts[0]++;
          return true;
        }
      }
    }
    double weight = model.weight(batch, r);
    boolean exact =
        unmoved
            && model.isLikelihood()
            && weight == 1
            && contamination == null
            && (counted == null || !counted.judges());
    losses.load(batch, r, then, exact ? slopesOf : null);
    if (contamination != null && !isSound(contamination, batch, r, then, now, weight)) {
      return false;
    }
    if (counted != null) {
      counted.load(batch, r);
    }
    score(batch, r, roles, then, weight, listener);
    if ((roles & UPPER) != 0) {
      judge(batch, r, then, weight, late);
      if (counted != null) {
        double loss = model.loss(batch, r, now, probe * outputs);
        counted.tune(row, slopesOf[probe], weight > 0 ? StrictMath.exp(-loss / weight) : 0);
      }
    }
    if ((roles & LOWER) != 0) {
      double bound = weight * model.curvatureBound();
      double square = 0;
      products.lengths(row);
      for (int i = 0; i < members.length; i++) {
        square += weights[i] * square(slopesOf[i]);
        if (counted == null || i == 0) {
          members[i].learn(row, slopesOf[i], curvaturesOf[i], bound, late);
        } else {
          learnAsCounted(counted, i, bound * counted.weight(), late);
        }
      }
      if (!sparse) {
        together.learn(row);
      }
      gradient[0] += FRESH * (square * row.squares() - gradient[0]);
    }
    return true;
  }

  private static double square(double[] slopes) {
    return slopes.length == 1 ? slopes[0] * slopes[0] : Kernels.dot(slopes, slopes);
  }

  /** The reference takes records as they are; all others by what they count. */
  private void learnAsCounted(RecordWeights by, int i, double bound, double late) {
    for (int k = 0; k < outputs; k++) {
      slopesOf[i][k] *= by.weight();
      curvaturesOf[i][k] *= by.weight();
    }
    if (i == probe && members[i] instanceof TunedMember member) {
      member.carry(row, slopesOf[i], curvaturesOf[i], bound, late, by.traces(), by.share());
    }
    members[i].learn(row, slopesOf[i], curvaturesOf[i], bound, late);
  }

  /** Whether a record may be taken in; if so, robust members' slopes are brought in order. */
  private boolean isSound(
      Contamination robust, Batch batch, int r, double[] then, double[] now, double weight) {
    if (!robust.corrects()) {
      return robust.admitsLoss(losses.least());
    }
    if (weight > 0) {
      double view = model.loss(batch, r, then, views() + outputs);
      robust.look(StrictMath.exp(-view / weight));
      for (int i = trust.weights.length; i < members.length; i++) {
        double p = StrictMath.exp(-model.loss(batch, r, now, i * outputs) / weight);
        robust.correct(i, p, slopesOf[i], curvaturesOf[i], weight);
      }
    }
    return true;
  }

  private void score(
      Batch batch, int r, int roles, double[] then, double weight, PredictionListener listener) {
    int all = members.length * outputs;
    listener.predicted(
        roles, model.loss(batch, r, then, all), model.error(batch, r, then, all), weight);
    if ((roles & LOWER) == 0) {
      return;
    }
    int side = model.side(batch, r);
    if (side != 0 && weight > 0) {
      listener.ranked(then[all], side > 0);
    }
    sums[WEIGHT] += weight;
    sums[MIXED] += losses.mixed(then, all + outputs, weight);
    sums[REFERENCE] += losses.ofFirst(batch, r, then);
    sums[REFERENCE_ERROR] += model.error(batch, r, then, 0);
  }

  private void judge(Batch batch, int r, double[] then, double weight, double late) {
    if (contamination != null && contamination.corrects()) {
      contamination.judge(
          losses.values(),
          model.loss(batch, r, then, views()),
          model.loss(batch, r, then, views() + outputs),
          weight,
          eta(late));
    } else {
      losses.judge(trust, eta(late));
    }
    for (int i = 0; i < members.length; i++) {
      if (hypergradients.isKept()) {
        hypergradients.add(members[i], row, slopesOf[i], weights[i]);
      }
      if (members[i].compares()) {
        tuneByTwo(batch, r, i, weight);
      } else {
        members[i].tune(row, slopesOf[i]);
      }
    }
  }

  /** How much the losses of the record at hand count. */
  private double eta(double late) {
    double eta = FixedShare.eta(late);
    return counted == null ? eta : eta * counted.ofSource();
  }

  private void tuneByTwo(Batch batch, int r, int i, double weight) {
    members[i].scoresBefore(row, before);
    model.slopes(batch, r, before, 0, slopesBefore, curvaturesBefore);
    if (contamination != null && contamination.corrects() && weight > 0) {
      double p = StrictMath.exp(-model.loss(batch, r, before, 0) / weight);
      contamination.correct(i, p, slopesBefore, curvaturesBefore, weight);
    }
    members[i].tune(row, slopesOf[i], slopesBefore);
  }

  /**
   * The published model.
   *
   * @param out receives sum_i w_i y_i, entry j K + k, length w K
   */
  public void average(double[] out) {
    Arrays.fill(out, 0);
    for (int i = 0; i < members.length; i++) {
      for (int k = 0; k < outputs; k++) {
        double[] y = members[i].y[k];
        for (int j = 0; j < y.length; j++) {
          out[j * outputs + k] += weights[i] * y[j];
        }
      }
    }
  }

  /**
   * The model of one member.
   *
   * @param i which
   * @param out receives y_i, entry j K + k, length w K
   */
  public void model(int i, double[] out) {
    for (int k = 0; k < outputs; k++) {
      double[] y = members[i].y[k];
      for (int j = 0; j < y.length; j++) {
        out[j * outputs + k] = y[j];
      }
    }
  }

  /**
   * The L2 weight of a group, the geometric mean over the members by their weights.
   *
   * @param group its number
   * @return positive
   */
  public double penalty(int group) {
    double sum = 0;
    for (int i = 0; i < members.length; i++) {
      sum += weights[i] * StrictMath.log(members[i].penalty(group));
    }
    return StrictMath.exp(sum);
  }

  /**
   * The logarithm of the step size of a weight, the mean over the members by their weights.
   *
   * @param entry j K + k
   * @return finite
   */
  public double logStep(int entry) {
    double sum = 0;
    for (int i = 0; i < members.length; i++) {
      sum += weights[i] * StrictMath.log(members[i].step(entry % outputs, entry / outputs));
    }
    return sum;
  }

  /**
   * Puts every member at a model.
   *
   * @param y entry j K + k, length w K
   */
  public void start(double[] y) {
    for (Member member : members) {
      member.place(y);
    }
  }

  /**
   * Goes back to an earlier model and what it was tuned by: all members but the first, which is a
   * baseline of its own, begin anew there, the tuned ones with these step sizes and L2 weights.
   * They alone are trusted, by their priors, so that this is what is published; records bring the
   * others back.
   *
   * @param y entry j K + k, length w K
   * @param penalties L2 weight of every group
   * @param steps step size of every entry
   * @param logs as {@link #logRecordWeight} tells them
   */
  public void rollBack(double[] y, double[] penalties, double[] steps, double[] logs) {
    boolean[] tuned = new boolean[members.length];
    for (int i = 1; i < members.length; i++) {
      tuned[i] = members[i].tunes();
      members[i].place(y);
      members[i].put(steps, penalties);
    }
    if (counted != null) {
      counted.put(logs);
    }
    trust.trust(tuned);
    if (contamination != null) {
      contamination.trust(tuned);
    }
    restart();
  }

  /**
   * Multiplies the step sizes of the tuned members, which are then tuned on.
   *
   * @param factor positive
   */
  public void scaleSteps(double factor) {
    for (Member member : members) {
      member.scaleSteps(factor);
    }
  }

  /**
   * Keeps some upper variables of the tuned members within bounds from now on; those outside are
   * moved at once.
   *
   * @param limits which, null for none; no part of the state
   */
  public void limit(@Nullable Limits limits) {
    for (Member member : members) {
      member.limit(limits);
    }
    if (counted != null) {
      counted.limit(limits);
    }
  }

  /**
   * The log odds of which the weight of a source is the probability.
   *
   * @param log the logarithm of the weight, as {@link #logRecordWeight} tells it
   * @return infinite from a weight of 1 on
   */
  public static double oddsOf(double log) {
    return RecordWeights.oddsOf(log);
  }

  /**
   * Begins anew where it is: tuned members forget what their steps have led to and how large their
   * hypergradients were. Models, step sizes, L2 weights and trust stay.
   */
  public void restart() {
    for (Member member : members) {
      member.restart();
    }
    if (counted != null) {
      counted.restart();
    }
  }

  /**
   * Shows all state but the records that wait.
   *
   * @param visitor reads or writes it
   */
  public void state(StateVisitor visitor) {
    for (Member member : members) {
      member.state(slots(member.name(), visitor));
    }
    visitor.doubles("trust", weights);
    if (contamination != null) {
      contamination.state(slots("contamination", visitor));
    }
    if (counted != null) {
      counted.state(slots("counted", visitor));
    }
    visitor.doubles("sums", sums);
    losses.state(visitor);
    visitor.doubles("gradient", gradient);
    visitor.longs("refused-records", counts);
    if (join != null) {
      visitor.longs("labels", join.counts);
    }
  }

  /**
   * What joins labels that come apart from their records.
   *
   * @return null where they do not
   */
  public @Nullable LabelJoin join() {
    return join;
  }

  private static Member.Slots slots(String owner, StateVisitor visitor) {
    return new Member.Slots() {
      @Override
      public void array(String name, double[] live) {
        visitor.doubles(owner + "." + name, live);
      }

      @Override
      public void counts(String name, long[] live) {
        visitor.longs(owner + "." + name, live);
      }
    };
  }

  /**
   * The records that wait for their label.
   *
   * @return null where labels come with the records
   */
  public @Nullable Waiting waiting() {
    return waiting;
  }
}
