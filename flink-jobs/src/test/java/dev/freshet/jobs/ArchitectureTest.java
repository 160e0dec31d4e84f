package dev.freshet.jobs;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

@AnalyzeClasses(packages = "dev.freshet.jobs", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  /** These order, hold state and call; all else must be testable without Flink. */
  private static final String WITH_FLINK =
      ".*\\.(RankOperator|RankMetrics|ReplicaSnapshot|ServedLists|ChunkedOutput|UserHistory|ItemHistory)(\\$.*)?";

  /** The hot path of this module; ranking has rules of its own. */
  private static final String HOT_PATH =
      ".*\\.(RankOperator|ServedLists|Entity(Events|Features))(\\$.*)?";

  @ArchTest
  static final ArchRule whatIsReckonedNeedsNoFlink =
      noClasses()
          .that(
              resideInAPackage("dev.freshet.jobs.rank..")
                  .or(resideInAPackage("dev.freshet.jobs.user.."))
                  .or(resideInAPackage("dev.freshet.jobs.item.."))
                  .or(resideInAPackage("dev.freshet.jobs.event..")))
          .and(DescribedPredicate.not(nameMatching(WITH_FLINK)))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.flink..");

  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("dev.freshet.jobs.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule entryPointsAreAtTheTop =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.freshet.jobs")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.freshet.jobs");

  @ArchTest
  static final ArchRule noClassIsALeftOverDrawer =
      noClasses().should().haveNameMatching(".*(Utils?|Helpers?)(\\$.*)?");

  @ArchTest
  static final ArchRule nothingSleeps =
      noClasses().should().callMethod(Thread.class, "sleep", long.class);

  @ArchTest static final ArchRule nothingPrints = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

  @ArchTest
  static final ArchRule nothingStaticChanges = fields().that().areStatic().should().beFinal();

  @ArchTest
  static final ArchRule theHotPathHasNoStreams =
      noMethods().that().areDeclaredInClassesThat(nameMatching(HOT_PATH)).should(callStreams());

  private static ArchCondition<JavaMethod> callStreams() {
    return new ArchCondition<>("call java.util.stream") {
      @Override
      public void check(JavaMethod method, ConditionEvents events) {
        for (JavaAccess<?> access : method.getAccessesFromSelf()) {
          JavaClass owner = access.getTargetOwner();
          boolean stream =
              owner.getPackageName().equals("java.util.stream")
                  || access.getName().equals("stream");
          if (stream) {
            events.add(SimpleConditionEvent.satisfied(access, access.getDescription()));
          }
        }
      }
    };
  }
}
