package dev.freshet.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.freshet.cli", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("dev.freshet.(**)").should().beFreeOfCycles();

  /** The distribution has none of these. */
  @ArchTest
  static final ArchRule onlyCommandsOfACheckoutNeedTheEmbeddedStack =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.freshet.cli.local")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "dev.freshet.local..",
                  "dev.freshet.bench..",
                  "dev.freshet.embedded..",
                  "dev.freshet.jobs..",
                  "org.apache.flink.."));

  @ArchTest
  static final ArchRule noClassIsACatchAll =
      noClasses().should().haveNameMatching(".*(Utils?|Helpers?)(\\$.*)?");

  @ArchTest
  static final ArchRule nothingSleeps =
      noClasses().should().callMethod(Thread.class, "sleep", long.class);

  @ArchTest
  static final ArchRule nothingStaticChanges = fields().that().areStatic().should().beFinal();
}
