package io.thalweg.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/** A secret that whoever commands the job must show. It is compared and never printed. */
public final class Token {
  /** Fewer characters can be guessed. */
  public static final int FEWEST = 16;

  private final byte[] bytes;

  /**
   * A token.
   *
   * @param text at least {@link #FEWEST} characters
   */
  public Token(String text) {
    if (text.length() < FEWEST) {
      throw new IllegalArgumentException(
          "a token must have at least " + FEWEST + " characters, but had " + text.length());
    }
    this.bytes = text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Compares, in a time that does not depend on where the two differ.
   *
   * @param shown what somebody shows
   * @return whether it is this token
   */
  public boolean matches(String shown) {
    return MessageDigest.isEqual(shown.getBytes(StandardCharsets.UTF_8), bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Token token && MessageDigest.isEqual(token.bytes, bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return Secrets.MASK;
  }
}
