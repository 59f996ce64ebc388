import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.kafka.SampleProducer;
import io.thalweg.kafka.SampleProducer.Options;
import io.thalweg.problem.Problem;
import io.thalweg.sample.Level;
import io.thalweg.wire.SampleRow;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Feeds a regression job from a Java program: schema check before sending, many samples per record,
 * back-pressure.
 *
 * <pre>
 * java -cp "target/thalweg.jar:target/lib/*" src/examples/java/Feed.java job.yaml 10000
 * </pre>
 */
public final class Feed {
  public static void main(String[] args) {
    JobConfig job = new JobReader(System.getenv(), List.of()).read(Path.of(args[0]));
    int samples = Integer.parseInt(args[1]);
    feed(job, Level.LOWER, job.topics().train(), samples, 1);
    feed(job, Level.UPPER, job.topics().validation(), samples / 4, 2);
  }

  private static void feed(JobConfig job, Level level, String topic, int samples, long seed) {
    Problem problem = job.problem();
    int features = problem.schema(level).fields().get(0).width();
    SplittableRandom random = new SplittableRandom(seed);
    double[] x = new double[features];
    try (SampleProducer producer =
        SampleProducer.open(
            new KafkaSettings(job.kafka().values()),
            topic,
            problem.schema(level),
            level, // each record names its role; null where the topic says enough
            Options.DEFAULTS)) {
      SampleRow row = producer.newRow(); // one per thread, used again and again
      for (int i = 0; i < samples; i++) {
        double score = 0;
        for (int j = 0; j < features; j++) {
          x[j] = 2 * random.nextDouble() - 1;
          score += (j % 2 == 0 ? 3 : -2) * x[j];
        }
        double label = random.nextDouble() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
        row.features(x).set("y", label).id("sample-" + i).time(1_700_000_000_000L + i);
        producer.send(row); // blocks while too much is in flight: that is the brake
      }
      try { // a label that is no class, to show what becomes of a wrong sample: it stays here
        producer.send(row.features(new double[features]).set("y", 7));
      } catch (IllegalArgumentException e) { // nothing of it was sent
        System.out.println("refused, as it should be: " + e.getMessage());
      }
      producer.flush(); // throws when anything could not be delivered
      System.out.printf(
          "%d samples in %d records to %s%n",
          producer.acknowledged(), producer.acknowledgedRecords(), topic);
    }
  }
}
