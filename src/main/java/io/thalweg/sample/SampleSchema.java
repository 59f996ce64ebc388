package io.thalweg.sample;

import java.util.List;

/**
 * What one sample of a level holds. Declared by the problem; the decoder fills a {@link Batch} from
 * bytes by it and the oracle reads the same columns.
 *
 * @param fields the fields, at most one of them a feature row; a column's number is its place here
 * @param sparse whether feature rows are kept as compressed sparse rows (else dense, row-major)
 */
public record SampleSchema(List<Field> fields, boolean sparse) {
  /**
   * Copies the list and checks that there is at most one feature row.
   *
   * @param fields the fields, at most one of them a feature row
   * @param sparse whether feature rows are kept as compressed sparse rows
   */
  public SampleSchema {
    fields = List.copyOf(fields);
    if (fields.stream().filter(f -> f.kind() == Field.Kind.FEATURES).count() > 1) {
      throw new IllegalArgumentException("a sample schema holds at most one feature row");
    }
  }

  /**
   * The column of a field.
   *
   * @param name key of the field
   * @return its place, or -1 when there is none of that name
   */
  public int column(String name) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /**
   * The column of the feature row.
   *
   * @return its place, or -1 when samples have none
   */
  public int featuresColumn() {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).kind() == Field.Kind.FEATURES) {
        return i;
      }
    }
    return -1;
  }
}
