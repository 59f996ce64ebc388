package io.thalweg.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.thalweg.config.Node.Items;
import io.thalweg.config.Node.Scalar;
import io.thalweg.config.Node.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A tree as YAML for people: secrets masked, references left as they were written. */
final class Effective {
  private static final YAMLMapper YAML =
      new YAMLMapper(
          YAMLFactory.builder()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .disable(YAMLGenerator.Feature.SPLIT_LINES)
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
              .build());

  private static final Pattern ONE_REFERENCE = Pattern.compile("\\$\\{(env|file):[^}]*}");

  private Effective() {}

  /** The text of a tree. */
  static String yaml(Tree tree) {
    try {
      return YAML.writeValueAsString(masked(tree, ""));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values can always be written", e);
    }
  }

  /** A value that may be printed. */
  static @Nullable Object masked(Node node, String key) {
    if (node instanceof Tree tree) {
      Map<String, @Nullable Object> out = new LinkedHashMap<>();
      tree.entries().forEach((k, e) -> out.put(k, masked(e.value(), k)));
      return out;
    }
    if (node instanceof Items items) {
      List<@Nullable Object> out = new ArrayList<>();
      for (Node item : items.items()) {
        out.add(masked(item, key));
      }
      return out;
    }
    Scalar scalar = (Scalar) node;
    if (Secrets.isSecretKey(key) && !ONE_REFERENCE.matcher(scalar.shown()).matches()) {
      return Secrets.MASK;
    }
    return scalar.secret() ? scalar.shown() : scalar.value();
  }
}
