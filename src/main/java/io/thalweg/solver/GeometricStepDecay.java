package io.thalweg.solver;

import io.thalweg.oracle.Capability;
import io.thalweg.oracle.SharpModel;
import io.thalweg.oracle.SharpModel.Model;
import io.thalweg.oracle.SharpModel.Sharpness;
import io.thalweg.sample.Level;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Model-based stochastic steps whose size halves from stage to stage: linear convergence on sharp
 * losses, outliers and all. One evaluation of a sample's loss and slope per sample.
 */
final class GeometricStepDecay implements Method {
  private static final List<String> MODELS = List.of("subgradient", "proximal", "prox-linear");
  private static final Range COUNT = new Range(1, false, Double.POSITIVE_INFINITY, true);

  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "geometric-step-decay",
        "Stages of subgradient, proximal or prox-linear steps on one level, one per sample, the step"
            + " size halved from stage to stage",
        "arXiv 1907.09547",
        Map.of("", Set.of(Capability.VALUE, Capability.FIRST_ORDER)),
        List.of(
            Parameter.choice(
                "model",
                MODELS,
                "subgradient",
                "what a step minimises in place of a sample's loss; proximal and prox-linear are"
                    + " for problems that can do so"),
            optional(
                "alpha0",
                Parameter.Kind.NUMBER,
                Range.POSITIVE,
                "step size of the first stage; from the problem's sharpness when absent"),
            optional(
                "K",
                Parameter.Kind.INTEGER,
                COUNT,
                "samples of a stage; from the problem's sharpness when absent"),
            Parameter.integer("T", COUNT, SharpSteps.DEFAULT_STAGES, "stages; the last goes on"),
            Parameter.of(
                "random-stop",
                Parameter.Kind.FLAG,
                false,
                "a stage ends at a uniform time in 1..K, as in theory, not after K")),
        "Sharp robust losses on one level, started near a solution; never for smooth noisy ones.");
  }

  private static Parameter optional(String key, Parameter.Kind kind, Range range, String meaning) {
    return new Parameter(key, kind, range, List.of(), null, false, meaning);
  }

  @Override
  public Set<Level> reads() {
    return EnumSet.of(Level.UPPER);
  }

  @Override
  public String ownEscape() {
    return "whose sharp losses have no small slopes by which a saddle could be told";
  }

  @Override
  public String ownUpperStep() {
    return "whose steps are a schedule of lengths";
  }

  @Override
  public Recipe recipe(MethodContext context) {
    Settings settings = context.settings();
    if (Methods.aggregates(settings)) {
      throw new SettingException(
          settings.pathOf(Aggregator.KEY),
          "has nothing to weigh: geometric-step-decay takes the samples of a batch one by one, and"
              + " its sharp losses are robust by themselves");
    }
    SharpModel sharp = context.oracle().as(SharpModel.class);
    boolean random = settings.flag("random-stop", false);
    return new SharpRecipe(
        context, sharp, model(settings, sharp), steps(settings, sharp, random), random);
  }

  private static Model model(Settings settings, @Nullable SharpModel sharp) {
    String name = Keys.choice(settings, "model", MODELS, "subgradient");
    Model model = Model.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
    if (sharp == null && model != Model.SUBGRADIENT) {
      throw new SettingException(
          settings.pathOf("model"),
          "must be subgradient because the problem cannot minimise a model of a sample as"
              + " phase-retrieval and blind-deconvolution can, but was "
              + name);
    }
    return model;
  }

  /**
   * As given, else as the problem's sharpness says: a tenth of the samples at five times the step,
   * as works in practice, unless the stages end at random as in theory.
   */
  private static SharpSteps steps(
      Settings settings, @Nullable SharpModel sharp, boolean asInTheory) {
    int stages = Keys.count(settings, "T", SharpSteps.DEFAULT_STAGES);
    Sharpness sharpness = sharp == null ? null : sharp.sharpness();
    if (sharpness == null) {
      for (String key : List.of("alpha0", "K")) {
        if (!settings.has(key)) {
          throw new SettingException(
              settings.pathOf(key),
              "is required: the problem does not tell how sharp it is, so there is no default");
        }
      }
      return new SharpSteps(alpha0(settings, 1), Keys.count(settings, "K", 1), stages);
    }
    int samples =
        Keys.count(
            settings,
            "K",
            SharpSteps.samples(sharpness, stages, asInTheory ? 1 : SharpSteps.SHRINK));
    double usual = SharpSteps.alpha0(sharpness, samples);
    return new SharpSteps(
        alpha0(settings, asInTheory ? usual : SharpSteps.BOLD * usual), samples, stages);
  }

  private static double alpha0(Settings settings, double otherwise) {
    return settings.number("alpha0", otherwise, Range.POSITIVE);
  }
}
