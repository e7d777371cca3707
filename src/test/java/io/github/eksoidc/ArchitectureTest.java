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
import java.util.random.RandomGenerator;

/** Dependencies run in one direction: the entry, the edges, what a resource is. */
@AnalyzeClasses(
    packages = "io.github.eksoidc",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule LAYERS =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("lambda")
          .definedBy("..lambda..")
          .layer("aws")
          .definedBy("..eksoidc.aws..")
          .layer("cloudformation")
          .definedBy("..eksoidc.cloudformation..")
          .layer("trust")
          .definedBy("..eksoidc.trust..")
          .layer("provider")
          .definedBy("..eksoidc.provider..")
          .layer("resource")
          .definedBy("..eksoidc.resource..")
          .whereLayer("lambda")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("aws")
          .mayOnlyBeAccessedByLayers("lambda")
          .whereLayer("cloudformation")
          .mayOnlyBeAccessedByLayers("lambda")
          .whereLayer("trust")
          .mayOnlyBeAccessedByLayers("lambda")
          .whereLayer("provider")
          .mayOnlyBeAccessedByLayers("lambda", "aws", "trust");

  @ArchTest
  static final ArchRule WHAT_A_RESOURCE_IS_KNOWS_THE_JDK_ONLY =
      classes()
          .that()
          .resideInAnyPackage("..eksoidc.provider..", "..eksoidc.trust..", "..eksoidc.resource..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..", "..eksoidc.provider..", "..eksoidc.trust..", "..eksoidc.resource..");

  @ArchTest
  static final ArchRule ONLY_THE_EDGE_KNOWS_THE_SDK =
      noClasses()
          .that()
          .resideInAPackage("..eksoidc.cloudformation..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("software.amazon.awssdk..");

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("io.github.eksoidc.(*)..").should().beFreeOfCycles();

  /** It would be in the snapshot, and every restored copy would draw the same. */
  @ArchTest
  static final ArchRule NOTHING_RANDOM_IS_HELD =
      noFields().should().haveRawType(assignableTo(RandomGenerator.class));
}
