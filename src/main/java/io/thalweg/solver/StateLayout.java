package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.solver.Solver.StateSink;
import io.thalweg.solver.Solver.StateSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The names and lengths of everything a method carries from step to step, declared once by its
 * parts. Double buffering, the finite check, save and restore are written against it and so are the
 * same for every method. Slot 0 is x, slot 1 is y, counter 0 is t.
 */
final class StateLayout {
  static final int X = 0;
  static final int Y = 1;
  static final int T = 0;

  private final List<String> names = new ArrayList<>();
  private final List<Integer> lengths = new ArrayList<>();
  private final List<String> counters = new ArrayList<>();
  private final List<String> later = new ArrayList<>();
  private final List<Integer> tables = new ArrayList<>();
  private final List<Integer> hidden = new ArrayList<>();
  private final List<Integer> carried = new ArrayList<>();

  StateLayout(int p, int q) {
    slot("x", p);
    slot("y", q);
    counter("t");
  }

  /** Declares a vector or matrix; a step must write every entry of it. */
  int slot(String name, int length) {
    if (names.contains(name)) {
      throw new IllegalStateException("the state already holds " + name);
    }
    names.add(name);
    lengths.add(length);
    return names.size() - 1;
  }

  /** Declares a counter; before a step it is copied from the state the step starts from. */
  int counter(String name) {
    counters.add(name);
    return counters.size() - 1;
  }

  /**
   * Declares a table too large to write in every step: one array that both buffers share. A step
   * only reads it; rows change in {@link Recipe#kept}, when the step stands, to values that were
   * checked as entries of a slot.
   */
  int table(String name, int length) {
    int slot = slot(name, length);
    tables.add(slot);
    return slot;
  }

  /**
   * Declares a vector that a step may leave alone: before a step it is copied from the state the
   * step starts from, as counters are. From checkpoints that lack it, it starts at 0.
   */
  int carriedSlot(String name, int length) {
    int slot = laterSlot(name, length);
    carried.add(slot);
    return slot;
  }

  /** A counter that is part of the state but tells a reader nothing. */
  int hiddenCounter(String name) {
    int counter = counter(name);
    hidden.add(counter);
    return counter;
  }

  /** A hidden counter that checkpoints may lack; it starts at 0 from those. */
  int laterHiddenCounter(String name) {
    later.add(name);
    return hiddenCounter(name);
  }

  /** A slot that checkpoints of earlier versions lack; it starts at 0 from those. */
  int laterSlot(String name, int length) {
    later.add(name);
    return slot(name, length);
  }

  /** A counter that checkpoints of earlier versions lack; it starts at 0 from those. */
  int laterCounter(String name) {
    later.add(name);
    return counter(name);
  }

  State allocate() {
    double[][] slots = new double[names.size()][];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = new double[lengths.get(i)];
    }
    return new State(slots, new long[counters.size()]);
  }

  /** The second buffer: arrays of its own, but for the tables. */
  State allocateBeside(State other) {
    double[][] slots = new double[names.size()][];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = tables.contains(i) ? other.slots[i] : new double[lengths.get(i)];
    }
    return new State(slots, new long[counters.size()]);
  }

  boolean isTable(int slot) {
    return tables.contains(slot);
  }

  boolean isHidden(int counter) {
    return hidden.contains(counter);
  }

  int length(int slot) {
    return lengths.get(slot);
  }

  int slots() {
    return names.size();
  }

  String slotName(int slot) {
    return names.get(slot);
  }

  int counters() {
    return counters.size();
  }

  String counterName(int counter) {
    return counters.get(counter);
  }

  /** Copies the counters, and what steps may leave alone. */
  void carry(State from, State to) {
    System.arraycopy(from.counters, 0, to.counters, 0, from.counters.length);
    for (int i = 0; i < carried.size(); i++) {
      Kernels.copy(from.slots[carried.get(i)], to.slots[carried.get(i)]);
    }
  }

  /** Copies the vectors and matrices; tables are the same arrays. */
  void copy(State from, State to) {
    for (int i = 0; i < from.slots.length; i++) {
      if (!isTable(i)) {
        Kernels.copy(from.slots[i], to.slots[i]);
      }
    }
  }

  /** The first slot with an entry that is not finite, or -1; tables only take what was checked. */
  int firstNonFinite(State state) {
    for (int i = 0; i < state.slots.length; i++) {
      if (!isTable(i) && Kernels.firstNonFinite(state.slots[i]) >= 0) {
        return i;
      }
    }
    return -1;
  }

  void save(State state, StateSink sink) {
    for (int i = 0; i < state.slots.length; i++) {
      sink.doubles(names.get(i), state.slots[i], 0, state.slots[i].length);
    }
    for (int i = 0; i < state.counters.length; i++) {
      sink.longs(counters.get(i), state.counters[i]);
    }
  }

  void restore(StateSource source, State state) {
    double[][] read = new double[state.slots.length][];
    for (int i = 0; i < read.length; i++) {
      // a table belongs to the other buffer too: it changes only when all the rest could be read
      read[i] = isTable(i) ? new double[lengths.get(i)] : state.slots[i];
      if (absent(source, names.get(i))) {
        Arrays.fill(read[i], 0);
      } else {
        source.doubles(names.get(i), read[i], 0, read[i].length);
      }
    }
    long[] word = new long[1];
    for (int i = 0; i < state.counters.length; i++) {
      word[0] = 0;
      if (!absent(source, counters.get(i))) {
        source.longs(counters.get(i), word);
      }
      state.counters[i] = word[0];
    }
    for (int table : tables) {
      Kernels.copy(read[table], state.slots[table]);
    }
  }

  private boolean absent(StateSource source, String name) {
    return later.contains(name) && !source.has(name);
  }
}
