package io.thalweg.app;

import org.jspecify.annotations.Nullable;

/** Where the lines of a file go, one after the other. One thread. */
interface Outlet extends AutoCloseable {
  /** Why a line cannot be sent, or null when it can. Nothing is sent yet. */
  @Nullable String complaint(byte[] line);

  /** Sends the line last found good; blocks while the broker is slower than the file. */
  void send(byte[] line);

  /** Sends what waits and returns when all of it is acknowledged or has failed. */
  void flush();

  /** Throws the first failure of what was sent, if there was one. */
  void throwFailure();

  /** Samples taken, as many as lines. */
  long sent();

  /** Samples the broker has. */
  long acknowledged();

  /** Records the broker has. */
  long records();

  /** Bytes of the values handed to the client. */
  long bytes();

  @Override
  void close();
}
