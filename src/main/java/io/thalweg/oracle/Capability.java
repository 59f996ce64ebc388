package io.thalweg.oracle;

/** What an oracle can be asked for; each level includes what a method may need beyond gradients. */
public enum Capability {
  /** Values of f and g. */
  VALUE,
  /** The four partial gradients. */
  FIRST_ORDER,
  /** Products with the lower Hessian and with the cross derivative. */
  PRODUCTS,
  /** The lower Hessian and the cross derivative as matrices. */
  DENSE
}
