package io.thalweg.page;

import java.util.LinkedHashMap;
import java.util.Map;

/** Wrong tokens by where they came from: after some of them a place is not listened to a while. */
final class Attempts {
  /** Wrong ones a place may show within {@link #WINDOW_NANOS}. */
  static final int MOST = 10;

  static final long WINDOW_NANOS = 60_000_000_000L;

  /** Places that are remembered; of more, those that were seen first are forgotten. */
  private static final int PLACES = 1_000;

  private final Map<String, Place> places =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Place> eldest) {
          return size() > PLACES;
        }
      };

  private static final class Place {
    final long since;
    int wrong;

    Place(long since) {
      this.since = since;
    }
  }

  /** Whether a place has shown too many; ends {@link #WINDOW_NANOS} after its first. */
  synchronized boolean isSpent(String place, long nowNanos) {
    Place known = places.get(place);
    if (known != null && nowNanos - known.since > WINDOW_NANOS) {
      places.remove(place);
      return false;
    }
    return known != null && known.wrong >= MOST;
  }

  /** One more; gives how many there were, this one included. */
  synchronized int wrong(String place, long nowNanos) {
    return ++places.computeIfAbsent(place, p -> new Place(nowNanos)).wrong;
  }
}
