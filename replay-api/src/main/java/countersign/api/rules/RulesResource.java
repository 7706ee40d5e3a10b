package countersign.api.rules;

import countersign.api.access.Caller;
import countersign.api.access.Stages;
import countersign.api.access.Visibility;
import countersign.api.problem.Problem;
import countersign.api.problem.ProblemException;
import countersign.deciding.May;
import countersign.duty.Duty;
import countersign.duty.Rulebook;
import countersign.identity.Principal;
import countersign.port.Feed;
import countersign.target.Target;
import countersign.view.Page;
import countersign.view.Views;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Who asks, what is declared, and how far the read models are. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
@Tag(name = "rules")
public class RulesResource {
  private final Caller caller;
  private final Visibility visibility;
  private final Feed feed;
  private final Views views;

  /** Answers from these. */
  @Inject
  public RulesResource(Caller caller, Visibility visibility, Feed feed, Views views) {
    this.caller = caller;
    this.visibility = visibility;
    this.feed = feed;
    this.views = views;
  }

  /** Who asks. */
  public record Whoami(
      String name,
      List<String> chain,
      Principal.Kind kind,
      Set<String> groups,
      Set<String> powers,
      Instant expires) {}

  /**
   * A target without anything of its credential.
   *
   * @param host address, empty for who holds no power
   * @param may what the caller may do there, in words
   */
  public record TargetView(
      String id,
      String name,
      String type,
      String host,
      int port,
      String database,
      Target.Tls tls,
      int listen,
      Target.Protection protection,
      List<String> may) {}

  /** Who asks. */
  @GET
  @Path("whoami")
  @Operation(operationId = "whoami", summary = "Who you are to Countersign")
  public Whoami whoami() {
    Principal principal = caller.principal();
    return new Whoami(
        principal.name(),
        principal.chain().stream().map(Principal.Hop::name).toList(),
        principal.acting().kind(),
        new TreeSet<>(principal.acting().groups()),
        new TreeSet<>(principal.powers()),
        principal.expires());
  }

  /** Targets. */
  @GET
  @Path("targets")
  @Operation(operationId = "targets", summary = "Targets, and what you may do on each")
  public Page<TargetView> targets() {
    Principal by = caller.principal();
    Rulebook rulebook = feed.rulebook();
    boolean all = visibility.seesEverything(by);
    return new Page<>(
        rulebook.targets().values().stream()
            .sorted(Comparator.comparing(Target::name))
            .map(target ->
                new TargetView(
                    target.name(),
                    target.name(),
                    target.type(),
                    all ? target.host() : "",
                    all ? target.port() : 0,
                    target.database(),
                    target.tls(),
                    target.listen(),
                    target.protection(),
                    May.lines(rulebook, by, target.name())))
            .toList(),
        null);
  }

  /** Duties. */
  @GET
  @Path("duties")
  @Operation(
      operationId = "duties",
      summary = "Duties in force: your own groups', or all for who holds a power")
  public Page<DutyView> duties() {
    Principal by = caller.principal();
    boolean all = visibility.seesEverything(by);
    return new Page<>(
        feed.rulebook().duties().values().stream()
            .filter(duty -> all || holds(by, duty))
            .sorted(Comparator.comparing(Duty::name))
            .map(DutyView::of)
            .toList(),
        null);
  }

  private static boolean holds(Principal by, Duty duty) {
    return by.chain().stream().anyMatch(hop -> !Collections.disjoint(hop.groups(), duty.groups()));
  }

  /** How far the read models are. */
  @GET
  @Path("lag")
  @Operation(operationId = "lag", summary = "How far the read models are behind the log")
  public Views.Lag lag() {
    return Stages.await(views.lag());
  }

  /** Makes a view again from the log. */
  @POST
  @Path("views/{name:[a-z]+}:rebuild")
  @Operation(
      operationId = "rebuild",
      summary = "Empties a read model and makes it again from the log; lag shows the progress")
  public Views.Lag rebuild(@PathParam("name") String name) {
    if (!caller.principal().powers().contains("administer")) {
      throw new ProblemException(
          Problem.Kind.forbidden, "rebuilding asks for the power administer");
    }
    try {
      Stages.await(views.rebuild(name).thenApply(_ -> name));
    } catch (CompletionException e) {
      if (e.getCause() instanceof NoSuchElementException unknown) {
        throw new ProblemException(Problem.Kind.notFound, String.valueOf(unknown.getMessage()));
      }
      throw e;
    }
    return Stages.await(views.lag());
  }
}
