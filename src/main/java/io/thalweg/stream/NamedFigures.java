package io.thalweg.stream;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names and their values side by side, in the order of the names: a map that holds no object per
 * entry. The names are made once and shared by all that carry values for them; entries come into
 * being while one looks at them. Finding a value by name looks at all names.
 */
public final class NamedFigures extends AbstractMap<String, Double> {
  private final String[] names;
  private final double[] values;

  /**
   * A view of two arrays; neither may be modified any more.
   *
   * @param names distinct names
   * @param values their values, of the same number
   */
  public NamedFigures(String[] names, double[] values) {
    if (names.length != values.length) {
      throw new IllegalArgumentException(
          "expected a value for each of " + names.length + " names, found " + values.length);
    }
    this.names = names;
    this.values = values;
  }

  @Override
  public int size() {
    return names.length;
  }

  @Override
  public @Nullable Double get(@Nullable Object name) {
    for (int i = 0; i < names.length; i++) {
      if (names[i].equals(name)) {
        return values[i];
      }
    }
    return null;
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return get(name) != null;
  }

  @Override
  public Set<Map.Entry<String, Double>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return names.length;
      }

      @Override
      public Iterator<Map.Entry<String, Double>> iterator() {
        return new Entries();
      }
    };
  }

  private final class Entries implements Iterator<Map.Entry<String, Double>> {
    private int at;

    @Override
    public boolean hasNext() {
      return at < names.length;
    }

    @Override
    public Map.Entry<String, Double> next() {
      if (at == names.length) {
        throw new NoSuchElementException("there are " + names.length + " names");
      }
      Map.Entry<String, Double> entry = Map.entry(names[at], values[at]);
      at++;
      return entry;
    }
  }
}
