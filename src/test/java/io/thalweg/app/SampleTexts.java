package io.thalweg.app;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.SampleSchema;
import java.util.ArrayList;
import java.util.List;

/** Rows of batches as the texts that are decoded to the same rows. */
final class SampleTexts {
  private SampleTexts() {}

  /** One row as a JSON object, sparse features as {@code i} and {@code v}. */
  static ObjectNode json(Batch batch, int row) {
    SampleSchema schema = batch.schema();
    ObjectNode sample = JsonNodeFactory.instance.objectNode();
    for (int f = 0; f < schema.fields().size(); f++) {
      Field field = schema.fields().get(f);
      if (isSparse(schema, f)) {
        ArrayNode index = sample.putArray("i");
        ArrayNode value = sample.putArray("v");
        for (int k = batch.rowStart()[row]; k < batch.rowStart()[row + 1]; k++) {
          index.add(batch.index()[k]);
          value.add(batch.value()[k]);
        }
      } else if (field.kind() == Field.Kind.SCALAR) {
        sample.put(field.name(), batch.column(f)[row]);
      } else {
        ArrayNode numbers = sample.putArray(field.name());
        for (int k = 0; k < field.width(); k++) {
          numbers.add(batch.column(f)[row * field.width() + k]);
        }
      }
    }
    return sample;
  }

  /** One row as comma-separated cells, the fields in their order. */
  static String csv(Batch batch, int row) {
    SampleSchema schema = batch.schema();
    List<String> cells = new ArrayList<>();
    for (int f = 0; f < schema.fields().size(); f++) {
      int width = schema.fields().get(f).width();
      double[] numbers = new double[width];
      if (isSparse(schema, f)) {
        for (int k = batch.rowStart()[row]; k < batch.rowStart()[row + 1]; k++) {
          numbers[batch.index()[k]] = batch.value()[k];
        }
      } else {
        System.arraycopy(batch.column(f), row * width, numbers, 0, width);
      }
      for (double number : numbers) {
        cells.add(Double.toString(number));
      }
    }
    return String.join(",", cells);
  }

  private static boolean isSparse(SampleSchema schema, int field) {
    return schema.sparse() && field == schema.featuresColumn();
  }
}
