package io.thalweg.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.thalweg.broker.TestBroker;
import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A job at work on a real broker, with its page. */
record ServedJob(TuningService service, PageRun page, ServiceRun run, int port)
    implements AutoCloseable {
  static final Duration LONG = Duration.ofSeconds(120);

  static ServedJob start(JobConfig job, String instance) throws Exception {
    TuningService service = new TuningService(job, instance, List.of());
    CompletableFuture<String> url = new CompletableFuture<>();
    PageRun page = PageRun.start(job, service, instance, false, url::complete);
    ServiceRun run = ServiceRun.start(service);
    int port = URI.create(url.get(LONG.toSeconds(), TimeUnit.SECONDS)).getPort();
    return new ServedJob(service, page, run, port);
  }

  /**
   * A small job that publishes after five steps of eight samples; its topics are there.
   *
   * @param http what the job file says of its page
   */
  static JobConfig job(TestBroker broker, Path dir, String name, String http) throws Exception {
    Path yaml = dir.resolve(name + ".yaml");
    Files.writeString(
        yaml,
        """
        job: %s
        problem: {type: online-pca, d: 2}
        upper: {constraint: {type: box, lower: -3, upper: 3}}
        solver: {method: msgd, batch: {upper: 8}}
        snapshots: {every: {steps: 5, time: 100ms}}
        topics: {partitions: 2}
        http: {%s}
        kafka: {bootstrap.servers: "%s"}
        """
            .formatted(name, http, broker.bootstrap()));
    CommandRun apply = CommandRun.of("topics", "apply", "-c", yaml.toString());
    assertThat(apply.code()).as(apply.err()).isZero();
    return new JobReader(Map.of(), List.of()).read(yaml);
  }

  static List<byte[]> samples(int count) {
    List<byte[]> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String text = "{\"x\":[" + 2 * StrictMath.sin(i * 1.7) + "," + StrictMath.cos(i * 2.3) + "]}";
      out.add(text.getBytes(UTF_8));
    }
    return out;
  }

  /** Waits until so many samples are in steps. */
  void took(long samples) {
    await().atMost(LONG).until(() -> service.progress().samples() >= samples);
  }

  @Override
  public void close() throws Exception {
    run.stop();
    assertThat(run.await(LONG)).isNotNull();
    page.close();
  }
}
