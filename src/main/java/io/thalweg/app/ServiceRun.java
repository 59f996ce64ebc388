package io.thalweg.app;

import io.thalweg.pipeline.Progress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Sinks;

/** A service at work, with the means to ask it to stop and to wait for its end. */
final class ServiceRun {
  private final Sinks.Empty<Void> stop = Sinks.empty();
  private final CompletableFuture<Progress> end;

  private ServiceRun(TuningService service) {
    end = service.run(stop.asMono()).defaultIfEmpty(Progress.NONE).toFuture();
  }

  static ServiceRun start(TuningService service) {
    return new ServiceRun(service);
  }

  /** Asks for a last cut and an orderly end; asking again changes nothing. */
  void stop() {
    stop.tryEmitEmpty();
  }

  /**
   * Waits for the end.
   *
   * @return the last progress, or null when the time is over first
   */
  @Nullable Progress await(Duration limit) throws InterruptedException {
    try {
      return end.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return null;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
