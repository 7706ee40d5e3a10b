package countersign.app.demo;

import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.json.Json;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The demo's sign-in pages and its identity provider's documents, below {@code /demo}. Answers this
 * host only: the connection must come over the loopback interface and the browser must have asked
 * for a loopback name, so that no foreign page reaches it through a name of its own (DNS
 * rebinding).
 */
public final class DemoRoutes {
  /** Cookie that the API takes in place of a bearer token. */
  public static final String COOKIE = "countersign";

  private static final Set<String> THIS_HOST = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

  private final DemoIdentityProvider provider;

  /** Routes to one provider. */
  public DemoRoutes(DemoIdentityProvider provider) {
    this.provider = provider;
  }

  /** Adds the routes. */
  public void addTo(Router router) {
    router.route("/demo/*").handler(DemoRoutes::onlyThisHost);
    router
        .get("/demo/.well-known/openid-configuration")
        .handler(c -> json(c, Json.encode(provider.discovery())));
    router.get("/demo/jwks").handler(c -> json(c, provider.keySet()));
    router
        .get("/demo/people")
        .handler(c -> json(c, Json.encode(DemoPeople.ALL.stream().map(DemoRoutes::card).toList())));
    router.get("/demo/as/:name").handler(this::signIn);
    router.post("/demo/token").handler(this::token);
    router.route("/demo/sign-out").handler(DemoRoutes::signOut);
    router.route("/demo/*").handler(c -> problem(c, 404, "notFound", "Nothing is here"));
  }

  private static void onlyThisHost(RoutingContext context) {
    HostAndPort asked = context.request().authority();
    if (asked != null && THIS_HOST.contains(asked.host()) && loopback(context)) {
      context.next();
    } else {
      problem(context, 403, "forbidden", "The demo's sign-in answers this host only");
    }
  }

  private static boolean loopback(RoutingContext context) {
    String from = context.request().connection().remoteAddress().hostAddress();
    return from != null && InetAddress.ofLiteral(from).isLoopbackAddress();
  }

  private void signIn(RoutingContext context) {
    Optional<DemoPeople.Person> person = person(context, context.pathParam("name"));
    if (person.isEmpty()) {
      return;
    }
    context
        .response()
        .addCookie(cookie(provider.token(person.get()), DemoIdentityProvider.LIFE.toSeconds()));
    redirect(context);
  }

  private void token(RoutingContext context) {
    Optional<DemoPeople.Person> person = person(context, context.request().getParam("as"));
    person.ifPresent(who ->
        answer(context)
            .putHeader("Content-Type", "text/plain; charset=utf-8")
            .end(provider.token(who) + "\n"));
  }

  private static void signOut(RoutingContext context) {
    context.response().addCookie(cookie("", 0));
    if (context.request().method().name().equals("POST")) {
      context.response().setStatusCode(204).end();
    } else {
      redirect(context);
    }
  }

  private static Cookie cookie(String value, long seconds) {
    return Cookie.cookie(COOKIE, value)
        .setHttpOnly(true)
        .setSameSite(CookieSameSite.STRICT)
        .setPath("/")
        .setMaxAge(seconds);
  }

  private static void redirect(RoutingContext context) {
    answer(context).setStatusCode(303).putHeader("Location", "/").end();
  }

  private static Optional<DemoPeople.Person> person(RoutingContext context, @Nullable String name) {
    Optional<DemoPeople.Person> person = DemoPeople.named(name);
    if (person.isEmpty()) {
      String known =
          String.join(", ", DemoPeople.ALL.stream().map(DemoPeople.Person::name).toList());
      problem(context, 404, "notFound", "Nobody of that name (expected: " + known + ")");
    }
    return person;
  }

  private static Map<String, Object> card(DemoPeople.Person person) {
    return Map.of(
        "name", person.name(),
        "kind", person.kind(),
        "groups", person.groups(),
        "owner", person.owner(),
        "what", person.may());
  }

  private static void json(RoutingContext context, String body) {
    answer(context).putHeader("Content-Type", "application/json").end(body);
  }

  private static void problem(RoutingContext context, int status, String name, String title) {
    answer(context)
        .setStatusCode(status)
        .putHeader("Content-Type", "application/problem+json")
        .end(
            Json.encode(
                Map.of(
                    "type", "urn:countersign:problem:" + name, "title", title, "status", status)));
  }

  private static io.vertx.core.http.HttpServerResponse answer(RoutingContext context) {
    return context.response().putHeader("Cache-Control", "no-store");
  }
}
