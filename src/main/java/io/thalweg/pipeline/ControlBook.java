package io.thalweg.pipeline;

import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Signature;
import io.thalweg.stream.StateArray;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint knows of the control topic: which record is read next, so that a command takes
 * effect once over any crash, and which one paused the run, when and by whom. Checkpoints of
 * earlier versions lack it, or do not say the latter.
 *
 * @param next offset of the record to read next
 * @param pause the command that paused the run
 */
record ControlBook(long next, Pause pause) {
  private static final String NAME = "control";
  private static final String PAUSE = "control.pause";

  /** What a checkpoint says, null where it says nothing. */
  static @Nullable ControlBook of(@Nullable Checkpoint from) {
    if (from == null) {
      return null;
    }
    long[] book = longs(from, NAME);
    if (book.length != 2) {
      return null;
    }
    return new ControlBook(book[0], book[1] < 0 ? Pause.NONE : pause(book[1], longs(from, PAUSE)));
  }

  private static long[] longs(Checkpoint from, String name) {
    for (StateArray piece : from.tally()) {
      if (piece instanceof StateArray.Longs longs && longs.name().equals(name)) {
        return longs.values();
      }
    }
    return new long[0];
  }

  List<StateArray> save() {
    List<StateArray> out = new ArrayList<>();
    out.add(new StateArray.Longs(NAME, new long[] {next, pause.offset()}));
    if (!pause.equals(Pause.NONE) && !pause.equals(Pause.at(pause.offset()))) {
      out.add(new StateArray.Longs(PAUSE, said(pause)));
    }
    return out;
  }

  /** When, the length of the id, and the characters of both texts, which are bounded. */
  private static long[] said(Pause pause) {
    String id = pause.signature().id();
    String texts = id + pause.signature().by();
    long[] out = new long[2 + texts.length()];
    out[0] = pause.timeMillis();
    out[1] = id.length();
    for (int i = 0; i < texts.length(); i++) {
      out[2 + i] = texts.charAt(i);
    }
    return out;
  }

  private static Pause pause(long offset, long[] said) {
    if (said.length < 2 || said[1] < 0 || said[1] > said.length - 2) {
      return Pause.at(offset);
    }
    int middle = 2 + (int) said[1];
    return new Pause(
        offset, said[0], new Signature(text(said, 2, middle), text(said, middle, said.length)));
  }

  private static String text(long[] said, int from, int to) {
    StringBuilder out = new StringBuilder(to - from);
    for (int i = from; i < to; i++) {
      out.append((char) said[i]);
    }
    return out.toString();
  }
}
