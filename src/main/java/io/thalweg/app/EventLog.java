package io.thalweg.app;

import io.thalweg.pipeline.CutSink;
import io.thalweg.stream.Cut;
import io.thalweg.stream.Event;
import io.thalweg.stream.Snapshot;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A sink that says the events of every cut that it has taken. */
final class EventLog implements CutSink {
  private final CutSink sink;
  private final Consumer<String> log;

  /**
   * A view of a sink.
   *
   * @param sink what keeps the cuts
   * @param log hears one line for each event, on the thread of the sink
   */
  EventLog(CutSink sink, Consumer<String> log) {
    this.sink = sink;
    this.log = log;
  }

  @Override
  public Mono<Void> accept(Cut cut) {
    return sink.accept(cut).doOnSuccess(done -> say(cut.snapshot()));
  }

  private void say(@Nullable Snapshot snapshot) {
    if (snapshot != null) {
      for (Event event : snapshot.events()) {
        log.accept(event.toString());
      }
    }
  }

  @Override
  public Mono<Void> flush() {
    return sink.flush();
  }

  @Override
  public long commitNanos() {
    return sink.commitNanos();
  }

  @Override
  public int waiting() {
    return sink.waiting();
  }

  @Override
  public int mostWaiting() {
    return sink.mostWaiting();
  }
}
