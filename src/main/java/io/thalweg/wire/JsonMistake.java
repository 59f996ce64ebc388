package io.thalweg.wire;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is wrong with a text that is no JSON, in words for whoever wrote it. */
public final class JsonMistake {
  private static final Pattern CHARACTER =
      Pattern.compile("^Unexpected character \\((.+?) \\(code \\d+");
  private static final Pattern TOKEN = Pattern.compile("^Unrecognized token ('.*?')");
  private static final Pattern DUPLICATE = Pattern.compile("^Duplicate field ('.*?')");

  private JsonMistake() {}

  /**
   * A complaint with its place.
   *
   * @param failure of the parser
   * @return for example {@code not JSON at line 1, column 2: it ends too early}
   */
  public static String words(JsonProcessingException failure) {
    JsonLocation at = failure.getLocation();
    return "not JSON"
        + (at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr())
        + ": "
        + what(failure);
  }

  private static String what(JsonProcessingException failure) {
    String said = String.valueOf(failure.getOriginalMessage());
    if (failure instanceof JsonEOFException) {
      return "it ends too early";
    }
    if (failure instanceof StreamConstraintsException) {
      return "it is nested too deep, or has a name or number that is too long";
    }
    if (failure instanceof MismatchedInputException) {
      return "there is more after its end";
    }
    Matcher character = CHARACTER.matcher(said);
    if (character.find()) {
      return "unexpected " + character.group(1);
    }
    Matcher token = TOKEN.matcher(said);
    if (token.find()) {
      return "unexpected " + token.group(1);
    }
    Matcher duplicate = DUPLICATE.matcher(said);
    return duplicate.find() ? "the key " + duplicate.group(1) + " is there twice" : "a mistake";
  }
}
