package io.thalweg.app;

import io.thalweg.broker.BrokerException;
import io.thalweg.broker.EmbeddedBroker;
import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import io.thalweg.data.BankMarketing;
import io.thalweg.kafka.CommitStatistics;
import io.thalweg.pipeline.Progress;
import io.thalweg.sample.Level;
import io.thalweg.solver.MethodInfo;
import io.thalweg.solver.Methods;
import io.thalweg.topics.TopicCatalog;
import io.thalweg.topics.TopicsTool;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code thalweg demo}: everything on one machine, with real data and a real broker. */
@Command(
    name = "demo",
    description = {
      "Starts a real single-node Kafka on this machine, streams a real data set to it, and tunes step"
          + " sizes and L2 weights of a logistic regression while that model is being trained.",
      "Ends after --seconds, or with Ctrl-C, and compares the tuned model with the one that was not"
          + " tuned.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  thalweg demo --seconds 60",
      "  thalweg demo --method msgbio --rate 5000",
      "  thalweg demo --data /tmp/bank       # keeps its log there; see it with 'thalweg broker'",
      "",
      "Data: UCI Bank Marketing (Moro, Cortez, Rita 2014, CC BY 4.0), 45,211 rows in date order."
    })
final class DemoCommand implements Callable<Integer> {
  private static final String PORTFOLIO = "auto";
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration PAGE_WITHIN = Duration.ofSeconds(20);
  private static final Duration ORDERLY_END = Duration.ofSeconds(30);

  private static final String TOKEN = "THALWEG_HTTP_TOKEN";

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "End after so many seconds of tuning; default: until Ctrl-C.")
  private @Nullable Integer seconds;

  @Option(
      names = "--method",
      paramLabel = "ID",
      defaultValue = PORTFOLIO,
      description = "The method, see 'thalweg methods'; default ${DEFAULT-VALUE}.")
  private String method = PORTFOLIO;

  @Option(
      names = "--rate",
      paramLabel = "R",
      defaultValue = "750",
      description =
          "Records per second; default ${DEFAULT-VALUE}: once through the data in a minute.")
  private double rate;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where broker, job file and log are kept; default: a new temporary folder.")
  private @Nullable Path data;

  @Option(
      names = "--port",
      paramLabel = "P",
      defaultValue = "0",
      description = "Port of the broker on 127.0.0.1; default: a free one.")
  private int port;

  @Option(
      names = "--no-page",
      description = "Serve no page; otherwise its address is the first line printed.")
  private boolean noPage;

  @Spec private CommandSpec spec;

  DemoCommand() {}

  @Override
  public Integer call() throws InterruptedException, IOException {
    check();
    StopSignal.install();
    PrintWriter out = spec.commandLine().getOut();
    Path folder = data != null ? data : Files.createTempDirectory("thalweg-demo-");
    Files.createDirectories(folder);
    out.println("starting Kafka in " + folder + " …");
    out.flush();
    EmbeddedBroker.Options options =
        EmbeddedBroker.Options.DEFAULTS.in(folder.resolve("kafka")).on(port).closedByCaller();
    // while the broker starts, all that does not need it
    CompletableFuture<BankMarketing> loading = CompletableFuture.supplyAsync(DemoCommand::load);
    CompletableFuture<JobReader> reader =
        CompletableFuture.supplyAsync(() -> new JobReader(token(), List.of()));
    try (EmbeddedBroker broker = EmbeddedBroker.start(options)) {
      BankMarketing bank = loading.join();
      Path jobFile = folder.resolve("job.yaml");
      Files.writeString(jobFile, jobText(bank, broker.bootstrapServers()));
      JobConfig job = reader.join().read(jobFile);
      try (Admin admin = Cluster.connect(job.kafka().values())) {
        TopicsTool.apply(admin, WantedTopics.of(job, TopicCatalog.builtIn()));
      }
      return tune(job, bank, broker, jobFile, out);
    } catch (BrokerException e) {
      throw new UserError(ExitCode.FAILURE, String.valueOf(e.getMessage()), e);
    }
  }

  /** The one key that the environment may give a demo: with it its page takes commands. */
  private static Map<String, String> token() {
    String token = System.getenv(TOKEN);
    return token == null ? Map.of() : Map.of(TOKEN, token);
  }

  private static BankMarketing load() {
    try {
      return BankMarketing.load();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void check() {
    if (seconds != null && seconds < 1) {
      throw new ParameterException(
          spec.commandLine(), "--seconds must be at least 1, but was " + seconds);
    }
    if (!(rate > 0 && rate <= 1e6)) {
      throw new ParameterException(
          spec.commandLine(), "--rate must be in (0, 1000000], but was " + rate);
    }
    List<String> ids = new ArrayList<>();
    for (MethodInfo info : Methods.all()) {
      if (Methods.reads(info.id()).contains(Level.LOWER)) { // the demo trains a model
        ids.add(info.id());
      }
    }
    if (!ids.contains(method)) {
      throw new ParameterException(
          spec.commandLine(), "--method must be one of " + ids + ", but was " + method);
    }
  }

  private int tune(
      JobConfig job, BankMarketing bank, EmbeddedBroker broker, Path jobFile, PrintWriter out)
      throws InterruptedException {
    // the portfolio keeps a reference of its own
    ReferenceModel reference =
        method.equals(PORTFOLIO)
            ? null
            : new ReferenceModel(
                job.problem(), job.solverSettings(), job.problem().defaultLower(), job.seed());
    TuningService service =
        new TuningService(job, null, reference == null ? List.of() : List.of(reference));
    PageRun page = noPage ? null : page(job, service, out);
    try {
      out.println("broker   " + broker.bootstrapServers());
      out.println("job file " + jobFile);
      out.println(
          "watch    java -jar target/thalweg.jar watch -c " + jobFile + "   (in another terminal)");
      out.flush();
      stream(job, bank, broker, service, reference, out);
      inspect(out, broker, jobFile);
      return ExitCode.OK;
    } finally {
      if (page != null) {
        page.close();
      }
    }
  }

  private void stream(
      JobConfig job,
      BankMarketing bank,
      EmbeddedBroker broker,
      TuningService service,
      @Nullable ReferenceModel reference,
      PrintWriter out)
      throws InterruptedException {
    LiveLine live = new LiveLine(out);
    try (BankFeed feed =
        new BankFeed(
            bank,
            broker.bootstrapServers(),
            topicOf(job, job.topics().train()),
            topicOf(job, job.topics().validation()),
            rate)) {
      ServiceRun run = ServiceRun.start(service);
      feed.start();
      long begin = System.nanoTime();
      Progress end = null;
      while (end == null) {
        end = run.await(LOOK);
        checkAlive(broker, feed);
        live.show(service.progress(), service.lag());
        boolean over = seconds != null && System.nanoTime() - begin >= seconds * 1_000_000_000L;
        if (end == null && (over || StopSignal.asked())) {
          run.stop();
          end = run.await(ORDERLY_END);
          if (end == null) {
            throw new UserError(
                ExitCode.FAILURE,
                "the last commit did not end within " + ORDERLY_END.toSeconds() + " s");
          }
        }
      }
      live.end();
      double elapsed = (System.nanoTime() - begin) / 1e9;
      summary(out, end, service.statistics(), reference, feed.sent(), elapsed);
    }
  }

  /** The address is printed when somebody answers there, before the first live line. */
  private static PageRun page(JobConfig job, TuningService service, PrintWriter out)
      throws InterruptedException {
    CompletableFuture<String> url = new CompletableFuture<>();
    PageRun page = PageRun.start(job, service, null, true, url::complete);
    try {
      out.println("page     " + url.get(PAGE_WITHIN.toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException | TimeoutException late) {
      out.println("page     none: the server did not start, see the log");
    }
    out.flush();
    return page;
  }

  private static String topicOf(JobConfig job, String ofRole) {
    String shared = job.samples().topic();
    return shared == null ? ofRole : shared;
  }

  private static void checkAlive(EmbeddedBroker broker, BankFeed feed) {
    if (!broker.isAlive()) {
      throw new UserError(ExitCode.BROKER, "the broker ended; see " + broker.logFile());
    }
    Exception failure = feed.failure();
    if (failure != null) {
      throw new UserError(
          ExitCode.BROKER, "the feed could not send: " + failure.getMessage(), failure);
    }
  }

  private static void summary(
      PrintWriter out,
      Progress end,
      CommitStatistics commits,
      @Nullable ReferenceModel reference,
      long sent,
      double elapsed) {
    double loss = end.metrics().getOrDefault("prequential-loss", Double.NaN);
    double error = end.metrics().getOrDefault("prequential-error", Double.NaN);
    out.printf(
        Locale.ROOT,
        "%nsamples   %,d taken in of %,d sent, in %.0f s (%.0f/s)%n",
        end.samples(),
        sent,
        elapsed,
        end.samples() / elapsed);
    out.printf(Locale.ROOT, "steps     %,d%n", end.steps());
    out.printf(
        Locale.ROOT,
        "snapshots %,d in %,d commits (mean %.1f ms), exactly once%n",
        commits.snapshots(),
        commits.commits(),
        commits.meanMillis());
    out.printf(Locale.ROOT, "prequential log-loss, every sample scored before it is learned:%n");
    out.printf(
        Locale.ROOT,
        "  tuned          %.4f   (error %.4f, area under the ROC curve %.3f)%n",
        loss,
        error,
        end.metrics().getOrDefault("prequential-auc", Double.NaN));
    double other;
    if (reference != null) {
      other = reference.loss();
      out.printf(Locale.ROOT, "  fixed defaults %.4f   (error %.4f)%n", other, reference.error());
    } else {
      other = end.metrics().getOrDefault("reference-loss", Double.NaN);
      out.printf(
          Locale.ROOT,
          "  reference      %.4f   (error %.4f)%n",
          other,
          end.metrics().getOrDefault("reference-error", Double.NaN));
    }
    out.printf(
        Locale.ROOT,
        "  tuning %s %.2f %%%n",
        loss <= other ? "gained" : "lost",
        100 * Math.abs(other - loss) / other);
    if (reference == null) {
      shares(end, out);
    }
    out.flush();
  }

  /** Whom the published model is made of now. */
  private static void shares(Progress end, PrintWriter out) {
    String prefix = "share-";
    StringBuilder line = new StringBuilder();
    end.metrics()
        .forEach(
            (name, share) -> {
              if (name.startsWith(prefix)) {
                line.append(line.length() == 0 ? "" : ", ")
                    .append(name.substring(prefix.length()))
                    .append(String.format(Locale.ROOT, " %.1f %%", 100 * share));
              }
            });
    out.println("members   " + line);
  }

  /** The commands that show the log again, on the port the job file names. */
  private void inspect(PrintWriter out, EmbeddedBroker broker, Path jobFile) {
    out.println(
        "inspect   java -jar target/thalweg.jar broker --data "
            + broker.dataDir()
            + " --port "
            + broker.port());
    out.println("          java -jar target/thalweg.jar watch -c " + jobFile + " --from-beginning");
    if (data == null) { // a folder that nobody has named is not looked for either
      out.println("kept      rm -r " + jobFile.getParent() + " when done with it");
    }
    out.flush();
  }

  private String jobText(BankMarketing bank, String bootstrap) {
    if (method.equals(PORTFOLIO)) {
      return String.format(
          Locale.ROOT,
          """
          job: bank
          problem:
            type: logistic-regression
            features: %d
            hyperparameters: {l2: {per: global}}
          solver:
            method: auto
            reference: {l2: 0.001, step-size: 0.1}
            start: {step-size: 0.1}
            batch: {lower: 16, upper: 16, linger: 200ms}
          samples: {topic: bank.calls, split: prequential}
          snapshots: {every: {steps: 20, time: 500ms}}
          kafka: {bootstrap.servers: "%s"}
          """,
          bank.features(),
          bootstrap);
    }
    return String.format(
        Locale.ROOT,
        """
        job: bank
        seed: 42
        problem:
          type: logistic-regression
          features: %d
          hyperparameters: {l2: {per: feature, scale: log, init: -4, bounds: [-12, 4]}}
        solver:
          method: %s
          hypergradient: {type: linear-system, rho: 1.0, radius: 5.0}
          gamma: 0.3
          lambda: 1.0
          batch: {lower: 4, upper: 1, linger: 200ms}
        snapshots: {every: {steps: 100, time: 500ms}}
        kafka: {bootstrap.servers: "%s"}
        """,
        bank.features(),
        method,
        bootstrap);
  }
}
