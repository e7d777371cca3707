package io.github.eksoidc;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.github.eksoidc.invocation.RandomNumbers;
import io.github.eksoidc.lambda.SnapStartHooks;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Dependencies run in one direction: from the Lambda entry to the edges to the core. */
@AnalyzeClasses(
    packages = "io.github.eksoidc",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  /** The core, from the inside out. */
  private static final String[] CORE = {
    "..eksoidc.timing..",
    "..eksoidc.resource..",
    "..eksoidc.properties..",
    "..eksoidc.issuer..",
    "..eksoidc.provider..",
    "..eksoidc.ownership..",
    "..eksoidc.audit..",
    "..eksoidc.trust..",
    "..eksoidc.resourcetype.."
  };

  @ArchTest
  static final ArchRule LAYERS =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("lambda")
          .definedBy("..eksoidc.lambda..")
          .layer("priming")
          .definedBy("..eksoidc.priming..")
          .layer("invocation")
          .definedBy("..eksoidc.invocation..")
          .layer("aws")
          .definedBy("..eksoidc.aws..")
          .layer("cloudformation")
          .definedBy("..eksoidc.cloudformation..")
          .layer("core")
          .definedBy(CORE)
          .whereLayer("lambda")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("priming")
          .mayOnlyBeAccessedByLayers("lambda")
          .whereLayer("invocation")
          .mayOnlyBeAccessedByLayers("lambda", "priming")
          .whereLayer("aws")
          .mayOnlyBeAccessedByLayers("lambda", "priming", "invocation")
          .whereLayer("cloudformation")
          .mayOnlyBeAccessedByLayers("lambda", "priming", "invocation");

  @ArchTest
  static final ArchRule CORE_KNOWS_ONLY_THE_JDK =
      classes()
          .that()
          .resideInAnyPackage(CORE)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              Stream.concat(Stream.of("java.."), Stream.of(CORE)).toArray(String[]::new));

  @ArchTest
  static final ArchRule THE_PROTOCOL_DOES_NOT_KNOW_THE_SDK =
      noClasses()
          .that()
          .resideInAPackage("..eksoidc.cloudformation..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("software.amazon.awssdk..");

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("io.github.eksoidc.(*)..").should().beFreeOfCycles();

  /** A generator in a snapshot returns the same numbers in every restored function. */
  @ArchTest
  static final ArchRule NOTHING_RANDOM_IS_HELD =
      noFields().should().haveRawType(assignableTo(RandomGenerator.class));

  /** The JDK holds these generators itself. Only RandomNumbers may use one, to advance it. */
  @ArchTest
  static final ArchRule NO_GENERATOR_OF_THE_JDK =
      noClasses()
          .that()
          .doNotBelongToAnyOf(RandomNumbers.class)
          .should()
          .callMethod(ThreadLocalRandom.class, "current")
          .orShould()
          .callMethod(UUID.class, "randomUUID")
          .orShould()
          .callMethod(Math.class, "random");

  /** RandomNumbersTest has what this call changes. */
  @ArchTest
  static final ArchRule RESTORED_FUNCTIONS_DIFFER =
      classes()
          .that()
          .areAssignableTo(SnapStartHooks.class)
          .should()
          .callMethod(RandomNumbers.class, "afterRestore");
}
