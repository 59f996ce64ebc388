package io.thalweg.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.thalweg.pipeline.ControlState;
import io.thalweg.pipeline.Steered;
import io.thalweg.stream.Event;
import io.thalweg.telemetry.Pause;
import io.thalweg.telemetry.Phase;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page as a person meets it, in a browser; where there is none, this is left out. */
@Timeout(300)
class PageBrowserIT {
  /** What the browser says of a stream while there is no server. */
  private static final String REFUSED_CONNECTION =
      "/stream - Failed to load resource: net::ERR_CONNECTION_REFUSED";

  @TempDir private Path folder;

  @Test
  void it_draws_answers_clicks_fits_a_phone_and_comes_back() throws Exception {
    assumeTrue(
        Browser.isInstalled(),
        "left out: the page is tested in chromium with chromedriver, and PATH has not both");
    ShownJob job = new ShownJob();
    job.is(Phase.RUNNING);
    for (int i = 0; i < 40; i++) {
      job.commits();
    }
    job.refuses(17, "x must have length 51, but had 12 <img src=x onerror=alert(1)>");
    PageServer server = job.serve(0);
    int port = server.port();
    try (Browser browser = Browser.open(folder)) {
      browser.size(1280, 900);
      browser.go("http://127.0.0.1:" + port + "/");
      browser.until("document.getElementById('version').textContent === '40'");

      // it shows what came
      assertThat(browser.script("return document.title").asText()).isEqualTo("bank · Thalweg");
      browser.until("document.getElementById('state').textContent === 'running'");
      for (String chart : new String[] {"losses", "norms", "hyper"}) {
        assertThat(drawn(browser, chart)).as(chart).isGreaterThan(200);
      }
      assertThat(browser.script("return document.querySelectorAll('#snapshots tbody tr').length"))
          .hasToString("40");
      assertThat(browser.script("return document.querySelector('#events').textContent").asText())
          .contains("page-hinkley");
      assertThat(browser.script("return document.querySelector('#letters').textContent").asText())
          .as("text, never markup")
          .contains("<img src=x");
      assertThat(browser.script("return document.querySelector('#letters img')").isNull()).isTrue();
      assertThat(
              browser.script("return document.querySelector('#partitions').textContent").asText())
          .contains("bank.calls-0", "train");

      // it does what is clicked
      long before = picture(browser, "losses");
      browser.click("#losses-log");
      browser.until("document.getElementById('losses-log').checked");
      waitForChange(browser, "losses", before);
      long log = picture(browser, "losses");
      browser.script(
          "const s = document.getElementById('smoothing'); s.value = '0';"
              + " s.dispatchEvent(new Event('input'))");
      waitForChange(browser, "losses", log);
      browser.click("#snapshots tbody tr:nth-child(1) input");
      browser.click("#snapshots tbody tr:nth-child(6) input");
      browser.until("!document.getElementById('diff').hidden");
      assertThat(
              browser.script("return document.getElementById('diff-title').textContent").asText())
          .isEqualTo("From version 35 to 40");
      assertThat(
              browser.script("return document.getElementById('diff-table').textContent").asText())
          .contains("l2", "metrics.upper-loss");

      // it fits
      assertThat(sideways(browser)).as("a desk").isZero();
      browser.size(390, 844);
      browser.until("document.documentElement.clientWidth === 390");
      assertThat(sideways(browser)).as("a phone").isZero();
      assertThat(drawn(browser, "losses")).isGreaterThan(200);
      browser.size(1280, 900);

      // nothing was refused by its own policy, nothing failed
      assertThat(browser.console("SEVERE")).isEmpty();

      // and it comes back
      server.close();
      browser.until("document.getElementById('state').textContent === 'reconnecting'");
      job.commits();
      server = job.serve(port);
      job.commits();
      browser.until("document.getElementById('version').textContent === '42'");
      browser.until("document.getElementById('state').textContent === 'running'");
      assertThat(
              browser
                  .script(
                      "return [...document.querySelectorAll('#snapshots tbody tr')]"
                          + ".map(r => r.cells[1].textContent.match(/^[0-9]+/)[0])"
                          + ".slice(0, 3).join()")
                  .asText())
          .as("each once")
          .isEqualTo("42,41,40");
      assertThat(browser.console("SEVERE"))
          .allSatisfy(line -> assertThat(line).contains(REFUSED_CONNECTION));
    } finally {
      server.close();
    }
  }

  @Test
  void what_commands_set_is_shown_and_marks_that_lie_together_say_all_when_pointed_at()
      throws Exception {
    assumeTrue(
        Browser.isInstalled(),
        "left out: the page is tested in chromium with chromedriver, and PATH has not both");
    ShownJob job = new ShownJob();
    job.is(Phase.RUNNING);
    for (int i = 0; i < 20; i++) {
      job.commits(
          List.of(
              new Event(20L * i, "control", "step sizes are 0." + i + " of the job's", Map.of()),
              new Event(20L * i, "drift", "page-hinkley: number " + i, Map.of())));
    }
    PageServer server = job.serve(0);
    try (Browser browser = Browser.open(folder)) {
      browser.size(1280, 900);
      browser.go("http://127.0.0.1:" + server.port() + "/");
      browser.until("document.getElementById('version').textContent === '20'");
      browser.until("document.querySelectorAll('#hyper tbody tr').length === 2");
      assertThat(rowOf(browser, "l2")).doesNotContain("frozen", "command");

      job.isSteered(
          new ControlState(
              17,
              3,
              0,
              new Steered(
                  0.5,
                  List.of(
                      new Steered.Coordinate("l2", 0.01, 0.04, false),
                      new Steered.Coordinate(
                          "step-size",
                          Double.NEGATIVE_INFINITY,
                          Double.POSITIVE_INFINITY,
                          true)))));
      job.journal.pause(new Pause(17, 1_700_000_000_000L, "ann"));
      job.commits();
      browser.until("document.getElementById('steered').textContent.includes('frozen')");
      browser.until("document.getElementById('version').textContent === '21'");
      assertThat(text(browser, "steered")).contains("step sizes × 0.5", "1 frozen", "1 bounded");
      assertThat(rowOf(browser, "l2")).contains("by command");
      assertThat(rowOf(browser, "step-size")).contains("frozen");
      assertThat(browser.script("return document.querySelector('#hyper .bar').title").asText())
          .isEqualTo("0.01 to 0.04, set by a command");
      assertThat(text(browser, "notice-paused")).startsWith("Paused by ann at ").contains("17");

      // forty marks: none is written over another, and each says what it is
      for (int width : new int[] {1280, 390}) {
        browser.size(width, 900);
        browser.until("innerWidth === " + width);
        browser.until("document.querySelector('#chart-losses .u-over').clientWidth < " + width);
        String said =
            browser
                .script(
                    "const o = document.querySelector('#chart-losses .u-over');"
                        + " const r = o.getBoundingClientRect(); const said = new Set();"
                        + " for (let x = 1; x < r.width; x += 3) {"
                        + "   o.dispatchEvent(new PointerEvent('pointermove', {bubbles: true,"
                        + "     pointerType: 'mouse', clientX: r.left + x, clientY: r.top + 60}));"
                        + "   const b = o.querySelector('.bubble');"
                        + "   if (!b.hidden) {"
                        + "     const at = b.getBoundingClientRect();"
                        + "     if (at.left < r.left - 1 || at.right > r.right + 1)"
                        + "       said.add('outside at ' + x);"
                        + "     said.add(b.textContent);"
                        + "   } }"
                        + " return [...said].join('|')")
                .asText();
        assertThat(said).doesNotContain("outside").contains("page-hinkley: number 3");
        assertThat(said).contains("step sizes are 0.3 of the job's");
      }
      assertThat(sideways(browser)).as("a phone").isZero();
      assertThat(browser.console("SEVERE")).isEmpty();
    } finally {
      server.close();
    }
  }

  @Test
  void a_standby_says_so_and_a_chart_with_nothing_to_show_says_that() throws Exception {
    assumeTrue(
        Browser.isInstalled(),
        "left out: the page is tested in chromium with chromedriver, and PATH has not both");
    ShownJob job = new ShownJob();
    job.is(Phase.STANDBY);
    job.journal.leader("tuner-0");
    PageServer server = job.serve(0);
    try (Browser browser = Browser.open(folder)) {
      browser.size(390, 844);
      browser.go("http://127.0.0.1:" + server.port() + "/");
      browser.until("!document.getElementById('notice-standby').hidden");
      assertThat(text(browser, "notice-standby")).contains("stands by: tuner-0 leads");
      assertThat(text(browser, "tile-rate")).isEqualTo("–");
      assertThat(text(browser, "stages")).isEqualTo("this instance reads nothing");
      assertThat(text(browser, "chart-losses"))
          .isEqualTo("Nothing to show before the first snapshot.");
      job.commits();
      browser.until("document.querySelector('#chart-losses canvas')");
      browser.script(
          "const f = document.getElementById('filter'); f.value = 'nobody';"
              + " f.dispatchEvent(new Event('input'))");
      browser.until(
          "document.getElementById('chart-hyper').textContent === 'No hyperparameter is called"
              + " so.'");
      job.is(Phase.RUNNING);
      browser.until("document.getElementById('notice-standby').hidden");
      assertThat(sideways(browser)).as("a phone").isZero();
    } finally {
      server.close();
    }
  }

  private static String text(Browser browser, String id) throws Exception {
    return browser.script("return document.getElementById('" + id + "').textContent").asText();
  }

  private static String rowOf(Browser browser, String name) throws Exception {
    return browser
        .script(
            "return [...document.querySelectorAll('#hyper tbody tr')]"
                + ".find(r => r.cells[0].textContent === '"
                + name
                + "').textContent")
        .asText();
  }

  private static String canvas(String chart) {
    return "document.querySelector('#chart-" + chart + " canvas')";
  }

  /** Points of a chart that are not empty. */
  private static long drawn(Browser browser, String chart) throws Exception {
    browser.until(canvas(chart));
    return browser
        .script(
            "const c = "
                + canvas(chart)
                + "; const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
                + " let n = 0; for (let i = 3; i < d.length; i += 4) if (d[i] > 0) n++; return n")
        .asLong();
  }

  /** A sum that changes with what a chart shows. */
  private static long picture(Browser browser, String chart) throws Exception {
    return browser
        .script(
            "const c = "
                + canvas(chart)
                + "; const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
                + " let h = 7; for (let i = 0; i < d.length; i++) h = (h * 31 + d[i]) % 1000003;"
                + " return h")
        .asLong();
  }

  private static void waitForChange(Browser browser, String chart, long before) throws Exception {
    for (int i = 0; i < 200 && picture(browser, chart) == before; i++) {
      Thread.sleep(50);
    }
    assertThat(picture(browser, chart)).as("%s is drawn anew", chart).isNotEqualTo(before);
  }

  private static int sideways(Browser browser) throws Exception {
    return browser
        .script(
            "const d = document.documentElement;"
                + " return Math.max(0, d.scrollWidth - d.clientWidth)")
        .asInt();
  }
}
