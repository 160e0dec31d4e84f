package dev.freshet.ranking;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;

@AnalyzeClasses(packages = "dev.freshet.ranking", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  /** Classes that run for each request, candidate or item change. */
  private static final List<String> HOT_PATH =
      List.of(
          "FeatureRows",
          "RankingContext",
          "Evidence",
          "TopRows",
          "VectorSearch",
          "NearestSessions",
          "CandidateSet",
          "\\w+Source",
          "ItemReplica",
          "ItemFacts",
          "ListedItems",
          "VisitColumns",
          "Eviction",
          "ItemIndex",
          "ItemAttribute",
          "NeighbourLists",
          "SessionLog",
          "ItemVectors",
          "RecencyLists",
          "PopularItems",
          "TopItems",
          "BlockPool",
          "\\w+Column",
          "LongTable");

  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("dev.freshet.ranking.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule theReplicaKnowsOnlyChanges =
      noClasses()
          .that()
          .resideInAPackage("dev.freshet.ranking.replica..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.freshet.ranking.evidence..",
              "dev.freshet.ranking.source..",
              "dev.freshet.ranking.feature..",
              "dev.freshet.ranking.list..",
              "dev.freshet.ranking.serving..");

  @ArchTest
  static final ArchRule rankingIsAPlainLibrary =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.flink..", "org.apache.kafka..", "redis.clients..");

  @ArchTest
  static final ArchRule noClassIsACatchAll =
      noClasses().should().haveNameMatching(".*(Utils?|Helpers?)(\\$.*)?");

  @ArchTest
  static final ArchRule nothingSleeps =
      noClasses().should().callMethod(Thread.class, "sleep", long.class);

  @ArchTest static final ArchRule nothingPrints = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

  @ArchTest
  static final ArchRule nothingStaticChanges = fields().that().areStatic().should().beFinal();

  @ArchTest
  static final ArchRule theHotPathHasNoStreams =
      noMethods()
          .that()
          .areDeclaredInClassesThat()
          .haveNameMatching(".*\\.(" + String.join("|", HOT_PATH) + ")(\\$.*)?")
          .should(callStreams());

  @ArchTest
  static void everyHotClassExists(JavaClasses classes) {
    for (String name : HOT_PATH) {
      assertThat(classes).as(name).anyMatch(each -> each.getSimpleName().matches(name));
    }
  }

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
