package io.thalweg.solver;

import org.jspecify.annotations.Nullable;

/** A solver that leaves everything to another one: the base of those that add to a method. */
abstract class ForwardingSolver implements Solver {
  /** The one at work, which may be another one after a step. */
  abstract Solver solver();

  @Override
  public int upperDim() {
    return solver().upperDim();
  }

  @Override
  public int lowerDim() {
    return solver().lowerDim();
  }

  @Override
  public Consumption next() {
    return solver().next();
  }

  @Override
  public boolean costGrowsWithModel() {
    return solver().costGrowsWithModel();
  }

  @Override
  public Verdict step(StepInput input) {
    return solver().step(input);
  }

  @Override
  public StepFigures figures() {
    return solver().figures();
  }

  @Override
  public long steps() {
    return solver().steps();
  }

  @Override
  public void upper(double[] out) {
    solver().upper(out);
  }

  @Override
  public void lower(double[] out) {
    solver().lower(out);
  }

  @Override
  public void report(Report sink) {
    solver().report(sink);
  }

  @Override
  public void save(StateSink sink) {
    solver().save(sink);
  }

  @Override
  public void restore(StateSource source) {
    solver().restore(source);
  }

  @Override
  public int ownUpper() {
    return solver().ownUpper();
  }

  @Override
  public String ownUpperName(int i) {
    return solver().ownUpperName(i);
  }

  @Override
  public double ownUpperUnit(double value) {
    return solver().ownUpperUnit(value);
  }

  @Override
  public double ownUpperValue(double unit) {
    return solver().ownUpperValue(unit);
  }

  @Override
  public void members(MemberSink sink) {
    solver().members(sink);
  }

  @Override
  public void range(RangeSink sink) {
    solver().range(sink);
  }

  /** By way of the one below, which a wrapper may have of its own. */
  @Override
  public @Nullable String steer(Command command) {
    return steer(command, Command.Units.OWN);
  }

  @Override
  public @Nullable String steer(Command command, Command.Units units) {
    return solver().steer(command, units);
  }

  @Override
  public Reach reach(int i) {
    return solver().reach(i);
  }

  @Override
  public void steered(SteeredSink sink) {
    solver().steered(sink);
  }

  @Override
  public void events(EventSink sink) {
    solver().events(sink);
  }

  @Override
  public @Nullable RowJudge rowJudge() {
    return solver().rowJudge();
  }

  @Override
  public boolean judgesRefusals() {
    return solver().judgesRefusals();
  }

  @Override
  public @Nullable String end() {
    return solver().end();
  }
}
