package dev.freshet.model;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = {"dev.freshet.model", "dev.freshet.evaluation"},
    importOptions = DoNotIncludeTests.class)
class LayeringTest {
  @ArchTest
  static final ArchRule servingNeedsNoTraining =
      noClasses()
          .that()
          .resideInAPackage("dev.freshet.model")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.freshet.model.train..");

  @ArchTest
  static final ArchRule evaluationNeedsTheJdkAlone =
      classes()
          .that()
          .resideInAPackage("dev.freshet.evaluation")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("dev.freshet.evaluation", "java..");

  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("dev.freshet.(**)").should().beFreeOfCycles();
}
