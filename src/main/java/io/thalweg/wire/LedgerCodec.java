package io.thalweg.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Ledgers in JSON, compact and exact:
 *
 * <pre>
 * {"lanes": ["churn.train-0", "churn.validation-0"],          topic, dash, partition; sorted
 *  "from":  {"lower": [64, 0], "upper": [0, [7, 2]], "rejected": [64, 7]},
 *  "to":    {"lower": [128, 0], "upper": [0, 9], "rejected": [128, 9]},
 *  "runs":  [[2, [0, 1, 0, 32, 1, 1, 1, 1]]],
 *  "commands": [{"after": 1, "offset": 17, "text": "{...}"}]}
 * </pre>
 *
 * <p>{@code from} is where every lane stood before the first step and {@code to} where it stands
 * after the last: per lane the next sample for the lower level, for the upper level, and the next
 * one not yet judged. A place is an offset, or {@code [offset, index]} within a record of many
 * samples. A run is {@code [steps, shape]}: so many equal steps, each made of batches {@code level,
 * segments, lane, count, lane, count, ...} with level 0 for lower and 1 for upper, rows in this
 * order. The example: two steps of 32 lower samples from lane 0 and 1 upper sample from lane 1.
 * {@code commands} is left out where there was none: after how many steps of the ledger, the offset
 * of the record in the control topic, and what it says.
 */
final class LedgerCodec {
  private LedgerCodec() {}

  /** A ledger and the positions after it. */
  record Decoded(Ledger ledger, Positions to) {}

  static void write(JsonGenerator json, Ledger ledger, Positions to) throws IOException {
    if (!ledger.from().lanes().equals(to.lanes())) {
      throw new IllegalArgumentException(
          "a ledger begins and ends on the same lanes, but began on "
              + ledger.from().lanes()
              + " and ended on "
              + to.lanes());
    }
    json.writeStartObject();
    json.writeArrayFieldStart("lanes");
    for (Lane lane : to.lanes()) {
      json.writeString(lane.toString());
    }
    json.writeEndArray();
    json.writeFieldName("from");
    writePositions(json, ledger.from());
    json.writeFieldName("to");
    writePositions(json, to);
    json.writeArrayFieldStart("runs");
    for (Ledger.Run run : ledger.runs()) {
      json.writeStartArray();
      json.writeNumber(run.steps());
      json.writeArray(run.shape(), 0, run.shape().length);
      json.writeEndArray();
    }
    json.writeEndArray();
    writeCommands(json, ledger.commands());
    json.writeEndObject();
  }

  private static void writeCommands(JsonGenerator json, List<Ledger.Command> commands)
      throws IOException {
    if (commands.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart("commands");
    for (Ledger.Command command : commands) {
      json.writeStartObject();
      json.writeNumberField("after", command.after());
      json.writeNumberField("offset", command.offset());
      json.writeStringField("text", command.text());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void writePositions(JsonGenerator json, Positions positions) throws IOException {
    json.writeStartObject();
    writePlaces(json, "lower", positions.lower());
    writePlaces(json, "upper", positions.upper());
    writePlaces(json, "rejected", positions.rejected());
    json.writeEndObject();
  }

  private static void writePlaces(JsonGenerator json, String name, List<Position> places)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (Position place : places) {
      if (place.index() == 0) {
        json.writeNumber(place.offset());
      } else {
        json.writeArray(new long[] {place.offset(), place.index()}, 0, 2);
      }
    }
    json.writeEndArray();
  }

  static Decoded read(Json ledger) {
    List<Lane> lanes = new ArrayList<>();
    Json names = ledger.array("lanes");
    for (int i = 0; i < names.size(); i++) {
      lanes.add(lane(names.at(i)));
    }
    Positions from = positions(ledger.object("from"), lanes);
    Positions to = positions(ledger.object("to"), lanes);
    List<Ledger.Run> runs = new ArrayList<>();
    Json written = ledger.array("runs");
    for (int i = 0; i < written.size(); i++) {
      runs.add(run(written.at(i), lanes.size()));
    }
    List<Ledger.Command> commands =
        ledger.node().has("commands") ? commands(ledger.array("commands")) : List.of();
    return new Decoded(new Ledger(from, runs, commands), to);
  }

  private static List<Ledger.Command> commands(Json written) {
    List<Ledger.Command> commands = new ArrayList<>();
    for (int i = 0; i < written.size(); i++) {
      Json command = written.at(i);
      commands.add(
          new Ledger.Command(
              command.get("after").whole(),
              command.get("offset").whole(),
              command.get("text").text()));
    }
    return commands;
  }

  private static Lane lane(Json name) {
    String text = name.text();
    int dash = text.lastIndexOf('-');
    try {
      return new Lane(
          text.substring(0, Math.max(0, dash)),
          Integer.parseInt(text, dash + 1, text.length(), 10));
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw name.wrong("a lane like topic-0");
    }
  }

  private static Positions positions(Json positions, List<Lane> lanes) {
    return new Positions(
        lanes,
        places(positions.array("lower"), lanes.size()),
        places(positions.array("upper"), lanes.size()),
        places(positions.array("rejected"), lanes.size()));
  }

  private static List<Position> places(Json written, int lanes) {
    if (written.size() != lanes) {
      throw written.wrong("one place for each of " + lanes + " lanes");
    }
    List<Position> places = new ArrayList<>(lanes);
    for (int i = 0; i < lanes; i++) {
      Json place = written.at(i);
      if (place.node().isArray() && place.size() == 2) {
        places.add(new Position(place.at(0).whole(), place.at(1).count()));
      } else {
        places.add(new Position(place.whole(), 0));
      }
    }
    return places;
  }

  private static Ledger.Run run(Json written, int lanes) {
    JsonNode node = written.node();
    if (!node.isArray() || node.size() != 2 || !node.get(1).isArray()) {
      throw written.wrong("[steps, [level, segments, lane, count, ...]]");
    }
    int steps = written.at(0).count();
    Json words = written.at(1);
    int[] shape = new int[words.size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = words.at(i).count();
    }
    if (steps < 1 || !isShape(shape, lanes)) {
      throw written.wrong("[steps, [level, segments, lane, count, ...]] over " + lanes + " lanes");
    }
    return new Ledger.Run(steps, shape);
  }

  /** Whether the words are whole batches of known levels over known lanes. */
  private static boolean isShape(int[] shape, int lanes) {
    int i = 0;
    while (i < shape.length) {
      if (shape[i] > 1 || i + 1 >= shape.length) {
        return false;
      }
      int segments = shape[i + 1];
      i += 2;
      if (segments > (shape.length - i) / 2) {
        return false;
      }
      for (int s = 0; s < segments; s++, i += 2) {
        if (shape[i] >= lanes) {
          return false;
        }
      }
    }
    return true;
  }
}
