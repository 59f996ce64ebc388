package io.thalweg.export;

import io.thalweg.problem.LinearHead;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * A linear model as ONNX: operators of the default domain alone (opset 13), which every runtime
 * has, in float32, which every runtime computes in.
 *
 * <pre>
 * input  features       float [N, n]   numbers of the features in the order of the weights
 * sigmoid: output probability   float [N, 1]  of the positive class;  label int64 [N, 1]
 * softmax: output probabilities float [N, C]  of classes 0 to C-1;    label int64 [N]
 * identity: output prediction   float [N, 1]
 * </pre>
 *
 * <p>Where entries of features count as the ends of a range, the model clips them first. Field
 * numbers are those of {@code onnx.proto}, IR version 7.
 */
public final class OnnxModel {
  private static final int IR_VERSION = 7;
  private static final int OPSET = 13;
  private static final int FLOAT = 1;
  private static final int INT64 = 7;
  private static final int ATTRIBUTE_INT = 2;
  private static final String ROWS = "N";

  private OnnxModel() {}

  /**
   * The file of a model.
   *
   * @param head the model
   * @param low least entry of each feature that counts as it is; empty where all do
   * @param high largest such entry, as many
   * @param version of the snapshot, as the model's own version
   * @param metadata what a reader may ask the file for, by name
   * @return the bytes of a {@code ModelProto}
   */
  public static byte[] of(
      LinearHead head, double[] low, double[] high, long version, Map<String, String> metadata) {
    if (low.length != high.length || (low.length > 0 && low.length != head.features())) {
      throw new IllegalArgumentException(
          "expected a range of each of "
              + head.features()
              + " features, found "
              + low.length
              + " and "
              + high.length
              + " ends");
    }
    ProtoMessage model =
        new ProtoMessage()
            .number(1, IR_VERSION)
            .text(2, "thalweg")
            .number(5, version)
            .message(7, graph(head, low, high))
            .message(8, new ProtoMessage().text(1, "").number(2, OPSET));
    metadata.forEach(
        (name, value) -> model.message(14, new ProtoMessage().text(1, name).text(2, value)));
    return model.toByteArray();
  }

  private static ProtoMessage graph(LinearHead head, double[] low, double[] high) {
    ProtoMessage graph = new ProtoMessage();
    int outputs = head.outputs();
    String score = head.link() == LinearHead.Link.IDENTITY ? "prediction" : "score";
    String row = "features";
    if (low.length > 0) {
      node(graph, "Max", "above", row, "low");
      node(graph, "Min", "within", "above", "high");
      row = "within";
    }
    node(graph, "Gemm", score, row, "weights", "bias");
    switch (head.link()) {
      case IDENTITY -> {}
      case SIGMOID -> {
        node(graph, "Sigmoid", "probability", score);
        node(graph, "Greater", "positive", score, "zero");
        node(graph, attribute("to", INT64), "Cast", "label", "positive");
      }
      case SOFTMAX -> {
        node(graph, attribute("axis", 1), "Softmax", "probabilities", score);
        ProtoMessage argMax = attribute("axis", 1).message(5, integer("keepdims", 0));
        node(graph, argMax, "ArgMax", "label", score);
      }
    }
    graph.text(2, "thalweg");
    graph.message(5, tensor("weights", head.weights(), head.features(), outputs));
    graph.message(5, tensor("bias", head.bias(), outputs));
    if (low.length > 0) {
      graph.message(5, tensor("low", low, low.length));
      graph.message(5, tensor("high", high, high.length));
    }
    if (head.link() == LinearHead.Link.SIGMOID) {
      graph.message(5, tensor("zero", new double[1]));
    }
    graph.message(11, value("features", FLOAT, head.features()));
    switch (head.link()) {
      case IDENTITY -> graph.message(12, value("prediction", FLOAT, outputs));
      case SIGMOID -> {
        graph.message(12, value("probability", FLOAT, outputs));
        graph.message(12, value("label", INT64, outputs));
      }
      case SOFTMAX -> {
        graph.message(12, value("probabilities", FLOAT, outputs));
        graph.message(12, value("label", INT64));
      }
    }
    return graph;
  }

  private static void node(ProtoMessage graph, String operator, String output, String... inputs) {
    node(graph, new ProtoMessage(), operator, output, inputs);
  }

  /** Fields may come in any order, so the attributes stand first. */
  private static void node(
      ProtoMessage graph,
      ProtoMessage attributes,
      String operator,
      String output,
      String... inputs) {
    for (String input : inputs) {
      attributes.text(1, input);
    }
    graph.message(1, attributes.text(2, output).text(4, operator));
  }

  private static ProtoMessage attribute(String name, long value) {
    return new ProtoMessage().message(5, integer(name, value));
  }

  private static ProtoMessage integer(String name, long value) {
    return new ProtoMessage().text(1, name).number(3, value).number(20, ATTRIBUTE_INT);
  }

  private static ProtoMessage tensor(String name, double[] values, long... shape) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(Float.BYTES, values.length))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      bytes.putFloat((float) value);
    }
    ProtoMessage tensor = new ProtoMessage();
    if (shape.length > 0) {
      tensor.numbers(1, shape);
    }
    return tensor.number(2, FLOAT).text(8, name).bytes(9, bytes.array());
  }

  /** An input or output of as many rows as one likes. */
  private static ProtoMessage value(String name, int type, long... width) {
    ProtoMessage shape = new ProtoMessage().message(1, new ProtoMessage().text(2, ROWS));
    for (long columns : width) {
      shape.message(1, new ProtoMessage().number(1, columns));
    }
    ProtoMessage tensor = new ProtoMessage().number(1, type).message(2, shape);
    return new ProtoMessage().text(1, name).message(2, new ProtoMessage().message(1, tensor));
  }
}
