package io.thalweg.app;

import java.io.Console;

/** Whether a person looks at the output. */
final class Terminal {
  private Terminal() {}

  /** True when stdin and stdout are a terminal; then lines may be repainted. */
  @SuppressWarnings("SystemConsoleNull") // from JDK 22 on there is a console without a terminal
  static boolean isInteractive() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException olderJdk) {
      return true;
    }
  }
}
