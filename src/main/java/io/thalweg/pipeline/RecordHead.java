package io.thalweg.pipeline;

import io.thalweg.sample.Level;
import io.thalweg.stream.Header;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the headers of a record say.
 *
 * @param contentType its {@code content-type}, or null
 * @param role its {@link Roles#HEADER}, or null
 * @param level the level that role names, or null
 */
record RecordHead(@Nullable String contentType, @Nullable String role, @Nullable Level level) {
  private static final RecordHead NONE = new RecordHead(null, null, null);

  static RecordHead of(List<Header> headers) {
    if (headers.isEmpty()) {
      return NONE;
    }
    String contentType = null;
    String role = null;
    for (int h = 0; h < headers.size(); h++) {
      Header header = headers.get(h);
      if (header.key().equals("content-type")) {
        contentType = new String(header.value(), StandardCharsets.UTF_8);
      } else if (header.key().equals(Roles.HEADER)) {
        role = new String(header.value(), StandardCharsets.UTF_8);
      }
    }
    return new RecordHead(contentType, role, role == null ? null : Roles.named(role));
  }

  /** Whether its role is none there is: the record is refused whole. */
  boolean namesNoLevel() {
    return role != null && level == null;
  }

  /** The level to read a sample by before its body has been looked at. */
  Level presumed(@Nullable Level ofFeed) {
    return level != null ? level : ofFeed != null ? ofFeed : Level.LOWER;
  }
}
