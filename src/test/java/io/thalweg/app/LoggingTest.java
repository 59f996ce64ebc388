package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Looks at the configuration that ships, in a context of its own. */
class LoggingTest {
  private final LoggerContext context = new LoggerContext();
  private final PrintStream before = System.err;
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private void configure() throws Exception {
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    context.setMDCAdapter(new LogbackMDCAdapter());
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(Objects.requireNonNull(LoggingTest.class.getResource("/logback.xml")));
  }

  @AfterEach
  void restore() {
    context.stop();
    System.setErr(before);
  }

  private String logged() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void slf4j_is_bound_to_logback() {
    assertThat(LoggerFactory.getILoggerFactory()).isInstanceOf(LoggerContext.class);
  }

  @Test
  void readers_of_the_page_that_go_away_are_no_warning() throws Exception {
    configure();
    for (String name : List.of("http.server.HttpServerOperations", "channel.FluxReceive")) {
      context.getLogger("reactor.netty." + name).warn("Connection reset");
    }
    context.getLogger("reactor.netty.channel.FluxReceive").error("kept");
    assertThat(logged()).contains("kept").doesNotContain("Connection reset");
  }

  @Test
  void info_goes_to_stderr_and_details_do_not() throws Exception {
    configure();
    context.getLogger("io.thalweg.app.Thalweg").info("kept {}", 1);
    context.getLogger("io.thalweg.app.Thalweg").debug("dropped");
    assertThat(logged()).contains("INFO", "Thalweg: kept 1").doesNotContain("dropped");
    assertThat(context.getLogger("ROOT").getLevel()).isEqualTo(Level.INFO);
  }

  @Test
  void the_clients_are_quiet_by_default() throws Exception {
    configure();
    context.getLogger("org.apache.kafka.clients.consumer").info("chatter");
    context.getLogger("org.apache.kafka.clients.consumer").warn("trouble");
    assertThat(logged()).contains("trouble").doesNotContain("chatter");
  }

  @Test
  void a_refusal_that_its_sender_is_told_is_not_logged_by_the_client_too() throws Exception {
    configure();
    Logger sender = context.getLogger("org.apache.kafka.clients.producer.internals.Sender");
    sender.error("refused", new ClusterAuthorizationException("no"));
    sender.error("broken", new IllegalStateException("no"));
    assertThat(logged()).contains("broken").doesNotContain("refused");
  }

  @Test
  void a_message_cannot_fake_a_second_line() throws Exception {
    configure();
    context.getLogger("io.thalweg").warn("key {}", "a\r\n2026-01-01 ERROR forged");
    assertThat(logged().lines()).hasSize(1);
  }

  @Test
  void a_message_cannot_move_the_cursor() throws Exception {
    configure();
    context.getLogger("io.thalweg").warn("key {}", "a\u001b[2Jb\u009b1mc");
    assertThat(logged()).contains("key a [2Jb 1mc").doesNotContain("\u001b", "\u009b");
  }

  @Test
  void a_json_line_says_what_a_text_line_says() throws Exception {
    configure();
    Logging.apply(context, Logging.Format.json, false);
    Logging.tag(context, "job", "churn");
    context.getLogger("io.thalweg.app.Run").info("step {}, {} samples/s", 12, "3,400");
    JsonNode line = new ObjectMapper().readTree(logged());
    assertThat(line.get("message").asText()).isEqualTo("step 12, 3,400 samples/s");
    assertThat(line.get("time").asText()).matches("20\\d\\d-\\d\\d-\\d\\dT[\\d:]{8}\\.\\d{3}Z");
    assertThat(line.get("job").asText()).isEqualTo("churn");
    List<String> keys = new ArrayList<>();
    line.fieldNames().forEachRemaining(keys::add);
    assertThat(keys).containsExactly("time", "level", "job", "logger", "thread", "message");
  }

  @Test
  void a_json_line_is_one_line_whatever_is_logged() throws Exception {
    configure();
    Logging.apply(context, Logging.Format.json, false);
    context
        .getLogger("io.thalweg.app")
        .warn("a \"quoted\"\nline, half a pair \ud83d", new IllegalStateException("x"));
    assertThat(logged().lines()).hasSize(1);
    JsonNode line = new ObjectMapper().readTree(logged());
    assertThat(line.get("level").asText()).isEqualTo("WARN");
    assertThat(line.get("message").asText()).startsWith("a \"quoted\"\nline");
    assertThat(line.get("error").asText())
        .startsWith("java.lang.IllegalStateException: x")
        .contains("\tat io.thalweg.app.LoggingTest.");
  }

  @Test
  void asking_twice_for_json_changes_nothing() throws Exception {
    configure();
    Logging.apply(context, Logging.Format.json, false);
    Object first = encoder();
    Logging.apply(context, Logging.Format.json, false);
    assertThat(encoder()).isInstanceOf(JsonLogLines.class).isSameAs(first);
  }

  @Test
  void verbose_shows_details_of_ours_and_the_clients() throws Exception {
    configure();
    Logging.apply(context, Logging.Format.text, true);
    context.getLogger("io.thalweg.kafka").debug("detail");
    context.getLogger("org.apache.kafka.clients").info("chatter");
    assertThat(logged()).contains("detail", "chatter");
  }

  private Object encoder() {
    return ((ConsoleAppender<ILoggingEvent>) context.getLogger("ROOT").getAppender("stderr"))
        .getEncoder();
  }
}
