package io.thalweg;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The layout of the house, checked in bytecode. */
class ArchitectureTest {
  private static final String ROOT = "io.thalweg.";

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.thalweg");

  private static final JavaClasses TESTS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.OnlyIncludeTests())
          .importPackages("io.thalweg");

  /** The packages that run in a plain loop. */
  private static final List<String> CORE =
      List.of(
          "settings",
          "linalg",
          "sample",
          "oracle",
          "estimator",
          "robust",
          "problem",
          "portfolio",
          "solver",
          "metric",
          "stream");

  /** Package to what it may depend on besides itself; what is not listed is forbidden. */
  private static final Map<String, List<String>> ARROWS = arrows();

  private static Map<String, List<String>> arrows() {
    Map<String, List<String>> a = new LinkedHashMap<>();
    a.put("settings", List.of());
    a.put("linalg", List.of("org.ejml.."));
    a.put("sample", List.of("linalg"));
    a.put("oracle", List.of("linalg", "sample", "settings"));
    a.put("estimator", List.of("linalg"));
    a.put("robust", List.of("linalg"));
    a.put("problem", List.of("oracle", "sample", "linalg", "settings", "org.ejml.."));
    a.put("portfolio", List.of("oracle", "sample", "linalg"));
    a.put("watch", List.of());
    a.put(
        "solver",
        List.of(
            "watch", "portfolio", "estimator", "robust", "oracle", "sample", "linalg", "settings"));
    a.put("metric", List.of());
    a.put("stream", List.of("sample", "linalg"));
    a.put(
        "wire",
        List.of("stream", "sample", "solver", "linalg", "settings", "com.fasterxml.jackson.."));
    a.put(
        "pipeline",
        List.of(
            "stream",
            "sample",
            "solver",
            "metric",
            "oracle",
            "settings",
            "reactor..",
            "org.reactivestreams.."));
    a.put(
        "kafka",
        List.of(
            "pipeline",
            "stream",
            "sample",
            "wire",
            "reactor..",
            "org.reactivestreams..",
            "org.apache.kafka..",
            "org.slf4j.."));
    a.put(
        "files",
        List.of("pipeline", "stream", "wire", "sample", "reactor..", "org.reactivestreams.."));
    a.put("broker", List.of("org.apache.kafka..", "org.slf4j.."));
    a.put("topics", List.of("org.apache.kafka..", "com.fasterxml.jackson..", "org.slf4j.."));
    a.put("telemetry", List.of("pipeline", "stream", "io.micrometer.core.."));
    a.put(
        "page",
        List.of(
            "telemetry",
            "pipeline",
            "stream",
            "reactor..",
            "org.reactivestreams..",
            "io.netty..",
            "com.fasterxml.jackson..",
            "org.slf4j.."));
    a.put("data", List.of());
    a.put(
        "experiment",
        List.of(
            "estimator",
            "oracle",
            "sample",
            "linalg",
            "settings",
            "problem",
            "portfolio",
            "solver",
            "metric",
            "stream",
            "data"));
    a.put("export", List.of("problem"));
    a.put("chart", List.of("org.knowm.xchart.."));
    a.put(
        "config",
        List.of(
            "solver",
            "problem",
            "settings",
            "sample",
            "com.fasterxml.jackson..",
            "com.networknt..",
            "org.yaml.snakeyaml.."));
    return a;
  }

  /** Packages of the JDK the core may use: no file, no clock, no network. */
  private static final String[] CORE_JDK = {
    "java.lang",
    "java.lang.invoke",
    "java.lang.reflect",
    "java.util",
    "java.util.function",
    "java.util.stream"
  };

  static Stream<String> packages() {
    return existing().stream().filter(ARROWS::containsKey);
  }

  private static Set<String> existing() {
    Set<String> out = new TreeSet<>();
    for (JavaClass c : MAIN) {
      String name = c.getPackageName();
      if (name.startsWith(ROOT)) {
        out.add(name.substring(ROOT.length()).split("\\.", 2)[0]);
      }
    }
    return out;
  }

  @Test
  void every_package_has_its_place_in_the_table() {
    Set<String> unknown = existing();
    unknown.removeAll(ARROWS.keySet());
    unknown.remove("app");
    assertThat(unknown).as("packages without arrows").isEmpty();
    assertThat(existing()).containsAll(CORE).contains("pipeline", "kafka", "config", "app");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("packages")
  void a_package_uses_only_what_its_arrows_allow(String name) {
    List<String> allowed = new ArrayList<>();
    allowed.add(ROOT + name + "..");
    allowed.add("org.jspecify..");
    if (CORE.contains(name)) {
      allowed.addAll(List.of(CORE_JDK));
    } else {
      allowed.add("java..");
      allowed.add("javax..");
    }
    for (String arrow : ARROWS.getOrDefault(name, List.of())) {
      allowed.add(arrow.contains(".") ? arrow : ROOT + arrow + "..");
    }
    classes()
        .that()
        .resideInAPackage(ROOT + name + "..")
        .should()
        .onlyDependOnClassesThat(
            JavaClass.Predicates.resideInAnyPackage(allowed.toArray(String[]::new))
                .or(primitiveOrArrayOf(allowed)))
        .check(MAIN);
  }

  /** Arrays live in the package of their component; primitives live nowhere. */
  private static DescribedPredicate<JavaClass> primitiveOrArrayOf(List<String> allowed) {
    DescribedPredicate<JavaClass> inside =
        JavaClass.Predicates.resideInAnyPackage(allowed.toArray(String[]::new));
    return describe(
        "primitives or arrays of the allowed",
        c ->
            c.getBaseComponentType().isPrimitive()
                || (c.isArray() && inside.test(c.getBaseComponentType())));
  }

  @Test
  void the_core_knows_neither_reactor_nor_kafka_nor_logs() {
    noClasses()
        .that()
        .resideInAnyPackage(core())
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "reactor..",
            "org.reactivestreams..",
            "org.apache.kafka..",
            "org.slf4j..",
            "java.util.logging..",
            "java.io..",
            "java.nio..",
            "java.time..",
            "java.net..")
        .because("the optimizer must run in a plain loop")
        .check(MAIN);
  }

  @Test
  void the_core_computes_transcendental_functions_with_strict_math() {
    Set<String> differs =
        Set.of(
            "exp", "expm1", "log", "log10", "log1p", "pow", "sin", "cos", "tan", "asin", "acos",
            "atan", "atan2", "sinh", "cosh", "tanh", "cbrt", "hypot");
    noClasses()
        .that()
        .resideInAnyPackage(deterministic())
        .should()
        .accessTargetWhere(
            describe(
                "Math whose bits differ between machines",
                (JavaAccess<?> access) ->
                    access.getTargetOwner().isEquivalentTo(Math.class)
                        && differs.contains(access.getTarget().getName())))
        .because("the same batches must give the same bits on any machine")
        .check(MAIN);
  }

  @Test
  void randomness_is_seeded_and_ours() {
    noClasses()
        .that()
        .resideInAnyPackage(deterministic())
        .should()
        .dependOnClassesThat(
            describe(
                "generators of the JDK",
                c ->
                    c.getName().equals("java.util.Random")
                        || c.getName().equals("java.util.SplittableRandom")
                        || c.getName().equals("java.util.UUID")
                        || c.getName().startsWith("java.util.random.")
                        || c.getName().equals("java.util.concurrent.ThreadLocalRandom")
                        || c.getName().equals("java.security.SecureRandom")))
        .orShould()
        .callMethod(Math.class, "random")
        .check(MAIN);
  }

  @Test
  void time_is_handed_in() {
    noClasses()
        .that()
        .resideInAnyPackage(deterministic())
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethod(java.time.Clock.class, "systemUTC")
        .orShould()
        .callMethod(java.time.Clock.class, "systemDefaultZone")
        .check(MAIN);
  }

  @Test
  void the_core_never_meets_the_order_of_a_hash() {
    noClasses()
        .that()
        .resideInAnyPackage(core())
        .should()
        .accessTargetWhere(
            describe(
                "hash maps and hash sets without an order",
                (JavaAccess<?> access) ->
                    Set.of(
                            "java.util.HashMap",
                            "java.util.HashSet",
                            "java.util.IdentityHashMap",
                            "java.util.WeakHashMap")
                        .contains(access.getTargetOwner().getName())))
        .because("the order of a sum must not depend on hashes")
        .check(MAIN);
  }

  @Test
  void only_the_adapters_and_commands_touch_the_kafka_clients() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            ROOT + "kafka..", ROOT + "topics..", ROOT + "broker..", ROOT + "app..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.kafka..")
        .check(MAIN);
  }

  @Test
  void only_the_page_speaks_http() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "page..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("reactor.netty..", "io.netty..")
        .check(MAIN);
  }

  @Test
  void the_broker_and_scala_are_never_on_the_solvers_class_path() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("kafka..", "scala..", "org.apache.kafka.server..")
        .check(MAIN);
  }

  @Test
  void nothing_is_deserialised_by_java() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.io.ObjectInputStream")
        .check(MAIN);
  }

  @Test
  void classes_are_loaded_by_name_only_for_problems_of_the_users() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("io.thalweg.problem.Problems")
        .and()
        .resideOutsideOfPackage(ROOT + "broker..") // starts the server its class path brings
        .should()
        .callMethod(Class.class, "forName", String.class)
        .orShould()
        .callMethod(Class.class, "forName", String.class, boolean.class, ClassLoader.class)
        .orShould()
        .callMethod(ClassLoader.class, "loadClass", String.class)
        .check(MAIN);
  }

  @Test
  void parameterized_tests_have_names() throws NoSuchMethodException {
    Object unnamed = ParameterizedTest.class.getMethod("name").getDefaultValue();
    methods()
        .that()
        .areAnnotatedWith(ParameterizedTest.class)
        .should(
            new ArchCondition<JavaMethod>("say what each case is") {
              @Override
              public void check(JavaMethod method, ConditionEvents events) {
                String name = method.getAnnotationOfType(ParameterizedTest.class).name();
                boolean named = !name.equals(unnamed);
                events.add(
                    new SimpleConditionEvent(
                        method, named, method.getFullName() + " has the name " + name));
              }
            })
        .check(TESTS);
  }

  private static String[] core() {
    return CORE.stream().map(name -> ROOT + name + "..").toArray(String[]::new);
  }

  private static String[] deterministic() {
    return Stream.concat(CORE.stream(), Stream.of("pipeline", "experiment"))
        .map(name -> ROOT + name + "..")
        .toArray(String[]::new);
  }
}
