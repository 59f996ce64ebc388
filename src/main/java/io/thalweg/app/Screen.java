package io.thalweg.app;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The terminal as a surface that is painted anew, line by line, in place. */
final class Screen implements AutoCloseable {
  /**
   * What the terminal can show.
   *
   * @param width columns
   * @param height rows
   * @param colours whether to colour
   * @param blocks whether it shows Unicode blocks
   */
  record Look(int width, int height, boolean colours, boolean blocks) {}

  private static final Look USUAL = new Look(80, 24, true, true);
  private static final long LOOK_AGAIN_NANOS = 2_000_000_000L;
  private static final Pattern SIZE = Pattern.compile("(\\d{1,5}) (\\d{1,5})");
  private static final File TERMINAL = new File("/dev/tty");

  private final PrintWriter out;
  private final Map<String, String> env;
  private Look look = USUAL;
  private long lookedAt;
  private boolean looked;
  private int painted;

  Screen(PrintWriter out, Map<String, String> env) {
    this.out = out;
    this.env = env;
  }

  /** What the terminal can show now; its size is asked every two seconds. */
  Look look(long nowNanos) {
    if (!looked || nowNanos - lookedAt > LOOK_AGAIN_NANOS) {
      String size = sizeOfTerminal();
      if (!looked || !size.isBlank()) { // a machine that is too busy to say is as it was
        look = look(env, size, outputCharset());
      }
      looked = true;
      lookedAt = nowNanos;
    }
    return look;
  }

  /**
   * What the environment and the terminal say.
   *
   * @param size what {@code stty size} prints, rows and columns; anything else counts as unknown
   */
  static Look look(Map<String, String> env, String size, Charset charset) {
    Matcher told = SIZE.matcher(size.strip());
    int rows = told.matches() ? Integer.parseInt(told.group(1)) : 0;
    int columns = told.matches() ? Integer.parseInt(told.group(2)) : 0;
    return new Look(
        columns > 0 ? columns : whole(env.get("COLUMNS"), USUAL.width()),
        rows > 0 ? rows : whole(env.get("LINES"), USUAL.height()),
        env.getOrDefault("NO_COLOR", "").isEmpty() && !"dumb".equals(env.get("TERM")),
        charset.canEncode() && charset.newEncoder().canEncode('█'));
  }

  private static int whole(@org.jspecify.annotations.Nullable String word, int otherwise) {
    return word != null && word.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(word) : otherwise;
  }

  /** Paints the lines over those painted before. */
  void paint(List<String> lines) {
    StringBuilder all = new StringBuilder("\u001b[?25l"); // no cursor while it runs up and down
    if (painted > 0) {
      all.append("\u001b[").append(painted).append('A');
    }
    for (String line : lines) {
      all.append('\r').append(line).append("\u001b[K\n");
    }
    all.append("\u001b[J"); // what a longer picture left below
    painted = lines.size();
    out.print(all);
    out.flush();
  }

  /** Leaves the last picture and gives the cursor back. */
  @Override
  public void close() {
    out.print("\u001b[?25h");
    out.flush();
  }

  private static String sizeOfTerminal() {
    if (!TERMINAL.exists()) {
      return "";
    }
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(TERMINAL)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!stty.waitFor(1, TimeUnit.SECONDS)) {
        stty.destroyForcibly();
        return "";
      }
      return new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException noSuchProgram) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  /** How the JVM writes to stdout; JDK 17 knows it by another name than later ones. */
  private static Charset outputCharset() {
    for (String name : new String[] {"stdout.encoding", "sun.stdout.encoding", "native.encoding"}) {
      String charset = System.getProperty(name);
      if (charset != null) {
        try {
          return Charset.forName(charset);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
          return Charset.defaultCharset();
        }
      }
    }
    return Charset.defaultCharset();
  }
}
