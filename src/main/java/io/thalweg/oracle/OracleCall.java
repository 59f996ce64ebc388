package io.thalweg.oracle;

/** The parts that oracle calls are counted in; a fused call counts as its parts. */
public enum OracleCall {
  /** f. */
  UPPER_VALUE,
  /** g. */
  LOWER_VALUE,
  /** df/dx. */
  GRAD_UPPER_X,
  /** df/dy. */
  GRAD_UPPER_Y,
  /** dg/dx. */
  GRAD_LOWER_X,
  /** dg/dy. */
  GRAD_LOWER_Y,
  /** H v. */
  HVP,
  /** J v. */
  JVP,
  /** H as a matrix. */
  HESSIAN,
  /** J as a matrix. */
  CROSS
}
