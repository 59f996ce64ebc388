package io.thalweg.app;

import io.thalweg.config.JobConfig;
import io.thalweg.topics.TopicCatalog;
import io.thalweg.topics.TopicException;
import io.thalweg.topics.TopicExport;
import io.thalweg.topics.TopicPlan;
import io.thalweg.topics.TopicSpec;
import io.thalweg.topics.TopicsTool;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code thalweg topics}: topics as code. */
@Command(
    name = "topics",
    description = {
      "Compares the topics of a job with what they have to be, and creates or changes them.",
      "Nothing is ever deleted: no topic, no partition, no record.",
      ""
    },
    subcommands = {TopicsCommand.Plan.class, TopicsCommand.Apply.class, TopicsCommand.Export.class},
    footer = {
      "",
      "Marks: + create, ~ change, ! to know, = as wanted.",
      "Examples:",
      "  thalweg topics plan -c job.yaml",
      "  thalweg topics apply -c job.yaml",
      "  thalweg topics export -c job.yaml --format strimzi"
    })
final class TopicsCommand implements Runnable {
  @Spec private CommandSpec spec;

  TopicsCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command: plan, apply or export");
  }

  /** {@code thalweg topics plan}. */
  @Command(
      name = "plan",
      description = {"Shows what apply would do, and does nothing.", ""})
  static final class Plan implements Callable<Integer> {
    /** As other tools that plan do; 2 stands for wrong usage here. */
    private static final int PENDING = 3;

    @Mixin private JobTopics topics;

    @Option(
        names = "--detailed-exitcode",
        description = "End with 3 when something would be created or changed.")
    private boolean detailed;

    @Spec private CommandSpec spec;

    Plan() {}

    @Override
    public Integer call() {
      return topics.withCluster(
          (admin, wanted) -> {
            TopicPlan plan = TopicsTool.plan(admin, wanted);
            print(spec, plan.lines());
            requireFeasible(plan, "apply would change nothing");
            return detailed && plan.pending() ? PENDING : ExitCode.OK;
          });
    }
  }

  /** {@code thalweg topics apply}. */
  @Command(
      name = "apply",
      description = {
        "Creates missing topics and changes settings; a second time it does nothing.",
        ""
      })
  static final class Apply implements Callable<Integer> {
    @Mixin private JobTopics topics;
    @Spec private CommandSpec spec;

    Apply() {}

    @Override
    public Integer call() {
      return topics.withCluster(
          (admin, wanted) -> {
            TopicPlan plan = TopicsTool.plan(admin, wanted);
            print(spec, plan.lines());
            requireFeasible(plan, "nothing was changed");
            TopicsTool.apply(admin, wanted, plan);
            print(spec, List.of(plan.pending() ? "Done." : "Nothing to do."));
            return ExitCode.OK;
          });
    }
  }

  /** {@code thalweg topics export}. */
  @Command(
      name = "export",
      description = {"Prints the topics for other tools; needs no broker.", ""})
  static final class Export implements Callable<Integer> {
    /** What to print. */
    enum Format {
      strimzi,
      strimzi_users,
      acls,
      kafka_topics;

      @Override
      public String toString() {
        return name().replace('_', '-');
      }
    }

    @Mixin private JobTopics topics;

    @Option(
        names = "--format",
        required = true,
        paramLabel = "FORMAT",
        converter = FormatConverter.class,
        description =
            "strimzi (KafkaTopic resources), strimzi-users (KafkaUser resources with the rights),"
                + " acls (the same rights for kafka-acls.sh) or kafka-topics (kafka-topics.sh).")
    private Format format = Format.strimzi;

    @Option(
        names = "--cluster",
        paramLabel = "NAME",
        defaultValue = "kafka",
        description = "Name of the Strimzi cluster; default ${DEFAULT-VALUE}.")
    private String cluster = "kafka";

    @Option(
        names = "--api",
        paramLabel = "VERSION",
        defaultValue = "v1",
        description = "Version of the Strimzi resources: v1 (since 0.49, the default) or v1beta2.")
    private String api = "v1";

    @Option(
        names = "--authentication",
        paramLabel = "TYPE",
        defaultValue = "scram-sha-512",
        description = "How strimzi-users log in: scram-sha-512 (the default) or tls.")
    private String authentication = "scram-sha-512";

    @Option(
        names = "--principal",
        paramLabel = "ROLE=PRINCIPAL",
        description =
            "Who plays a role in acls, such as solver=User:CN=thalweg; default User:JOB-ROLE.")
    private Map<String, String> principals = new LinkedHashMap<>();

    @Spec private CommandSpec spec;

    Export() {}

    @Override
    public Integer call() {
      JobConfig job = topics.jobElsewhere();
      List<TopicSpec> wanted = topics.topics(job);
      String bootstrap = job.kafka().bootstrap();
      String text =
          switch (format) {
            case strimzi -> TopicExport.strimzi(wanted, cluster, api);
            case strimzi_users ->
                TopicExport.strimziUsers(wanted, job.job(), cluster, api, authentication);
            case acls -> TopicExport.acls(wanted, bootstrap, job.job(), principals);
            case kafka_topics -> TopicExport.kafkaTopics(wanted, bootstrap);
          };
      PrintWriter out = spec.commandLine().getOut();
      out.print(text);
      out.flush();
      return ExitCode.OK;
    }
  }

  /** Takes {@code kafka-topics} as it is written. */
  static final class FormatConverter implements picocli.CommandLine.ITypeConverter<Export.Format> {
    FormatConverter() {}

    @Override
    public Export.Format convert(String word) {
      for (Export.Format format : Export.Format.values()) {
        if (format.toString().equalsIgnoreCase(word)) {
          return format;
        }
      }
      throw new picocli.CommandLine.TypeConversionException(
          "expected strimzi, strimzi-users, acls or kafka-topics, but was " + word);
    }
  }

  private static void requireFeasible(TopicPlan plan, String consequence) {
    List<String> why =
        plan.refusals().stream().map(line -> line.topic() + " " + line.text()).toList();
    if (!why.isEmpty()) {
      throw new UserError(ExitCode.CONFIGURATION, consequence + ": " + String.join("; ", why));
    }
  }

  private static void print(CommandSpec spec, List<String> lines) {
    PrintWriter out = spec.commandLine().getOut();
    lines.forEach(out::println);
    out.flush();
  }

  /** What is done with a cluster that answers. */
  interface Work {
    /** Does it; the result is the exit code. */
    int with(Admin admin, List<TopicSpec> wanted);
  }

  /** Which topics, and where. */
  static final class JobTopics {
    @Mixin private JobFile file;

    @Option(
        names = "--folder",
        paramLabel = "DIR",
        description =
            "Topic files of your own (train.yaml and so on) instead of the built-in ones.")
    private @Nullable Path folder;

    JobTopics() {}

    JobConfig job() {
      return file.read();
    }

    /** For what needs no broker, and so no secrets. */
    JobConfig jobElsewhere() {
      return file.readElsewhere();
    }

    List<TopicSpec> topics(JobConfig job) {
      try {
        TopicCatalog catalog = folder == null ? TopicCatalog.builtIn() : TopicCatalog.of(folder);
        return WantedTopics.of(job, catalog);
      } catch (TopicException e) {
        throw new UserError(ExitCode.CONFIGURATION, String.valueOf(e.getMessage()), e);
      }
    }

    int withCluster(Work work) {
      JobConfig job = job();
      List<TopicSpec> wanted = topics(job);
      try (Admin admin = Cluster.connect(job.kafka().values())) {
        return work.with(admin, wanted);
      } catch (KafkaException e) {
        throw KafkaErrors.userError(e, job.kafka().bootstrap());
      } catch (TopicException e) {
        throw new UserError(ExitCode.CONFIGURATION, String.valueOf(e.getMessage()), e);
      }
    }
  }
}
