package io.thalweg.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.thalweg.telemetry.Phase;
import java.nio.file.Path;
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
