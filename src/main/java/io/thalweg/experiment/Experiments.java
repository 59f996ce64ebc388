package io.thalweg.experiment;

import java.util.List;
import java.util.Optional;

/** The experiments a user can name. A new one is one class and one line here. */
public final class Experiments {
  private static final List<Experiment> ALL =
      List.of(
          new PlGame(),
          new PlGameRates(),
          new MatrixSensingRecovery(),
          new LogisticHpo(),
          new SaddleEscape(),
          new StrictSaddleDescent(),
          new MinimaxEscape(),
          new FiniteSums(),
          new RelaxedFlows(),
          new CoresetSelection(),
          new PrincipalComponents(),
          new PhaseRetrievals(),
          new BlindDeconvolutions(),
          new FewShotHeads(),
          new HyperCleaning(),
          new RobustStream(),
          new Streams(),
          new DirtyStreams());

  private Experiments() {}

  /**
   * Every experiment.
   *
   * @return in a fixed order
   */
  public static List<Experiment> all() {
    return ALL;
  }

  /**
   * One experiment.
   *
   * @param name its name on the command line
   * @return the experiment, empty when there is none of that name
   */
  public static Optional<Experiment> named(String name) {
    return ALL.stream().filter(experiment -> experiment.name().equals(name)).findFirst();
  }
}
