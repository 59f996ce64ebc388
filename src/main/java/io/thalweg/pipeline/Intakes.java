package io.thalweg.pipeline;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import org.jspecify.annotations.Nullable;

/** What is in hand of every feed, by the feed's number. */
final class Intakes {
  private final Intake[] all;
  private final boolean sharesBatches;

  Intakes(Assembly assembly) {
    this.sharesBatches = assembly.roles().sharesBatches();
    this.all = new Intake[assembly.feeds().size()];
    @Nullable Turns turns = assembly.turns();
    for (int f = 0; f < all.length; f++) {
      all[f] =
          new Intake(
              assembly.feeds().get(f).level(),
              assembly.decoders().get(),
              turns == null ? null : new Batch(assembly.schema(Level.LOWER), 1));
    }
  }

  int count() {
    return all.length;
  }

  Intake get(int feed) {
    return all[feed];
  }

  /** Whether every feed that may bring samples of a level has ended and is used up. */
  boolean haveEnded(Level level) {
    for (Intake intake : all) {
      boolean brings = sharesBatches || intake.level == null || intake.level == level;
      if (brings && !intake.isUsedUp()) {
        return false;
      }
    }
    return true;
  }

  /** Records in hand of a level; of a feed for both they count as those of the lower one. */
  long unread(Level level) {
    long unread = 0;
    for (Intake intake : all) {
      Level brings = intake.level == null ? Level.LOWER : intake.level;
      if (brings == level) {
        unread += intake.unread();
      }
    }
    return unread;
  }
}
