package io.thalweg.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.thalweg.pipeline.ControlState;
import io.thalweg.pipeline.Stage;
import io.thalweg.pipeline.Steered;
import io.thalweg.stream.Event;
import io.thalweg.telemetry.Check;
import io.thalweg.telemetry.Commits;
import io.thalweg.telemetry.Facts;
import io.thalweg.telemetry.Journal;
import io.thalweg.telemetry.LaneLook;
import io.thalweg.telemetry.Letter;
import io.thalweg.telemetry.Look;
import io.thalweg.telemetry.Note;
import io.thalweg.telemetry.Pause;
import io.thalweg.telemetry.Phase;
import io.thalweg.telemetry.Point;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the page and the probes are told, as JSON and as server-sent events. */
final class Messages {
  /** Partitions a page is told of; a topic of thousands would be a message of its own. */
  static final int MOST_LANES = 200;

  private static final JsonFactory JSON = new JsonFactory();

  private Messages() {}

  private interface Body {
    void write(JsonGenerator out) throws IOException;
  }

  private static byte[] json(Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator out = JSON.createGenerator(bytes)) {
      out.writeStartObject();
      body.write(out);
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail so
    }
    return bytes.toByteArray();
  }

  /** An event with its number, from which a page that comes back goes on. */
  static byte[] event(String kind, long id, byte[] data) {
    return framed("id: " + id + "\nevent: " + kind + "\ndata: ", data);
  }

  /** An event that a page that comes back need not hear again. */
  static byte[] event(String kind, byte[] data) {
    return framed("event: " + kind + "\ndata: ", data);
  }

  private static byte[] framed(String head, byte[] data) {
    byte[] before = head.getBytes(UTF_8);
    byte[] out = new byte[before.length + data.length + 2];
    System.arraycopy(before, 0, out, 0, before.length);
    System.arraycopy(data, 0, out, before.length, data.length);
    out[out.length - 2] = '\n';
    out[out.length - 1] = '\n';
    return out;
  }

  static byte[] hello(Hello hello) {
    return json(
        out -> {
          out.writeStringField("job", hello.job());
          out.writeStringField("method", hello.method());
          out.writeStringField("software", hello.software());
          out.writeBooleanField("control", hello.control());
          out.writeArrayFieldStart("hyper");
          for (Hello.Hyperparameter one : hello.hyperparameters()) {
            out.writeStartObject();
            out.writeStringField("name", one.name());
            bound(out, "lower", one.lower());
            bound(out, "upper", one.upper());
            out.writeEndObject();
          }
          out.writeEndArray();
        });
  }

  private static void bound(JsonGenerator out, String name, @Nullable Double value)
      throws IOException {
    if (value == null) {
      out.writeNullField(name);
    } else {
      number(out, name, value);
    }
  }

  static byte[] point(Point point) {
    return json(
        out -> {
          out.writeNumberField("version", point.version());
          out.writeNumberField("epoch", point.epoch());
          out.writeNumberField("step", point.step());
          out.writeNumberField("time", point.timeMillis());
          out.writeStringField("sha", point.sha256());
          figures(out, "metrics", point.metrics());
          figures(out, "upper", point.upper());
          out.writeArrayFieldStart("events");
          for (Event event : point.events()) {
            out.writeStartObject();
            out.writeStringField("kind", event.kind());
            out.writeNumberField("step", event.step());
            out.writeStringField("text", event.reason());
            out.writeEndObject();
          }
          out.writeEndArray();
        });
  }

  static byte[] letter(Letter letter) {
    return json(
        out -> {
          out.writeStringField("where", letter.where());
          out.writeStringField("reason", letter.reason());
          out.writeNumberField("time", letter.timeMillis());
          out.writeNumberField("total", letter.total());
        });
  }

  static byte[] note(Note note) {
    return json(
        out -> {
          out.writeNumberField("time", note.timeMillis());
          out.writeStringField("kind", note.kind());
          out.writeStringField("text", note.text());
        });
  }

  /** What the aliases stand for; one that is not known is left out. */
  static byte[] aliases(long latest, Journal journal) {
    return json(
        out -> {
          alias(out, "latest", latest);
          alias(out, "best", journal.bestVersion());
          alias(out, "pinned", journal.pinnedVersion());
        });
  }

  private static void alias(JsonGenerator out, String name, long version) throws IOException {
    if (version > 0) {
      out.writeNumberField(name, version);
    }
  }

  /** What commands have made of the job; sent when it changes. */
  static byte[] steering(ControlState control, @Nullable Pause pause) {
    return json(
        out -> {
          out.writeNumberField("stepSizes", control.steered().stepSizes());
          out.writeArrayFieldStart("coordinates");
          List<Steered.Coordinate> all = control.steered().coordinates();
          for (Steered.Coordinate one : all.subList(0, Math.min(all.size(), Point.MOST_NAMES))) {
            out.writeStartObject();
            out.writeStringField("name", one.name());
            number(out, "lower", one.lower());
            number(out, "upper", one.upper());
            out.writeBooleanField("frozen", one.frozen());
            out.writeEndObject();
          }
          out.writeEndArray();
          out.writeNumberField("all", all.size());
          if (control.isPaused()) {
            out.writeObjectFieldStart("pause");
            out.writeNumberField("offset", control.pausedBy());
            if (pause != null && pause.timeMillis() > 0) {
              out.writeNumberField("time", pause.timeMillis());
            }
            if (pause != null && !pause.by().isEmpty()) {
              out.writeStringField("by", pause.by());
            }
            out.writeEndObject();
          }
        });
  }

  static byte[] status(Look look, String leader) {
    Facts facts = look.facts();
    Commits commits = facts.commits();
    Runtime heap = Runtime.getRuntime();
    return json(
        out -> {
          out.writeStringField("state", facts.phase().word());
          if (facts.phase() == Phase.STANDBY && !leader.isEmpty()) {
            out.writeStringField("leader", leader);
          }
          out.writeBooleanField("paused", facts.progress().control().isPaused());
          out.writeBooleanField("ready", look.ready());
          texts(out, "reasons", look.reasons());
          number(out, "rate", look.rate());
          out.writeNumberField("lag", facts.lag());
          out.writeNumberField("commits", commits.count());
          number(out, "commitMillis", commits.lastNanos() / 1e6);
          out.writeNumberField("rejected", look.rejected());
          out.writeNumberField("heapUsed", heap.totalMemory() - heap.freeMemory());
          out.writeNumberField("heapMax", heap.maxMemory());
          out.writeArrayFieldStart("stages");
          for (Stage stage : facts.stages()) {
            out.writeStartObject();
            out.writeStringField("name", stage.name());
            out.writeNumberField("depth", stage.depth());
            out.writeNumberField("capacity", stage.capacity());
            out.writeStringField("note", note(stage, commits));
            out.writeEndObject();
          }
          out.writeEndArray();
          out.writeArrayFieldStart("partitions");
          for (LaneLook lane : facts.lanes().subList(0, lanes(facts))) {
            out.writeStartObject();
            out.writeStringField("topic", lane.topic());
            out.writeNumberField("partition", lane.partition());
            out.writeStringField("role", lane.role());
            out.writeNumberField("next", lane.next());
            out.writeNumberField("end", lane.end());
            out.writeEndObject();
          }
          out.writeEndArray();
        });
  }

  private static int lanes(Facts facts) {
    return Math.min(MOST_LANES, facts.lanes().size());
  }

  private static String note(Stage stage, Commits commits) {
    if (stage.name().equals("commit")) {
      return Math.round(commits.lastNanos() / 1e6) + " ms";
    }
    return stage.capacity() > 0 ? "of " + stage.capacity() : "";
  }

  static byte[] readiness(Look look, boolean asLeader, boolean ready) {
    return json(
        out -> {
          out.writeBooleanField("ready", ready);
          out.writeStringField("state", look.facts().phase().word());
          if (asLeader) {
            out.writeStringField("asked", "leader");
          }
          out.writeArrayFieldStart("checks");
          for (Check check : look.checks()) {
            out.writeStartObject();
            out.writeStringField("name", check.name());
            out.writeBooleanField("ok", check.ok());
            out.writeStringField("detail", check.detail());
            out.writeEndObject();
          }
          out.writeEndArray();
          texts(out, "reasons", look.reasons());
        });
  }

  static byte[] liveness(boolean live) {
    return json(out -> out.writeStringField("status", live ? "live" : "no tick for 30 s"));
  }

  static byte[] refusal(String reason) {
    return json(out -> out.writeStringField("reason", reason));
  }

  /** What became of a command. */
  static byte[] outcome(Commands.Outcome outcome) {
    return json(
        out -> {
          out.writeStringField("outcome", outcome.word());
          whole(out, "step", outcome.step());
          whole(out, "version", outcome.version());
          if (outcome.reason() != null) {
            out.writeStringField("reason", outcome.reason());
          }
        });
  }

  /** A command that is written down and has no answer yet. */
  static byte[] sent(@Nullable Long offset) {
    return json(
        out -> {
          out.writeStringField("outcome", "sent");
          whole(out, "offset", offset);
        });
  }

  private static void whole(JsonGenerator out, String name, @Nullable Long value)
      throws IOException {
    if (value != null) {
      out.writeNumberField(name, value);
    }
  }

  private static void figures(JsonGenerator out, String name, Map<String, Double> figures)
      throws IOException {
    out.writeObjectFieldStart(name);
    for (Map.Entry<String, Double> one : figures.entrySet()) {
      number(out, one.getKey(), one.getValue());
    }
    out.writeEndObject();
  }

  private static void texts(JsonGenerator out, String name, List<String> texts) throws IOException {
    out.writeArrayFieldStart(name);
    for (String text : texts) {
      out.writeString(text);
    }
    out.writeEndArray();
  }

  /** JSON has no word for what is not finite. */
  private static void number(JsonGenerator out, String name, double value) throws IOException {
    if (Double.isFinite(value)) {
      out.writeNumberField(name, value);
    } else {
      out.writeNullField(name);
    }
  }
}
