package io.thalweg.load.bench;

import io.thalweg.config.JobConfig;
import io.thalweg.kafka.KafkaSampleSource;
import io.thalweg.load.CpuTime;
import io.thalweg.pipeline.Feed;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.solver.Solver;
import io.thalweg.solver.StepInput;
import io.thalweg.stream.RecordBatch;
import io.thalweg.wire.SampleDecoders;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts of the way, each measured alone on the same records, in CPU-microseconds per sample.
 */
final class Parts {
  private static final int KEPT = 20_000;
  private static final int DECODED = 400_000;
  private static final int STEPS = 3_000;

  private final Backlog backlog;

  Parts(Backlog backlog) {
    this.backlog = backlog;
  }

  /** Polling without decoding, first fetches and connections included; keeps some values. */
  double poll(List<byte[]> keep) {
    long before = CpuTime.ofProcess();
    long seen = 0;
    try (KafkaSampleSource source = backlog.source()) {
      for (Feed feed : backlog.feeds()) {
        long feedSeen = 0;
        for (RecordBatch batch : source.records(feed, source.beginning()).toIterable(1)) {
          for (int i = 0; i < batch.size() && keep.size() < KEPT; i++) {
            keep.add(batch.value(i));
          }
          feedSeen += batch.size();
          if (feedSeen >= backlog.records() / 2) {
            break;
          }
        }
        seen += feedSeen;
      }
    }
    return (CpuTime.ofProcess() - before) / 1e3 / (seen * backlog.wire().perRecord());
  }

  /** Decoding without Kafka. */
  double decode(List<byte[]> values) {
    SampleDecoder decoder = decoder();
    Batch batch = new Batch(backlog.schema(), Backlog.ROWS);
    long samples = 0;
    long before = CpuTime.ofThread();
    while (samples < DECODED) {
      for (byte[] value : values) {
        int n = decoder.open(value, null);
        for (int s = 0; s < n; s++) {
          if (batch.isFull()) {
            batch.clear();
          }
          decoder.decode(s, Level.LOWER, batch);
          samples++;
        }
      }
    }
    return (CpuTime.ofThread() - before) / 1e3 / samples;
  }

  /** The solver's steps on decoded batches. */
  double step(String method, List<byte[]> values) {
    SampleDecoder decoder = decoder();
    List<Batch> batches = new ArrayList<>();
    Batch batch = new Batch(backlog.schema(), Backlog.ROWS);
    for (int i = 0; batches.size() < 100; i = (i + 1) % values.size()) {
      int n = decoder.open(values.get(i), null);
      for (int k = 0; k < n; k++) {
        decoder.decode(k, Level.LOWER, batch);
        if (batch.isFull()) {
          batches.add(batch);
          batch = new Batch(backlog.schema(), Backlog.ROWS);
        }
      }
    }
    JobConfig job = backlog.job(method, 0);
    Solver solver = job.solver(job.problem());
    long before = 0;
    for (int i = -STEPS; i < STEPS; i++) {
      if (i == 0) {
        before = CpuTime.ofThread();
      }
      int at = 2 * (i & 0xffff) % (batches.size() - 1);
      solver.step(StepInput.of(batches.get(at), batches.get(at + 1)));
    }
    return (CpuTime.ofThread() - before) / 1e3 / STEPS / (2 * Backlog.ROWS);
  }

  private SampleDecoder decoder() {
    return SampleDecoders.create(backlog.options(), backlog.schemas());
  }
}
