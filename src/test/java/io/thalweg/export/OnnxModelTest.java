package io.thalweg.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.problem.LinearHead;
import io.thalweg.problem.LinearHead.Link;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The files among the resources were loaded and run by onnxruntime and passed the checker of onnx;
 * here their bytes and what they say, field by field.
 */
class OnnxModelTest {
  private static final double[] NONE = {};
  private static final Map<String, String> METADATA = Map.of("job", "churn");

  private static LinearHead head(Link link) {
    return link == Link.SOFTMAX
        ? new LinearHead(
            2, 3, new double[] {0.5, -1, 0.25, 2, 0.125, -3}, new double[] {0.1, 0, -0.1}, link)
        : new LinearHead(3, 1, new double[] {0.5, -1.25, 2}, new double[] {-0.75}, link);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Link.class)
  void a_model_has_the_bytes_that_a_runtime_was_seen_to_run(Link link) throws Exception {
    String file = "/golden-bytes/v1/" + link.name().toLowerCase(java.util.Locale.ROOT) + ".onnx";
    byte[] made = OnnxModel.of(head(link), NONE, NONE, 482, METADATA);
    try (InputStream in = getClass().getResourceAsStream(file)) {
      assertThat(made).isEqualTo(in.readAllBytes());
    }
  }

  @Test
  void features_with_a_range_are_clipped_before_they_are_scored() throws Exception {
    double[] low = {-1, -0.5, 0};
    double[] high = {1, 0.5, 0.25};
    byte[] made = OnnxModel.of(head(Link.SIGMOID), low, high, 482, METADATA);
    try (InputStream in = getClass().getResourceAsStream("/golden-bytes/v1/clipped.onnx")) {
      assertThat(made).isEqualTo(in.readAllBytes());
    }
    Fields graph = new Fields(made).message(7);
    assertThat(graph.messages(1).stream().map(n -> n.text(4)))
        .startsWith("Max", "Min", "Gemm", "Sigmoid");
    assertThatThrownBy(() -> OnnxModel.of(head(Link.SIGMOID), NONE, high, 482, METADATA))
        .hasMessageContaining("found 0 and 3 ends");
  }

  @Test
  void a_model_of_classes_says_what_it_is_field_by_field() {
    Fields model = new Fields(OnnxModel.of(head(Link.SOFTMAX), NONE, NONE, 482, METADATA));
    assertThat(model.number(1)).as("IR version").isEqualTo(7);
    assertThat(model.text(2)).isEqualTo("thalweg");
    assertThat(model.number(5)).as("model version").isEqualTo(482);
    assertThat(model.message(8).number(2)).as("opset").isEqualTo(13);
    assertThat(model.message(14).text(1)).isEqualTo("job");
    assertThat(model.message(14).text(2)).isEqualTo("churn");
    Fields graph = model.message(7);
    List<String> operators = graph.messages(1).stream().map(n -> n.text(4)).toList();
    assertThat(operators).containsExactly("Gemm", "Softmax", "ArgMax");
    Fields weights = graph.messages(5).get(0);
    assertThat(weights.text(8)).isEqualTo("weights");
    assertThat(weights.bytes(1)).as("dims, packed").containsExactly(2, 3);
    float[] values = new float[6];
    ByteBuffer.wrap(weights.bytes(9)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    assertThat(values).containsExactly(0.5f, -1, 0.25f, 2, 0.125f, -3);
    assertThat(graph.message(11).text(1)).isEqualTo("features");
    assertThat(graph.messages(12).stream().map(o -> o.text(1)))
        .containsExactly("probabilities", "label");
  }

  /** A message of protocol buffers, read by a program of its own. */
  private static final class Fields {
    private final List<Integer> numbers = new ArrayList<>();
    private final List<Object> values = new ArrayList<>();

    Fields(byte[] message) {
      ByteBuffer in = ByteBuffer.wrap(message);
      while (in.hasRemaining()) {
        long key = varint(in);
        numbers.add((int) (key >>> 3));
        if ((key & 7) == 0) {
          values.add(varint(in));
        } else {
          assertThat(key & 7).isEqualTo(2);
          byte[] bytes = new byte[(int) varint(in)];
          in.get(bytes);
          values.add(bytes);
        }
      }
    }

    private static long varint(ByteBuffer in) {
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        byte next = in.get();
        value |= (long) (next & 0x7f) << shift;
        if (next >= 0) {
          return value;
        }
      }
    }

    private Object first(int field) {
      return values.get(numbers.indexOf(field));
    }

    long number(int field) {
      return (long) first(field);
    }

    byte[] bytes(int field) {
      return (byte[]) first(field);
    }

    String text(int field) {
      return new String(bytes(field), UTF_8);
    }

    Fields message(int field) {
      return new Fields(bytes(field));
    }

    List<Fields> messages(int field) {
      List<Fields> out = new ArrayList<>();
      for (int i = 0; i < numbers.size(); i++) {
        if (numbers.get(i) == field) {
          out.add(new Fields((byte[]) values.get(i)));
        }
      }
      return out;
    }
  }
}
