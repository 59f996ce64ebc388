package io.thalweg.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * YAML (JSON included) to {@link Node}. Only tokens are read, so that a tag can build nothing;
 * aliases are refused, so that a small file cannot grow into a large one; depth and length are
 * bounded.
 */
final class YamlText {
  private static final int MOST_CHARACTERS = 1 << 20;
  private static final int MOST_DEPTH = 32;

  private static final StreamReadConstraints BOUNDS =
      StreamReadConstraints.builder()
          .maxNestingDepth(MOST_DEPTH)
          .maxStringLength(1 << 16)
          .maxNumberLength(400)
          .build();

  private static final JsonFactory YAML = factory();

  /** JSON is YAML but for tabs, which only JSON takes as indentation. */
  private static final JsonFactory JSON =
      JsonFactory.builder().streamReadConstraints(BOUNDS).build();

  private final String source;
  private final List<Mistake> mistakes;

  private YamlText(String source, List<Mistake> mistakes) {
    this.source = source;
    this.mistakes = mistakes;
  }

  /**
   * Reads a whole file.
   *
   * @param text its characters
   * @param source its name for messages
   * @param mistakes receives what is wrong
   * @return the value, null when it cannot be read or is empty
   */
  static @Nullable Node parse(String text, String source, List<Mistake> mistakes) {
    return new YamlText(source, mistakes).document(text);
  }

  /**
   * Reads the value of an override: a scalar or flow collection.
   *
   * @param text its characters
   * @param source the variable or option
   * @param mistakes receives what is wrong
   * @return the value with the override as the place of all its parts
   */
  static Node value(String text, String source, List<Mistake> mistakes) {
    Location at = Location.of(source);
    List<Mistake> found = new ArrayList<>();
    Node node = new YamlText(source, found).document(text);
    for (Mistake mistake : found) {
      mistakes.add(new Mistake(at, mistake.key(), mistake.message()));
    }
    return node == null ? Node.Scalar.of(at, null, "") : moved(node, at);
  }

  private static Node moved(Node node, Location at) {
    if (node instanceof Node.Tree tree) {
      Node.Tree out = Node.Tree.empty(at);
      tree.entries()
          .forEach((k, e) -> out.entries().put(k, new Node.Entry(at, moved(e.value(), at))));
      return out;
    }
    if (node instanceof Node.Items items) {
      return new Node.Items(at, items.items().stream().map(n -> moved(n, at)).toList());
    }
    Node.Scalar scalar = (Node.Scalar) node;
    return Node.Scalar.of(at, scalar.value(), scalar.raw());
  }

  private @Nullable Node document(String text) {
    if (text.length() > MOST_CHARACTERS) {
      wrong(Location.of(source), "", "longer than " + MOST_CHARACTERS + " characters");
      return null;
    }
    try (JsonParser parser = (json() ? JSON : YAML).createParser(text)) {
      if (parser.nextToken() == null) {
        return null;
      }
      Node root = node(parser, "");
      if (parser.nextToken() != null) {
        wrong(here(parser), "", "expected one document, found a second one");
      }
      return root;
    } catch (JacksonException e) {
      Location at = place(e.getLocation());
      wrong(
          at,
          "",
          "not readable as " + (json() ? "JSON" : "YAML") + ": " + firstLines(e) + hint(text, at));
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean json() {
    return source.endsWith(".json");
  }

  private Node node(JsonParser parser, String path) throws IOException {
    Location at = here(parser);
    if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
      wrong(at, path, "aliases (*" + parser.getText() + ") are not supported: write the value out");
      return Node.Scalar.of(at, null, "");
    }
    Object tag = parser.getTypeId();
    if (tag != null) {
      wrong(at, path, "tags (!" + tag + ") are not supported: write the plain value");
    }
    JsonToken token = parser.currentToken();
    return switch (token) {
      case START_OBJECT -> tree(parser, path, at);
      case START_ARRAY -> items(parser, path, at);
      case VALUE_NULL -> Node.Scalar.of(at, null, "");
      case VALUE_TRUE, VALUE_FALSE ->
          Node.Scalar.of(at, token == JsonToken.VALUE_TRUE, parser.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
          number(parser, path, at, token == JsonToken.VALUE_NUMBER_INT);
      default -> Node.Scalar.of(at, parser.getText(), parser.getText());
    };
  }

  private Node tree(JsonParser parser, String path, Location at) throws IOException {
    Node.Tree tree = Node.Tree.empty(at);
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      Location keyAt = here(parser);
      String key = parser.currentName();
      String full = path.isEmpty() ? key : path + "." + key;
      parser.nextToken();
      Node value = node(parser, full);
      Node.Entry earlier = tree.entries().get(key);
      if (earlier != null) {
        wrong(keyAt, full, "written twice, first in line " + earlier.keyAt().line());
      } else {
        tree.entries().put(key, new Node.Entry(keyAt, value));
      }
    }
    return tree;
  }

  private Node items(JsonParser parser, String path, Location at) throws IOException {
    List<Node> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(node(parser, path + "[" + items.size() + "]"));
    }
    return new Node.Items(at, items);
  }

  private Node number(JsonParser parser, String path, Location at, boolean whole)
      throws IOException {
    String raw = parser.getText();
    try {
      if (whole && parser.getNumberType() != NumberType.BIG_INTEGER) {
        return Node.Scalar.of(at, parser.getLongValue(), raw);
      }
      double value = parser.getDoubleValue();
      if (Double.isFinite(value)) {
        return Node.Scalar.of(at, value, raw);
      }
    } catch (JacksonException e) {
      // .inf and .nan, which YAML calls numbers
    }
    wrong(at, path, "expected a finite number, found " + raw);
    return Node.Scalar.of(at, 0.0, raw);
  }

  private Location here(JsonParser parser) {
    return place(parser.currentTokenLocation());
  }

  private Location place(@Nullable JsonLocation at) {
    return at == null || at.getLineNr() < 1
        ? new Location(source, 1, 1)
        : new Location(source, at.getLineNr(), Math.max(1, at.getColumnNr()));
  }

  private void wrong(Location at, String key, String message) {
    mistakes.add(new Mistake(at, key, message));
  }

  /** A reference without quotes within braces is the one syntax error of ours. */
  private static String hint(String text, Location at) {
    boolean reference =
        text.lines().skip(at.line() - 1L).findFirst().filter(l -> l.contains("${")).isPresent();
    return reference ? "; within { } a reference needs quotes: \"${env:NAME}\"" : "";
  }

  /** The parser's complaint without its quotation of the file, which may hold secrets. */
  private static String firstLines(JacksonException e) {
    String message = e.getOriginalMessage();
    int cut = message.indexOf("\n in ");
    String head = cut < 0 ? message : message.substring(0, cut);
    if (e.getCause() instanceof MarkedYAMLException marked) {
      String context = marked.getContext();
      String problem = marked.getProblem();
      head = (context == null ? "" : context + ": ") + (problem == null ? "" : problem);
    }
    return head.replace('\n', ' ').strip();
  }

  private static YAMLFactory factory() {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(MOST_CHARACTERS);
    options.setMaxAliasesForCollections(0);
    options.setNestingDepthLimit(MOST_DEPTH);
    return YAMLFactory.builder().loaderOptions(options).streamReadConstraints(BOUNDS).build();
  }
}
