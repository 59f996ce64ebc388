package io.thalweg.solver;

import io.thalweg.oracle.Capability;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** What methods without options ask of an oracle, as {@link MethodInfo#needs()} has it. */
final class Needs {
  /** Gradients. */
  static final Map<String, Set<Capability>> GRADIENTS = of(EnumSet.of(Capability.FIRST_ORDER));

  /** Gradients and products with second derivatives. */
  static final Map<String, Set<Capability>> PRODUCTS =
      of(EnumSet.of(Capability.FIRST_ORDER, Capability.PRODUCTS));

  private Needs() {}

  private static Map<String, Set<Capability>> of(Set<Capability> needed) {
    return Map.of("", Collections.unmodifiableSet(needed));
  }
}
