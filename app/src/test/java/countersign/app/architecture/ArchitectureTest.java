package countersign.app.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import countersign.event.Event;
import countersign.port.Secrets;

/** The arrows of ARCHITECTURE.md, held by the build. */
@AnalyzeClasses(packages = "countersign", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String[] COMMAND_MODEL = {
    "countersign.store..",
    "countersign.append..",
    "countersign.feed..",
    "countersign.recovery..",
    "countersign.configuration..",
    "countersign.approval.write..",
    "countersign.command..",
    "countersign.session.write..",
    "countersign.log..",
    "countersign.witness..",
    "countersign.retention.write..",
    "countersign.secret.write..",
    "countersign.evidence.make.."
  };
  private static final String[] VIEWS = {
    "countersign.view.sessions..",
    "countersign.view.operations..",
    "countersign.view.pendingapprovals..",
    "countersign.view.recordingindex..",
    "countersign.view.projections..",
    "countersign.view.configuration.."
  };
  private static final String[] API = {"countersign.api.."};
  private static final String[] EDGE = {"countersign.edge.."};
  private static final String[] PURE = {
    "countersign.deciding..", "countersign.wire..", "countersign.verifier.."
  };

  @ArchTest
  static final ArchRule edgeKnowsNothingOfTheStoreTheViewsOrTheApi =
      noClasses()
          .that()
          .resideInAnyPackage(EDGE)
          .should()
          .dependOnClassesThat(
              resideInAPackage("countersign.store..")
                  .or(resideInAPackage("countersign.append.."))
                  .or(resideInAPackage("countersign.feed.."))
                  .or(resideInAPackage("countersign.view.."))
                  .or(resideInAPackage("countersign.api.."))
                  .or(resideInAPackage("countersign.app.."))
                  .or(resideInAPackage("org.axonframework.messaging.core.."))
                  .or(resideInAPackage("org.hibernate.."))
                  .or(resideInAPackage("java.sql..")));

  @ArchTest
  static final ArchRule aWitnessKnowsNothingOfTheStore =
      noClasses()
          .that()
          .resideInAPackage("countersign.witness..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("countersign.store..").or(resideInAPackage("java.sql..")));

  @ArchTest
  static final ArchRule viewsNeverIssueCommands =
      noClasses()
          .that()
          .resideInAnyPackage(VIEWS)
          .should()
          .dependOnClassesThat(
              resideInAPackage("org.axonframework.messaging.commandhandling..")
                  .or(resideInAPackage("countersign.edge.."))
                  .or(resideInAPackage("countersign.api.."))
                  .or(resideInAPackage("countersign.store..")));

  @ArchTest
  static final ArchRule commandModelKnowsNeitherEdgeNorViewsNorApi =
      noClasses()
          .that()
          .resideInAnyPackage(COMMAND_MODEL)
          .should()
          .dependOnClassesThat(
              resideInAPackage("countersign.edge..")
                  .or(resideInAPackage("countersign.api.."))
                  .or(resideInAPackage("countersign.view.."))
                  .or(resideInAPackage("countersign.app..")));

  @ArchTest
  static final ArchRule apiReachesTheRestThroughPortsOnly =
      noClasses()
          .that()
          .resideInAnyPackage(API)
          .should()
          .dependOnClassesThat(
              resideInAPackage("countersign.edge..")
                  .or(
                      resideInAPackage("countersign.store..")
                          .or(resideInAPackage("countersign.app.."))));

  @ArchTest
  static final ArchRule pureModulesDoNoInputOrOutput =
      noClasses()
          .that()
          .resideInAnyPackage(PURE)
          .should()
          .dependOnClassesThat(
              resideInAPackage("java.net..")
                  .or(resideInAPackage("java.sql.."))
                  .or(resideInAPackage("io.netty.channel.."))
                  .or(resideInAPackage("io.vertx.."))
                  .or(resideInAPackage("io.quarkus..")));

  @ArchTest
  static final ArchRule onlyTheCredentialPackageOfTheEdgeSeesASecret =
      noClasses()
          .that()
          .resideInAnyPackage(EDGE)
          .and()
          .resideOutsideOfPackage("countersign.edge.credential..")
          .should()
          .callMethod(Secrets.class, "resolve", String.class);

  @ArchTest
  static final ArchRule protocolsNeverSeeEachOther =
      slices().matching("countersign.edge.protocol.(*)..").should().notDependOnEachOther();

  @ArchTest
  static final ArchRule slicesOfTheModelAreFreeOfCycles =
      slices()
          .matching("countersign.(store|feed|append|recovery|configuration)..")
          .should()
          .beFreeOfCycles();

  @ArchTest
  static final ArchRule everyEventIsARecord =
      classes().that().implement(Event.class).and().areNotInterfaces().should().beRecords();

  @ArchTest
  static final ArchRule nobodyBlocksAnEdge =
      noClasses()
          .that()
          .resideInAnyPackage(EDGE)
          .should()
          .callMethod(java.util.concurrent.CompletableFuture.class, "join")
          .orShould()
          .callMethod(java.util.concurrent.CompletableFuture.class, "get")
          .orShould()
          .callMethod(Thread.class, "sleep", long.class);
}
