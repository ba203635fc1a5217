package org.qrepo.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.jspecify.annotations.NullMarked;

/** Holds the arrows of the house plan. */
@AnalyzeClasses(packages = "org.qrepo", importOptions = ArchitectureTest.WithoutTests.class)
class ArchitectureTest {
  /** Leaves the tests of all modules out, as directories and as jars. */
  static final class WithoutTests implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("/test-classes/") && !location.contains("-tests.jar");
    }
  }

  private static final String CORE_ROOT = "org.qrepo";
  private static final String[] CORE = {
    "org.qrepo",
    "org.qrepo.io..",
    "org.qrepo.tar..",
    "org.qrepo.alpm..",
    "org.qrepo.database..",
    "org.qrepo.audit..",
    "org.qrepo.publish..",
    "org.qrepo.rpm..",
    "org.qrepo.repodata..",
    "org.qrepo.parcel..",
    "org.qrepo.client.."
  };

  @ArchTest
  static final ArchRule MODULES =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("org.qrepo..")
          .layer("core")
          .definedBy(CORE)
          .layer("signer")
          .definedBy("org.qrepo.sign..")
          .layer("uploaders")
          .definedBy("org.qrepo.store..")
          .layer("cli")
          .definedBy("org.qrepo.cli..")
          .whereLayer("cli")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("signer")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("uploaders")
          .mayOnlyBeAccessedByLayers("cli")
          .ensureAllClassesAreContainedInArchitecture();

  @ArchTest
  static final ArchRule CORE_IS_IN_LAYERS =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage(CORE_ROOT, CORE)
          .layer("root")
          .definedBy(CORE_ROOT)
          .layer("io")
          .definedBy("org.qrepo.io..")
          .layer("tar")
          .definedBy("org.qrepo.tar..")
          .layer("alpm")
          .definedBy("org.qrepo.alpm..")
          .layer("database")
          .definedBy("org.qrepo.database..")
          .layer("audit")
          .definedBy("org.qrepo.audit..")
          .layer("rpm")
          .definedBy("org.qrepo.rpm..")
          .layer("repodata")
          .definedBy("org.qrepo.repodata..")
          .layer("publish")
          .definedBy("org.qrepo.publish..")
          .layer("parcel")
          .definedBy("org.qrepo.parcel..")
          .layer("client")
          .definedBy("org.qrepo.client..")
          .whereLayer("audit")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("parcel")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("client")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("rpm")
          .mayOnlyBeAccessedByLayers("repodata", "publish")
          .whereLayer("repodata")
          .mayOnlyBeAccessedByLayers("publish", "client")
          .whereLayer("publish")
          .mayOnlyBeAccessedByLayers("parcel", "client")
          .whereLayer("database")
          .mayOnlyBeAccessedByLayers("audit", "publish", "client")
          .whereLayer("alpm")
          .mayOnlyBeAccessedByLayers("database", "audit", "publish", "parcel", "client")
          .whereLayer("tar")
          .mayOnlyBeAccessedByLayers("alpm", "database", "parcel")
          .whereLayer("io")
          .mayOnlyBeAccessedByLayers(
              "tar", "alpm", "database", "audit", "rpm", "repodata", "publish", "parcel", "client")
          .whereLayer("root")
          .mayOnlyBeAccessedByLayers(
              "io",
              "tar",
              "alpm",
              "database",
              "audit",
              "rpm",
              "repodata",
              "publish",
              "parcel",
              "client");

  @ArchTest
  static final ArchRule PARTS_OF_THE_COMMAND_LINE_HAVE_NO_CYCLES =
      slices().matching("org.qrepo.cli.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule CORE_KNOWS_NO_NETWORK_AND_NO_KEYS =
      noClasses()
          .that()
          .resideInAnyPackage(CORE)
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                      "java.net.http..",
                      "javax.net..",
                      "com.sun.net..",
                      "org.bouncycastle..",
                      "picocli..")
                  .or(JavaClass.Predicates.assignableTo(java.net.Socket.class))
                  .or(JavaClass.Predicates.assignableTo(java.net.URLConnection.class))
                  .or(JavaClass.Predicates.assignableTo(java.security.PrivateKey.class)));

  @ArchTest
  static final ArchRule ONLY_UPLOADERS_AND_THE_SERVER_TALK_HTTP =
      noClasses()
          .that(resideOutsideOfPackages("org.qrepo.store..", "org.qrepo.cli.serve.."))
          .should()
          .dependOnClassesThat(resideInAnyPackage("java.net.http..", "com.sun.net.."));

  @ArchTest
  static final ArchRule ONLY_THE_COMMAND_LINE_PRINTS =
      noClasses()
          .that(resideOutsideOfPackages("org.qrepo.cli.."))
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err")
          .orShould()
          .accessField(System.class, "in")
          .orShould()
          .callMethod(System.class, "console")
          .orShould()
          .callMethod(Throwable.class, "printStackTrace");

  @ArchTest
  static final ArchRule ONLY_THE_COMMAND_LINE_READS_THE_ENVIRONMENT_OR_EXITS =
      noClasses()
          .that(resideOutsideOfPackages("org.qrepo.cli.."))
          .should()
          .callMethod(System.class, "getenv")
          .orShould()
          .callMethod(System.class, "getenv", String.class)
          .orShould()
          .callMethod(System.class, "exit", int.class);

  @ArchTest
  static final ArchRule CORE_STARTS_NO_PROCESS =
      noClasses()
          .that()
          .resideInAnyPackage(CORE)
          .should()
          .dependOnClassesThat()
          .areAssignableTo(ProcessBuilder.class);

  @ArchTest
  static final ArchRule COMMANDS_TAKE_THEIR_SURROUNDINGS_AS_VALUES =
      noClasses()
          .that(
              resideInAPackage("org.qrepo.cli..")
                  .and(
                      com.tngtech.archunit.base.DescribedPredicate.not(
                          JavaClass.Predicates.belongToAnyOf(
                              Surroundings.class, ProcessTerminal.class, Main.class))))
          .should()
          .callMethod(System.class, "getenv")
          .orShould()
          .callMethod(System.class, "getenv", String.class)
          .orShould()
          .callMethod(System.class, "exit", int.class)
          .orShould()
          .callMethod(System.class, "console")
          .orShould()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");

  @ArchTest
  static void everyPackageSaysWhatItIsForAndHasNoNulls(JavaClasses classes) {
    JavaPackage root = classes.getPackage("org.qrepo");
    assertThat(root.getSubpackagesInTree())
        .filteredOn(p -> !p.getClasses().isEmpty())
        .allMatch(p -> p.isAnnotatedWith(NullMarked.class), "is @NullMarked");
  }
}
