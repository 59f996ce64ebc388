package io.thalweg.wire;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How the value of a sample record is written. */
public enum SampleFormat {
  /** One JSON object per record. */
  JSON("json", "application/json"),
  /** One line of comma-separated values per record. */
  CSV("csv", "text/csv"),
  /** One or many samples per record as little-endian numbers. */
  BINARY("binary", "application/x-thalweg-sample");

  private final String id;
  private final String contentType;

  SampleFormat(String id, String contentType) {
    this.id = id;
    this.contentType = contentType;
  }

  /**
   * The word in the job file.
   *
   * @return {@code json}, {@code csv} or {@code binary}
   */
  public String id() {
    return id;
  }

  /**
   * The value of the {@code content-type} header.
   *
   * @return the media type without parameters
   */
  public String contentType() {
    return contentType;
  }

  /**
   * The format a job file names.
   *
   * @param id {@code json}, {@code csv} or {@code binary}
   * @return the format, null when there is none of that name
   */
  public static @Nullable SampleFormat named(String id) {
    for (SampleFormat format : values()) {
      if (format.id.equals(id)) {
        return format;
      }
    }
    return null;
  }

  /**
   * The format a {@code content-type} header names; parameters and case do not matter, and {@code
   * +json} types count as JSON.
   *
   * @param contentType value of the header
   * @return the format, null when it is none of ours
   */
  public static @Nullable SampleFormat ofContentType(String contentType) {
    for (SampleFormat format : values()) {
      if (format.contentType.equals(contentType)) {
        return format;
      }
    }
    int end = contentType.indexOf(';');
    String type =
        (end < 0 ? contentType : contentType.substring(0, end)).trim().toLowerCase(Locale.ROOT);
    for (SampleFormat format : values()) {
      if (format.contentType.equals(type)) {
        return format;
      }
    }
    return type.endsWith("+json") ? JSON : null;
  }
}
