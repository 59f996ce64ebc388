package io.thalweg.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;

/**
 * Asks a running job how it is: what {@code curl --fail} does, for images without curl or a shell.
 * A main class of its own, because a container asks again and again: it loads nothing but this
 * class and the JDK's own.
 */
public final class Health {
  private static final int PATIENCE_MILLIS = 5_000;
  private static final int MOST_BYTES = 64 << 10;
  private static final String DEFAULT_PORT = "8080";

  private Health() {}

  /**
   * Ends with 0 when the job answers well, else with 1.
   *
   * @param args the address to ask; without one {@code /healthz} on this machine, at {@code
   *     THALWEG_HTTP_PORT} or 8080
   */
  public static void main(String[] args) {
    System.exit(check(args.length > 0 ? args[0] : address("/healthz"), System.out));
  }

  /** An address of the job on this machine. */
  static String address(String path) {
    String port = System.getenv("THALWEG_HTTP_PORT");
    return "http://127.0.0.1:" + (port == null ? DEFAULT_PORT : port) + path;
  }

  /**
   * Asks once and prints the answer.
   *
   * @return {@link ExitCode#OK} for an answer of 200 to 299, {@link ExitCode#USAGE} for no http
   *     address, else {@link ExitCode#FAILURE}
   */
  static int check(String address, PrintStream out) {
    try {
      URI uri = new URI(address);
      if (!"http".equals(uri.getScheme()) || uri.getHost() == null) {
        throw new URISyntaxException(address, "expected http://HOST:PORT/PATH");
      }
      HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
      connection.setConnectTimeout(PATIENCE_MILLIS);
      connection.setReadTimeout(PATIENCE_MILLIS);
      connection.setInstanceFollowRedirects(false);
      int status = connection.getResponseCode();
      out.println(status + " " + body(connection, status));
      connection.disconnect();
      return status >= 200 && status < 300 ? ExitCode.OK : ExitCode.FAILURE;
    } catch (IOException e) {
      out.println(address + " does not answer: " + e.getMessage());
      return ExitCode.FAILURE;
    } catch (URISyntaxException e) {
      out.println(e.getReason() + ", but was " + address);
      return ExitCode.USAGE;
    }
  }

  private static String body(HttpURLConnection connection, int status) throws IOException {
    try (InputStream in =
        status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      return in == null
          ? ""
          : new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).strip();
    }
  }
}
