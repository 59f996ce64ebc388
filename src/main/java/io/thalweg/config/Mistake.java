package io.thalweg.config;

/**
 * One thing that is wrong in a job file.
 *
 * @param at where the key, or the value, was written
 * @param key dotted path, "" for the file as a whole
 * @param message what was expected and what was found
 */
public record Mistake(Location at, String key, String message) {
  @Override
  public String toString() {
    // the place of an override may end with the key already
    boolean named = key.isEmpty() || at.toString().endsWith(" " + key);
    return at + ": " + (named ? "" : key + ": ") + message;
  }
}
