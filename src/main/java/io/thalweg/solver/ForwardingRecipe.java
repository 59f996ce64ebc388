package io.thalweg.solver;

/** A recipe that leaves everything to another one: the base of those that add to a recipe. */
abstract class ForwardingRecipe implements Recipe {
  final Recipe recipe;

  ForwardingRecipe(Recipe recipe) {
    this.recipe = recipe;
  }

  @Override
  public Consumption next(State now) {
    return recipe.next(now);
  }

  @Override
  public void begin(State initial) {
    recipe.begin(initial);
  }

  @Override
  public boolean startsOnBatches() {
    return recipe.startsOnBatches();
  }

  @Override
  public void first(State now, State next, StepInput input, StepFigures figures) {
    recipe.first(now, next, input, figures);
  }

  @Override
  public void step(State now, State next, StepInput input, StepFigures figures) {
    recipe.step(now, next, input, figures);
  }

  @Override
  public boolean arrives() {
    return recipe.arrives();
  }

  @Override
  public void step(State now, double[] from, State next, StepInput input, StepFigures figures) {
    recipe.step(now, from, next, input, figures);
  }

  @Override
  public void kept(State now) {
    recipe.kept(now);
  }

  @Override
  public void restored() {
    recipe.restored();
  }

  @Override
  public void moved(State now, Constraint constraint) {
    recipe.moved(now, constraint);
  }

  @Override
  public void report(State now, Solver.Report sink) {
    recipe.report(now, sink);
  }
}
