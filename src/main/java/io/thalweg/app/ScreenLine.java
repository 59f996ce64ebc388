package io.thalweg.app;

/**
 * One line of a screen: never longer than the screen is wide, coloured where colours are wanted.
 */
final class ScreenLine {
  private static final String END = "\u001b[0m";

  /** How a piece of text looks. */
  enum Style {
    HEAD("\u001b[1m"),
    FAINT("\u001b[2m"),
    CURVE("\u001b[36m"),
    GOOD("\u001b[32m"),
    BAD("\u001b[31m"),
    NOTE("\u001b[33m");

    private final String begin;

    Style(String begin) {
      this.begin = begin;
    }
  }

  private final StringBuilder text = new StringBuilder();
  private final boolean colours;
  private int room;

  ScreenLine(int width, boolean colours) {
    this.room = width;
    this.colours = colours;
  }

  /** Appends as much of a text as there is room for. */
  ScreenLine put(String more) {
    String fitting = fitting(more);
    text.append(fitting);
    return this;
  }

  /** Appends as much of a text as there is room for, in a style. */
  ScreenLine put(String more, Style style) {
    String fitting = fitting(more);
    if (colours && !fitting.isBlank()) {
      text.append(style.begin).append(fitting).append(END);
    } else {
      text.append(fitting);
    }
    return this;
  }

  private String fitting(String more) {
    String fitting = more.length() <= room ? more : more.substring(0, room);
    room -= fitting.length();
    return fitting;
  }

  /** How many characters still fit. */
  int room() {
    return room;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
