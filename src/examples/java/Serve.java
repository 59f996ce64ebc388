import com.sun.net.httpserver.HttpServer;
import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.kafka.SnapshotReader;
import io.thalweg.problem.LinearHead;
import io.thalweg.problem.Problem;
import io.thalweg.stream.FeatureRange;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.SnapshotAlias;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Serves the model of a logistic regression from a Java program, swapped as it changes.
 *
 * <pre>
 * java -cp "target/thalweg.jar:target/lib/*" src/examples/java/Serve.java job.yaml latest 8001
 * curl -s '127.0.0.1:8001/predict?x=0.5,-1.2,3.0'
 * </pre>
 */
public final class Serve {
  /** What a request answers from, as a whole: the model before or the one after a swap. */
  private record Model(Snapshot snapshot, LinearHead head) {}

  public static void main(String[] args) throws Exception {
    JobConfig job = new JobReader(System.getenv(), List.of()).read(Path.of(args[0]));
    SnapshotAlias alias = SnapshotAlias.named(args[1]);
    Problem problem = job.problem();
    AtomicReference<Model> current = new AtomicReference<>();
    SnapshotReader reader =
        SnapshotReader.open(
            new KafkaSettings(job.kafka().values()), job.topics().snapshots(), job.job(), alias);
    reader.snapshots().subscribe(s -> current.set(new Model(s, problem.linearHead(s.x(), s.y()))));
    reader.await(Duration.ofMinutes(1));

    HttpServer server =
        HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[2])), 0);
    server.createContext(
        "/predict",
        exchange -> {
          Model model = current.get();
          double[] x =
              Arrays.stream(exchange.getRequestURI().getQuery().substring("x=".length()).split(","))
                  .mapToDouble(Double::parseDouble)
                  .toArray();
          double score = model.head().bias()[0];
          FeatureRange range = model.snapshot().range(); // with samples.standardize
          for (int j = 0; j < x.length; j++) {
            double a =
                range.isEmpty() ? x[j] : Math.min(Math.max(x[j], range.low()[j]), range.high()[j]);
            score += model.head().weights()[j] * a;
          }
          byte[] said =
              "{\"version\": %d, \"age\": \"%s\", \"probability\": %s}%n"
                  .formatted(model.snapshot().version(), reader.age(), 1 / (1 + Math.exp(-score)))
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, said.length);
          exchange.getResponseBody().write(said);
          exchange.close();
        });
    server.start();
    System.out.println("http://127.0.0.1:" + server.getAddress().getPort() + "/predict");
  }
}
