package io.thalweg.portfolio;

import java.util.Arrays;

/**
 * From ids to places: open addressing by linear probing, at most half full, without tombstones. Ids
 * are hashes already. Allocates only to grow beyond what it ever held.
 */
final class IdIndex {
  private static final int FIRST = 64;

  private long[] ids = new long[FIRST];

  /** One more than the place; 0 is free. */
  private int[] places = new int[FIRST];

  private int size;

  /** The place of an id, -1 when it has none. */
  int find(long id) {
    int mask = ids.length - 1;
    for (int i = (int) id & mask; places[i] != 0; i = (i + 1) & mask) {
      if (ids[i] == id) {
        return places[i] - 1;
      }
    }
    return -1;
  }

  /** Notes the place of an id that has none. */
  void put(long id, int place) {
    if (2 * (size + 1) > ids.length) {
      grow();
    }
    insert(id, place + 1);
    size++;
  }

  private void insert(long id, int word) {
    int mask = ids.length - 1;
    int i = (int) id & mask;
    while (places[i] != 0) {
      i = (i + 1) & mask;
    }
    ids[i] = id;
    places[i] = word;
  }

  private void grow() {
    long[] oldIds = ids;
    int[] oldPlaces = places;
    ids = new long[2 * oldIds.length];
    places = new int[ids.length];
    for (int i = 0; i < oldIds.length; i++) {
      if (oldPlaces[i] != 0) {
        insert(oldIds[i], oldPlaces[i]);
      }
    }
  }

  /** Forgets an id, and moves those behind it that were pushed on by it. */
  void remove(long id) {
    int mask = ids.length - 1;
    int hole = (int) id & mask;
    while (ids[hole] != id || places[hole] == 0) {
      hole = (hole + 1) & mask;
    }
    int i = (hole + 1) & mask;
    while (places[i] != 0) {
      int home = (int) ids[i] & mask;
      // it may fill the hole unless its home lies behind the hole
      if (((i - home) & mask) >= ((i - hole) & mask)) {
        ids[hole] = ids[i];
        places[hole] = places[i];
        hole = i;
      }
      i = (i + 1) & mask;
    }
    places[hole] = 0;
    size--;
  }

  void clear() {
    Arrays.fill(places, 0);
    size = 0;
  }
}
