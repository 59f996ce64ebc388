package io.thalweg.portfolio;

import io.thalweg.oracle.RowModel;
import io.thalweg.sample.SampleSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Gathers the members of a portfolio, and how they are trusted and what labels they wait for. */
public final class PortfolioBuilder {
  private static final String ROBUST = "robust-";

  final RowModel model;
  final SampleSchema schema;
  final Together together = new Together();
  final List<Member> members = new ArrayList<>();
  private final List<Supplier<Member>> robust = new ArrayList<>();
  double share = 3e-4;
  double contamination;
  private int plain;
  @Nullable WeightTuning counted;
  private @Nullable Frozen frozen;
  int probe;
  int delay;
  int expiry;

  /**
   * A portfolio without members.
   *
   * @param model what they learn
   * @param schema of the records
   */
  public PortfolioBuilder(RowModel model, SampleSchema schema) {
    this.model = model;
    this.schema = schema;
  }

  /**
   * Adds a member that nobody tunes; the first member is the reference.
   *
   * @param name lower case with dashes
   * @param prior share of trust before any record, relative to those of the others
   * @param rate step size
   * @param l2 L2 weight
   * @return this
   */
  public PortfolioBuilder fixed(String name, double prior, double rate, double l2) {
    members.add(new FixedMember(name, prior, model, together, rate, l2));
    robust.add(() -> new FixedMember(ROBUST + name, prior, model, together, rate, l2));
    return this;
  }

  /**
   * Adds a member that tunes itself.
   *
   * @param name lower case with dashes
   * @param prior share of trust before any record, relative to those of the others
   * @param tuning where it starts and how it is tuned
   * @param least lower bound of every L2 weight
   * @param most upper bound of every L2 weight
   * @return this
   */
  public PortfolioBuilder tuned(
      String name, double prior, MemberTuning tuning, double[] least, double[] most) {
    Frozen still = frozen;
    probe = members.size();
    members.add(new TunedMember(name, prior, model, tuning, least, most, still));
    robust.add(() -> new TunedMember(ROBUST + name, prior, model, tuning, least, most, still));
    return this;
  }

  /**
   * Sets the share of trust that every record puts back to the prior.
   *
   * @param part in (0, 1)
   * @return this
   */
  public PortfolioBuilder share(double part) {
    share = part;
    return this;
  }

  /**
   * Keeps upper variables of the tuned members that are added from now on as they begin.
   *
   * @param which of them
   * @return this
   */
  public PortfolioBuilder frozen(Frozen which) {
    frozen = which;
    return this;
  }

  /**
   * Tunes what records count when all members but the first learn them, along the path of the last
   * member that tunes itself.
   *
   * @param tuning which weights
   * @return this
   */
  public PortfolioBuilder recordWeights(WeightTuning tuning) {
    counted = tuning;
    return this;
  }

  /**
   * Expects bad records: every member but the first then has a twin that takes some labels for
   * flipped, where labels are classes.
   *
   * @param part share of records that may be bad, in (0, 1/3); 0 for none
   * @return this
   */
  public PortfolioBuilder contamination(double part) {
    contamination = part;
    return this;
  }

  /**
   * Lets labels come late.
   *
   * @param records how many records later than their own a label comes
   * @return this
   */
  public PortfolioBuilder labelDelay(int records) {
    delay = records;
    return this;
  }

  /**
   * Lets labels come apart from their records, joined by id: batches are of the joined schema.
   *
   * @param records a record is given up when so many more have been taken in without its label
   * @return this
   */
  public PortfolioBuilder lateLabels(int records) {
    expiry = records;
    return this;
  }

  /**
   * The portfolio at its start.
   *
   * @return with at least one member
   */
  public Portfolio build() {
    if (members.isEmpty()) {
      throw new IllegalStateException("a portfolio has at least 1 member, but none was added");
    }
    plain = members.size();
    if (contamination > 0 && model.isLikelihood()) {
      robust.stream().skip(plain > 1 ? 1 : 0).forEach(twin -> members.add(twin.get()));
    }
    return new Portfolio(this);
  }

  /** How many of the members take some labels for flipped: the last ones. */
  int twins() {
    return members.size() - plain;
  }
}
