package dev.freshet.model;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.freshet.model", importOptions = DoNotIncludeTests.class)
class LayeringTest {
  @ArchTest
  static final ArchRule servingNeedsNoTraining =
      noClasses()
          .that()
          .resideInAPackage("dev.freshet.model")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.freshet.model.train..");
}
