package io.thalweg.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.thalweg.stream.FeatureRange;
import io.thalweg.stream.Snapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SnapshotSchemaTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private static final Schema SCHEMA = REGISTRY.getSchema(SnapshotCodec.schema());

  @ParameterizedTest(name = "{0}")
  @EnumSource
  void what_is_written_is_valid(SnapshotCodec.Vectors vectors) throws IOException {
    for (Snapshot snapshot : written()) {
      JsonNode written =
          JSON.readTree(new SnapshotCodec(vectors).encode(snapshot, "ab".repeat(32)));
      assertThat(SCHEMA.validate(written)).isEmpty();
      for (var names = written.fieldNames(); names.hasNext(); ) {
        String name = names.next();
        assertThat(JSON.readTree(SnapshotCodec.schema()).at("/properties/" + name).isObject())
            .as("the schema describes " + name)
            .isTrue();
      }
    }
  }

  private static List<Snapshot> written() {
    List<Snapshot> out = new ArrayList<>();
    for (int length : new int[] {0, 3, 65}) {
      out.add(Specimens.snapshot(1, new double[length]));
      out.add(Specimens.portfolio(1, new double[length]));
      out.add(
          Specimens.ranged(
              1, new FeatureRange(new double[length], new double[length]), new double[length]));
    }
    return out;
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"version\":1 | \"version\":0",
        "\"y\":[1.0] | \"y\":[\"1\"]",
        "\"y\":[1.0] | \"y\":{\"dtype\":\"<f4\",\"shape\":[1],\"data\":\"\"}",
        "\"previous\":\"\" | \"previous\":\"abc\"",
        "\"software\":\"0.1.0\" | \"hardware\":1",
        "\"lower\":[100,[105,3]] | \"lower\":[100,[105]]",
        "[1,[0,1,1,5]] | [0,[0,1,1,5]]",
        "\"name\":\"reference\" | \"name\":1",
        "\"weight\":0.5 | \"weight\":-0.5",
        "\"weight\":0.5 | \"share\":0.5",
        "\"y\":[0.6666666666666667] | \"y\":{\"dtype\":\"<f8\",\"shape\":[1]}",
        "\"members\":[{ | \"members\":[],\"were\":[{",
      })
  void what_is_not_a_snapshot_is_not_valid(String from, String to) throws IOException {
    String good =
        new String(
            new SnapshotCodec(SnapshotCodec.Vectors.COMPACT).encode(Specimens.portfolio(1, 1), ""),
            StandardCharsets.US_ASCII);
    assertThat(good).contains(from);
    assertThat(SCHEMA.validate(JSON.readTree(good.replace(from, to)))).isNotEmpty();
  }

  @Test
  void it_is_valid_against_the_meta_schema() throws IOException {
    Schema meta =
        REGISTRY.getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
    assertThat(meta.validate(JSON.readTree(SnapshotCodec.schema()))).isEmpty();
  }
}
