package io.thalweg.app;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.thalweg.config.JobConfig;
import io.thalweg.config.Token;
import io.thalweg.kafka.BrokerWatch;
import io.thalweg.kafka.ControlClient;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.kafka.SnapshotRegistry;
import io.thalweg.page.Controls;
import io.thalweg.page.Hello;
import io.thalweg.page.PageServer;
import io.thalweg.telemetry.Check;
import io.thalweg.telemetry.JobMeters;
import io.thalweg.telemetry.JobWatch;
import io.thalweg.telemetry.Journal;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The page of a service at work: everything that watches it, and the server. It is started beside
 * the service and never keeps it from working: a port that is taken is asked for again and again.
 */
final class PageRun implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PageRun.class);
  private static final Duration START = Duration.ofSeconds(15);
  private static final Duration AGAIN = Duration.ofSeconds(5);
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);
  private static final Duration STALE = Duration.ofSeconds(30);

  private final JobConfig job;
  private final TuningService service;
  private final String instance;
  private final boolean anyPort;
  private final Consumer<String> onUrl;
  private final PrometheusMeterRegistry registry;
  private final Journal journal = new Journal(System::currentTimeMillis);
  private final ClientMeters clients;
  private final PagePast past;
  private final PageLooks looks;
  private final Thread thread;
  private volatile boolean closing;
  private @Nullable PageServer server;
  private @Nullable JobCommands commands;
  private @Nullable BrokerWatch broker;
  private @Nullable JvmGcMetrics gc;

  private PageRun(
      JobConfig job,
      TuningService service,
      @Nullable String instance,
      boolean anyPort,
      Consumer<String> onUrl) {
    this.job = job;
    this.service = service;
    this.instance = instance == null ? machine() : instance;
    this.anyPort = anyPort;
    this.onUrl = onUrl;
    this.registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    registry.config().commonTags("job", job.job(), "instance", this.instance);
    this.clients = new ClientMeters(registry);
    this.thread = new Thread(this::serve, "thalweg-page-start");
    this.thread.setDaemon(true);
    service.tell(journal, clients, journal::note, JobMeters.stepTimes(registry));
    this.past = PagePast.start(job, journal, service::hasLed);
    this.looks =
        PageLooks.start(
            job, journal, service::facts, () -> service.statistics().tail(), this::isWatched);
  }

  /**
   * Watches a service that is not running yet and serves its page.
   *
   * @param anyPort whether a free port will do where the job's is taken
   * @param onUrl told where the page is, on a thread of the page
   */
  static PageRun start(
      JobConfig job,
      TuningService service,
      @Nullable String instance,
      boolean anyPort,
      Consumer<String> onUrl) {
    PageRun run = new PageRun(job, service, instance, anyPort, onUrl);
    run.thread.start();
    return run;
  }

  private static String machine() {
    String name = System.getenv("HOSTNAME");
    return name == null || name.isBlank() ? "pid-" + ProcessHandle.current().pid() : name;
  }

  private void serve() {
    try {
      JobWatch watch = watch();
      Controls controls = controls();
      boolean control = controls != null;
      Hello hello =
          new Hello(job.job(), job.method(), Version.number(), control, Hyperparameters.of(job));
      JobMeters meters =
          JobMeters.bind(
              registry, watch, job.method(), Version.number(), job.cadence().time().toMillis());
      machineMeters();
      bind(watch, hello, controls, meters);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.warn("no page: {}", e.toString());
    }
  }

  private synchronized boolean isWatched() {
    return server != null && server.listeners() > 0;
  }

  /** Who may command the job; nobody where it has no token. */
  private @Nullable Controls controls() {
    Token token = job.http().token();
    if (token == null) {
      return null;
    }
    KafkaSettings kafka = new KafkaSettings(job.kafka().values());
    ControlClient client =
        new ControlClient(kafka, job.topics().control(), job.job(), ANSWER_WITHIN);
    JobCommands made =
        new JobCommands(
            client,
            () -> new SnapshotRegistry(kafka, job.topics().snapshots(), job.job()),
            version -> journal.aliases(0, version));
    synchronized (this) {
      commands = made;
    }
    return new Controls(token::matches, made);
  }

  private JobWatch watch() {
    BrokerWatch asked = new BrokerWatch(new KafkaSettings(job.kafka().values()));
    synchronized (this) {
      broker = asked;
    }
    Duration cadence = job.cadence().time().multipliedBy(3);
    return new JobWatch(
        journal,
        service::facts,
        () -> new Check("broker", asked.isReachable(), asked.said()),
        cadence.compareTo(STALE) > 0 ? cadence : STALE,
        System::nanoTime);
  }

  private void machineMeters() {
    JvmGcMetrics collections = new JvmGcMetrics();
    collections.bindTo(registry);
    synchronized (this) {
      gc = collections;
    }
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  private void bind(JobWatch watch, Hello hello, @Nullable Controls controls, JobMeters meters)
      throws InterruptedException {
    int port = job.http().port();
    boolean said = false;
    while (!closing) {
      try {
        PageServer made =
            PageServer.start(job.http().bind(), port, watch, hello, controls, () -> scrape(meters));
        boolean late;
        synchronized (this) {
          server = made;
          late = closing;
        }
        if (late) {
          made.close();
        } else {
          onUrl.accept(made.url());
        }
        return;
      } catch (RuntimeException e) {
        if (anyPort && port != 0) {
          port = 0;
          continue;
        }
        if (!said) {
          said = true;
          LOG.warn(
              "the job runs without its page: {}:{} cannot be had ({}); asking again every {} s"
                  + " (http.port: 0 takes a free one, http.enabled: false goes without)",
              job.http().bind(),
              port,
              reason(e),
              AGAIN.toSeconds());
        }
        Thread.sleep(AGAIN.toMillis());
      }
    }
  }

  private static String reason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  private String scrape(JobMeters meters) {
    meters.refresh();
    return registry.scrape();
  }

  /** What was still being made must be there to be closed. */
  private void awaitStart() {
    try {
      thread.join(START.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    PageServer open;
    synchronized (this) {
      closing = true;
      open = server;
    }
    thread.interrupt();
    if (open != null) {
      open.close();
    }
    awaitStart();
    synchronized (this) {
      if (broker != null) {
        broker.close();
      }
      if (gc != null) {
        gc.close();
      }
    }
    past.close();
    looks.close();
    JobCommands sender;
    synchronized (this) {
      sender = commands;
    }
    if (sender != null) {
      sender.close();
    }
    clients.close();
    registry.close();
  }
}
