package countersign.api.access;

import countersign.api.problem.Problem;
import countersign.api.problem.ProblemException;
import countersign.identity.Authentication;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.Cookie;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;
import org.jspecify.annotations.Nullable;

/**
 * Lets a request in by its bearer token, or by the web UI's cookie. A cookie travels with requests
 * that other sites make, so one that changes something must also come from our own pages.
 */
public class AuthenticationFilter {
  private static final String COOKIE = "countersign";
  private static final String BEARER = "Bearer ";
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");
  private static final Pattern ENCODED_COLON = Pattern.compile("%3[Aa]");
  private static final int LONGEST_TOKEN = 16 << 10;

  private static final String LOG = "/api/v1/log/";

  private final Authentication authentication;
  private final Caller caller;
  private final boolean publicLog;

  /**
   * Authenticates with this.
   *
   * @param publicLog whether anybody may read the Merkle log: its leaves hold hashes, opaque ids
   *     and times, and still tell how busy somebody was
   */
  @Inject
  public AuthenticationFilter(
      Authentication authentication,
      Caller caller,
      @ConfigProperty(name = "countersign.log.public", defaultValue = "false") boolean publicLog) {
    this.authentication = authentication;
    this.caller = caller;
    this.publicLog = publicLog;
  }

  /** Authenticates before any resource of the API runs. */
  @ServerRequestFilter
  public @Nullable Uni<Response> authenticate(ContainerRequestContext request) {
    String path = request.getUriInfo().getPath();
    if (!path.startsWith("/api/") || publicLog && path.startsWith(LOG)) {
      return null;
    }
    String token = token(request);
    return Uni.createFrom()
        .completionStage(() -> authentication.authenticate(token))
        .map(principal -> {
          caller.is(principal);
          return null;
        });
  }

  private static String token(ContainerRequestContext request) {
    String header = request.getHeaderString(HttpHeaders.AUTHORIZATION);
    String token;
    if (header != null) {
      if (!header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
        throw new ProblemException(
            Problem.Kind.unauthenticated, "Authorization: (expected: Bearer and a token)");
      }
      token = header.substring(BEARER.length()).strip();
    } else {
      Cookie cookie = request.getCookies().get(COOKIE);
      if (cookie == null) {
        throw new ProblemException(
            Problem.Kind.unauthenticated, "no token (expected: Authorization: Bearer …)");
      }
      requireOwnOrigin(request);
      token = cookie.getValue();
    }
    if (token.isEmpty() || token.length() > LONGEST_TOKEN) {
      throw new ProblemException(
          Problem.Kind.unauthenticated,
          "token: " + token.length() + " characters (expected: 1 to " + LONGEST_TOKEN + ")");
    }
    return token;
  }

  private static void requireOwnOrigin(ContainerRequestContext request) {
    if (SAFE.contains(request.getMethod())) {
      return;
    }
    String origin = request.getHeaderString("Origin");
    String host = request.getHeaderString(HttpHeaders.HOST);
    if (origin == null || host == null || !host.equalsIgnoreCase(authority(origin))) {
      throw new ProblemException(
          Problem.Kind.foreignOrigin, "Origin: (expected: the address this page came from)");
    }
  }

  private static @Nullable String authority(String origin) {
    try {
      return URI.create(origin).getRawAuthority();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /**
   * A colon may come percent-encoded (RFC 3986 §3.3 lets a client do so); the verbs of this API
   * begin with one.
   */
  @ServerRequestFilter(preMatching = true)
  public void decodeColon(ContainerRequestContext request) {
    String path = request.getUriInfo().getRequestUri().getRawPath();
    if (path.startsWith("/api/") && ENCODED_COLON.matcher(path).find()) {
      URI uri = request.getUriInfo().getRequestUri();
      String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
      request.setRequestUri(URI.create(ENCODED_COLON.matcher(path).replaceAll(":") + query));
    }
  }

  /** Nothing the API says is kept by a cache, unless it can never change and says so itself. */
  @ServerResponseFilter
  public void harden(ContainerRequestContext request, ContainerResponseContext response) {
    if (request.getUriInfo().getPath().startsWith("/api/")
        && !response.getHeaders().containsKey(HttpHeaders.CACHE_CONTROL)) {
      response.getHeaders().putSingle(HttpHeaders.CACHE_CONTROL, "no-store");
    }
  }
}
