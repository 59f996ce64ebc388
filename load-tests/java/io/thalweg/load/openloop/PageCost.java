package io.thalweg.load.openloop;

import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import io.thalweg.data.BankMarketing;
import io.thalweg.kafka.ControlClient;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.load.Installation;
import io.thalweg.load.Say;
import io.thalweg.load.report.Facts;
import io.thalweg.load.report.PageResult;
import io.thalweg.load.report.PairedRatio;
import io.thalweg.load.workload.SampleValues;
import io.thalweg.load.workload.Workload;
import io.thalweg.pipeline.Controls;
import io.thalweg.sample.Level;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What open pages cost the job of the demo. One process is at saturation all the while; windows of
 * the same length without and with pages take turns, so that what drifts (warm-up, the machine's
 * other work) falls on both. Between windows pages come and go, and samples are sent: in a window
 * nothing changes.
 *
 * @param blocks of eight windows: 0 1 1 0 and 0 10 10 0 pages
 * @param seconds of a window
 * @param warmUp seconds before the first
 */
public record PageCost(int blocks, double seconds, double warmUp) {
  private static final int[] BLOCK = {0, 1, 1, 0, 0, 10, 10, 0};
  private static final int DISTINCT = 4096;
  private static final long SETTLE_MILLIS = 1_500;

  /** The threads that only work for the page and who asks its server. */
  private static final List<String> PAGE_THREADS = List.of("thalweg-page", "thalweg-http");

  /** Samples per second until a window has told more. */
  private static final double LIKELY_RATE = 150_000;

  /** Samples that wait at the beginning, and how many windows' worth of them always should. */
  private static final int FIRST_BACKLOG = 1_000_000;

  private static final double AHEAD = 1.5;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * Measures.
   *
   * @return what came of it
   * @throws Exception when a process cannot be started, or the broker or the job fails
   */
  public PageResult run() throws Exception {
    return RunFolder.with("thalweg-page-", this::run);
  }

  private PageResult run(Path dir) throws Exception {
    Facts facts = Facts.now(List.of());
    Installation installation = Installation.find();
    BankMarketing bank = BankMarketing.load();
    try (Brokers brokers = Brokers.start(1, dir)) {
      int port = freePort();
      String text = JobText.demo(bank.features(), brokers, port);
      JobConfig job = new JobReader(Map.of(), List.of()).read(text, "job.yaml");
      Path file = Files.writeString(dir.resolve("job.yaml"), text);
      OpenLoopRun.applyTopics(installation, dir, file);
      byte[][] values =
          new SampleValues(bank, job.problem().schema(Level.LOWER), false, Workload.Format.JSON)
              .make(DISTINCT, 1);
      SolverProcess solver =
          new SolverProcess(installation, file, dir, List.of(), JobText.DEMO_TOPIC);
      try (solver;
          Samples samples = new Samples(brokers.bootstrap(), values);
          ControlClient controls =
              new ControlClient(
                  KafkaSettings.of(brokers.bootstrap()),
                  job.topics().control(),
                  job.job(),
                  PATIENCE);
          TakenIn taken = new TakenIn(brokers.bootstrap(), job.topics().snapshots(), job.job())) {
        samples.send(FIRST_BACKLOG);
        solver.start();
        solver.awaitLead(60);
        return measured(facts, solver, samples, taken, controls, "http://127.0.0.1:" + port + "/");
      }
    }
  }

  private static int freePort() throws Exception {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }

  private PageResult measured(
      Facts facts,
      SolverProcess solver,
      Samples samples,
      TakenIn taken,
      ControlClient controls,
      String url)
      throws Exception {
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    List<PageResult.Window> windows = new ArrayList<>();
    double warm = warmUp(samples, taken, controls);
    Say.line("  after warming up: %,.0f samples/s", warm);
    double rate = Math.max(warm, LIKELY_RATE);
    for (int i = 0; i < blocks * BLOCK.length; i++) {
      samples.keepAhead(taken, rate * (seconds + SETTLE_MILLIS / 1e3) * AHEAD, controls);
      PageResult.Window window = window(BLOCK[i % BLOCK.length], solver, taken, http, url);
      if (samples.sent() - taken.newest() < 1) {
        throw new IllegalStateException("the backlog came to its end: the job was not saturated");
      }
      rate = Math.max(rate, window.samples());
      windows.add(window);
      Say.line(
          "  window %d of %d, %d pages: %,.0f samples/s, %.2f CPU-s per million samples, %.3f %% of"
              + " it in the page's threads",
          i + 1,
          blocks * BLOCK.length,
          window.pages(),
          window.samples(),
          window.cpu(),
          100 * window.own());
    }
    return new PageResult(
        facts,
        "The demo's job (auto, 51 features, a snapshot per 320 samples or 500 ms) from a backlog",
        seconds,
        List.of(cost(1, windows), cost(10, windows)),
        List.copyOf(windows));
  }

  /** Until the code is compiled; gives samples per second. */
  private double warmUp(Samples samples, TakenIn taken, ControlClient controls) throws Exception {
    long from = System.currentTimeMillis();
    long to = from + (long) (1e3 * warmUp);
    for (long now = from; now < to; now = System.currentTimeMillis()) {
      samples.keepAhead(taken, FIRST_BACKLOG / 4.0, controls);
      TimeUnit.MILLISECONDS.sleep(Math.min(500, to - now));
    }
    long middle = (from + to) / 2;
    await(taken, to);
    return (taken.at(to) - taken.at(middle)) * 1e3 / (to - middle);
  }

  private static void await(TakenIn taken, long millis) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!taken.knows(millis)) {
      if (System.nanoTime() > until) {
        throw new IllegalStateException("the job has published nothing for 30 s");
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private PageResult.Window window(
      int count, SolverProcess solver, TakenIn taken, HttpClient http, String url)
      throws Exception {
    List<OpenPage> pages = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        pages.add(OpenPage.open(http, url));
      }
      TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS); // what was before is read by then
      long events = pages.stream().mapToLong(OpenPage::events).sum();
      long bytes = pages.stream().mapToLong(OpenPage::bytes).sum();
      long from = System.currentTimeMillis();
      long cpu = solver.cpu();
      long[] own = own(solver);
      TimeUnit.NANOSECONDS.sleep((long) (1e9 * seconds));
      long to = System.currentTimeMillis();
      cpu = solver.cpu() - cpu;
      double share = share(own, own(solver), cpu);
      events = pages.stream().mapToLong(OpenPage::events).sum() - events;
      bytes = pages.stream().mapToLong(OpenPage::bytes).sum() - bytes;
      for (OpenPage page : pages) {
        page.check();
      }
      await(taken, to);
      double took = taken.at(to) - taken.at(from);
      double length = (to - from) / 1e3;
      return new PageResult.Window(
          count, took / length, cpu / 1e9 / (took / 1e6), share, events / length, bytes / length);
    } finally {
      for (OpenPage page : pages) {
        page.close();
      }
    }
  }

  private static long[] own(SolverProcess solver) throws IOException {
    long[] nanos = new long[PAGE_THREADS.size()];
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] = solver.cpu(PAGE_THREADS.get(i));
    }
    return nanos;
  }

  private static double share(long[] before, long[] after, long cpu) {
    long own = 0;
    for (int i = 0; i < before.length; i++) {
      if (before[i] < 0 || after[i] < 0) {
        return -1;
      }
      own += after[i] - before[i];
    }
    return (double) own / cpu;
  }

  /** Every window with so many pages, and the one beside it without. */
  private static PageResult.Cost cost(int pages, List<PageResult.Window> windows) {
    List<double[]> ratios = new ArrayList<>();
    for (int i = 0; i < windows.size(); i += 2) {
      PageResult.Window first = windows.get(i);
      PageResult.Window second = windows.get(i + 1);
      PageResult.Window with = first.pages() > 0 ? first : second;
      PageResult.Window without = first.pages() > 0 ? second : first;
      if (with.pages() == pages) {
        ratios.add(new double[] {with.samples() / without.samples(), with.cpu() / without.cpu()});
      }
    }
    return new PageResult.Cost(
        pages,
        PairedRatio.of(ratios.stream().mapToDouble(r -> r[0]).toArray()),
        PairedRatio.of(ratios.stream().mapToDouble(r -> r[1]).toArray()));
  }

  /** Samples as fast as the broker takes them, a number at a time. */
  private static final class Samples implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final Admin admin;
    private final byte[][] values;
    private long sent;

    Samples(String bootstrap, byte[][] values) {
      this.values = values;
      this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
      this.producer =
          new KafkaProducer<>(
              Map.of(
                  "bootstrap.servers", bootstrap,
                  "linger.ms", "5",
                  "batch.size", "262144",
                  "compression.type", "lz4",
                  "max.in.flight.requests.per.connection", "1"),
              new ByteArraySerializer(),
              new ByteArraySerializer());
    }

    void send(long count) {
      for (long i = 0; i < count; i++) {
        byte[] value = values[(int) (sent % values.length)];
        Future<RecordMetadata> unused =
            producer.send(new ProducerRecord<>(JobText.DEMO_TOPIC, value));
        sent++;
      }
      producer.flush();
    }

    long sent() {
      return sent;
    }

    /**
     * Sends samples where fewer than so many wait. The job is paused for it: two cores do not send
     * as fast as it takes in.
     */
    void keepAhead(TakenIn taken, double wanted, ControlClient controls) throws Exception {
      if (sent - taken.newest() >= wanted) {
        return;
      }
      ask(controls, "pause");
      dropTakenIn();
      send((long) Math.max(FIRST_BACKLOG, wanted));
      ask(controls, "resume");
    }

    /** A minute at saturation is gigabytes, which nobody reads again. */
    private void dropTakenIn() throws Exception {
      Map<TopicPartition, RecordsToDelete> before = new HashMap<>();
      admin
          .listConsumerGroupOffsets(JobText.JOB)
          .partitionsToOffsetAndMetadata()
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
          .forEach(
              (lane, at) -> {
                if (lane.topic().equals(JobText.DEMO_TOPIC) && at != null) {
                  before.put(lane, RecordsToDelete.beforeOffset(at.offset()));
                }
              });
      admin.deleteRecords(before).all().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static void ask(ControlClient controls, String command) throws Exception {
      Controls.Outcome outcome =
          controls
              .send("{\"command\":\"" + command + "\"}")
              .toCompletableFuture()
              .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (!outcome.applied()) {
        throw new IllegalStateException(command + " was rejected: " + outcome.reason());
      }
    }

    @Override
    public void close() {
      producer.close();
      admin.close();
    }
  }
}
