package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * A compose file with anchors and merges resolved, as compose does.
 *
 * @param tree all of it
 */
record ComposeFile(JsonNode tree) {
  static ComposeFile read(Path file) throws IOException {
    Object tree = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
    return new ComposeFile(new ObjectMapper().valueToTree(tree));
  }

  JsonNode service(String name) {
    JsonNode service = tree.at("/services/" + name);
    assertThat(service.isObject()).as("service " + name).isTrue();
    return service;
  }

  Map<String, String> environment(String name) {
    Map<String, String> out = new TreeMap<>();
    service(name)
        .path("environment")
        .properties()
        .forEach(entry -> out.put(entry.getKey(), entry.getValue().asText()));
    return out;
  }

  List<String> command(String name) {
    return texts(service(name).get("command"));
  }

  static List<String> texts(JsonNode list) {
    List<String> out = new ArrayList<>();
    list.forEach(each -> out.add(each.asText()));
    return out;
  }
}
