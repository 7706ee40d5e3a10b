package countersign.app.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import countersign.deciding.configuration.ClaimMapping;
import countersign.deciding.configuration.Configuration.Oidc;
import countersign.duty.Rulebook;
import countersign.identity.Authentication.Refused;
import countersign.identity.Principal;
import countersign.identity.Principal.Hop;
import countersign.identity.Principal.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.jose4j.jwk.PublicJsonWebKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OidcTokensTest {
  private static final List<ClaimMapping.Rule> MAP =
      List.of(new ClaimMapping.Rule("has(claims.groups)", "claims.groups", Set.of(), null));

  private final Issuing issuing = new Issuing();
  private final Rulebook rulebook =
      new Rulebook(
          1,
          Map.of(),
          Map.of(),
          List.of(
              new Rulebook.Person(
                  "zoe", List.of(new Rulebook.Account(issuing.url(), "00u-zoe-4711")))),
          List.of(
              new Rulebook.Agent("agent-ada", "alice"), new Rulebook.Agent("agent-bot", "alice")),
          Map.of("audit", Set.of("compliance"), "respond", Set.of("engineers")));
  private OidcTokens tokens = at(Clock.systemUTC(), issuing);

  private OidcTokens at(Clock clock, Issuing... issuers) {
    return new OidcTokens(
        Arrays.stream(issuers).map(i -> new Oidc(i.url(), "countersign", MAP)).toList(),
        () -> rulebook,
        clock);
  }

  @AfterEach
  void stop() {
    tokens.close();
    issuing.close();
  }

  private Principal principal(String token) {
    return tokens.authenticate(token).toCompletableFuture().join();
  }

  private String refusal(String token) {
    try {
      Principal let = principal(token);
      throw new AssertionError("let in: " + let);
    } catch (CompletionException e) {
      assertThat(e.getCause()).isInstanceOf(Refused.class);
      String words = e.getCause().getMessage();
      for (String part : token.split("\\.")) {
        if (part.length() > 12) {
          assertThat(words).doesNotContain(part.substring(0, 12));
        }
      }
      return words;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "ES256", "EdDSA"})
  void takesTokensOfEachAlgorithm(String algorithm) {
    PublicJsonWebKey key = issuing.key(algorithm);
    Principal alice = principal(Issuing.sign(key, issuing.claims("alice")));
    assertThat(alice.name()).isEqualTo("alice");
    assertThat(alice.acting().groups()).containsExactly("engineers");
    assertThat(alice.acting().kind()).isEqualTo(Kind.human);
    assertThat(alice.powers()).containsExactly("respond");
    assertThat(alice.delegated()).isFalse();
  }

  @Test
  void takesATokenBoundToACertificateOnlyWithThatCertificate() {
    PublicJsonWebKey key = issuing.key("ES256");
    Map<String, Object> cnf = Map.of("x5t#S256", "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2");
    String bound = Issuing.sign(key, issuing.claims("alice", "cnf", cnf));
    assertThat(refusal(bound)).startsWith("token: bound to a client certificate");
    assertThatThrownBy(() -> tokens.authenticate(bound, "other").toCompletableFuture().join())
        .cause()
        .isInstanceOf(Refused.class)
        .hasMessageStartingWith("token: bound to another client certificate");
    assertThat(
            tokens
                .authenticate(bound, "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2")
                .toCompletableFuture()
                .join()
                .name())
        .isEqualTo("alice");
    String free = Issuing.sign(key, issuing.claims("alice"));
    assertThat(tokens.authenticate(free, "any").toCompletableFuture().join().name())
        .isEqualTo("alice");
    assertThat(tokens.discovery()).isEqualTo(issuing.url() + "/.well-known/openid-configuration");
  }

  @Test
  void readsTheChainFromTheOutermostActInwards() {
    PublicJsonWebKey key = issuing.key("ES256");
    Map<String, Object> ada = Map.of("sub", "agent-ada", "groups", List.of("ai-agents"));
    Map<String, Object> bot =
        Map.of("sub", "agent-bot", "groups", List.of("ai-agents"), "act", ada);
    Principal principal = principal(Issuing.sign(key, issuing.claims("alice", "act", bot)));
    assertThat(principal.path()).isEqualTo("alice → agent-ada → agent-bot");
    assertThat(principal.chain())
        .extracting(Hop::kind)
        .containsExactly(Kind.human, Kind.agent, Kind.agent);
    assertThat(principal.chain()).extracting(Hop::owner).containsExactly("", "alice", "alice");
    assertThat(principal.delegated()).isTrue();
    assertThat(principal.powers()).as("no hop but alice holds it").isEmpty();
  }

  @Test
  void refusesAnActorThatNothingVouchesFor() {
    PublicJsonWebKey key = issuing.key("ES256");
    assertThat(refusal(Issuing.sign(key, issuing.claims("alice", "act", Map.of("sub", "agent-x")))))
        .contains("agent-x cannot be verified");
    assertThat(
            refusal(
                Issuing.sign(
                    key,
                    issuing.claims(
                        "alice", "act", Map.of("sub", "agent-ada", "iss", "https://other.test")))))
        .contains("act of another issuer");
    assertThat(refusal(Issuing.sign(key, issuing.claims("alice", "act", "agent-ada"))))
        .contains("act is not an object");
    assertThat(
            refusal(
                Issuing.sign(
                    key,
                    issuing.claims(
                        "alice",
                        "act",
                        Map.of("sub", "agent-x", "kind", "agent", "groups", List.of("g"))))))
        .contains("has no owner");
  }

  @Test
  void refusesAChainDeeperThanItsBound() {
    PublicJsonWebKey key = issuing.key("ES256");
    Map<String, Object> act = Map.of("sub", "agent-ada");
    for (int i = 0; i < 20; i++) {
      act = Map.of("sub", "agent-ada", "act", act);
    }
    assertThat(refusal(Issuing.sign(key, issuing.claims("alice", "act", act)))).contains("deeper");
  }

  @Test
  void saysHowLongAgoATokenExpiredAndHowToGetAnother() {
    PublicJsonWebKey key = issuing.key("ES256");
    long exp = Instant.now().getEpochSecond() - 190;
    assertThat(refusal(Issuing.sign(key, issuing.claims("alice", "exp", exp))))
        .isEqualTo("token expired 3 min ago: run countersign token");
  }

  @Test
  void takesClocksThatAreAFewSecondsOff() {
    PublicJsonWebKey key = issuing.key("ES256");
    long now = Instant.now().getEpochSecond();
    assertThat(principal(Issuing.sign(key, issuing.claims("alice", "exp", now - 10))).name())
        .isEqualTo("alice");
    assertThat(principal(Issuing.sign(key, issuing.claims("alice", "nbf", now + 10))).name())
        .isEqualTo("alice");
    assertThat(refusal(Issuing.sign(key, issuing.claims("alice", "nbf", now + 90))))
        .contains("not valid yet");
  }

  @Test
  void refusesAnotherAudienceNoAudienceAndNoExpiry() {
    PublicJsonWebKey key = issuing.key("ES256");
    assertThat(refusal(Issuing.sign(key, issuing.claims("alice", "aud", "shop"))))
        .isEqualTo("token: audience (expected: countersign)");
    assertThat(refusal(Issuing.sign(key, issuing.claims("alice", "aud", null))))
        .contains("audience");
    assertThat(refusal(Issuing.sign(key, issuing.claims("alice", "exp", null)))).contains("no exp");
  }

  @Test
  void refusesAForeignIssuerAndNamesTheOnesItKnows() {
    try (Issuing foreign = new Issuing()) {
      PublicJsonWebKey key = foreign.key("ES256");
      assertThat(refusal(Issuing.sign(key, foreign.claims("alice"))))
          .isEqualTo(
              "token: issuer " + foreign.url() + " (expected: one of " + issuing.url() + ")");
      assertThat(foreign.reads).as("nothing is fetched for it").hasValue(0);
    }
  }

  @Test
  void refusesASignatureByAnyOtherKey() {
    issuing.key("ES256");
    PublicJsonWebKey forged = Issuing.unpublished("ES256");
    forged.setKeyId(issuing.published.getFirst().getKeyId());
    assertThat(refusal(Issuing.sign(forged, issuing.claims("alice")))).contains("signature");
  }

  @Test
  void refusesAChangedPayloadAndAnUnsignedToken() {
    PublicJsonWebKey key = issuing.key("ES256");
    String[] parts = Issuing.sign(key, issuing.claims("alice")).split("\\.");
    String other = Issuing.sign(key, issuing.claims("bob")).split("\\.")[1];
    assertThat(refusal(parts[0] + "." + other + "." + parts[2])).contains("signature");
    String none =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.US_ASCII));
    assertThat(refusal(none + "." + parts[1] + ".")).contains("not a signed token");
    assertThat(refusal("hunter2-is-not-a-token")).contains("not a signed token");
    assertThat(refusal("x".repeat(20_000))).contains("longer than");
  }

  @Test
  void findsANewKeyAtOnceButDoesNotAskForEveryForgedKeyId() {
    PublicJsonWebKey first = issuing.key("ES256");
    principal(Issuing.sign(first, issuing.claims("alice")));
    assertThat(issuing.reads).hasValue(1);
    tokens.close();
    tokens = at(Clock.offset(Clock.systemUTC(), Duration.ZERO), issuing);
    principal(Issuing.sign(first, issuing.claims("alice")));
    PublicJsonWebKey forged = Issuing.unpublished("ES256");
    for (int i = 0; i < 20; i++) {
      refusal(Issuing.sign(forged, issuing.claims("alice")));
    }
    assertThat(issuing.reads).as("within ten seconds").hasValue(2);
  }

  @Test
  void followsARotationOfKeys() {
    var clock = new MovingClock();
    tokens.close();
    tokens = at(clock, issuing);
    PublicJsonWebKey first = issuing.key("ES256");
    principal(Issuing.sign(first, issuing.claims("alice")));
    issuing.published.clear();
    PublicJsonWebKey second = issuing.key("ES256");
    clock.forward(IssuerKeys.BETWEEN_READS);
    assertThat(principal(Issuing.sign(second, issuing.claims("alice"))).name()).isEqualTo("alice");
    assertThat(refusal(Issuing.sign(first, issuing.claims("alice")))).contains("signature");
  }

  @Test
  void keepsItsKeysForAWhileWhenTheIssuerIsGoneAndThenRefuses() {
    var clock = new MovingClock();
    tokens.close();
    tokens = at(clock, issuing);
    PublicJsonWebKey key = issuing.key("ES256");
    long exp = Instant.now().plus(Duration.ofHours(5)).getEpochSecond();
    String token = Issuing.sign(key, issuing.claims("alice", "exp", exp));
    principal(token);
    issuing.close();
    clock.forward(IssuerKeys.FRESH.plusSeconds(1));
    assertThat(principal(token).name()).isEqualTo("alice");
    clock.forward(IssuerKeys.STALE);
    assertThat(refusal(token)).contains("cannot be reached");
  }

  @Test
  void refusesAnIssuerWhoseDocumentNamesAnother() {
    PublicJsonWebKey key = issuing.key("ES256");
    issuing.discovery = issuing.discovery.replace("\"issuer\":\"http", "\"issuer\":\"https");
    assertThat(refusal(Issuing.sign(key, issuing.claims("alice")))).contains("cannot be reached");
  }

  @Test
  void givesALinkedAccountThePersonsNameAndKeepsOthersFromTakingIt() {
    PublicJsonWebKey key = issuing.key("ES256");
    Principal zoe = principal(Issuing.sign(key, issuing.claims("00u-zoe-4711")));
    assertThat(zoe.name()).isEqualTo("zoe");
    assertThat(zoe.acting().person()).isEqualTo("zoe");
    assertThat(zoe.acting().subject()).isEqualTo("00u-zoe-4711");
    assertThat(refusal(Issuing.sign(key, issuing.claims("zoe")))).contains("not an account");
  }

  @Test
  void keepsSubjectsOfASecondIssuerApart() {
    try (Issuing second = new Issuing()) {
      tokens.close();
      tokens = at(Clock.systemUTC(), issuing, second);
      PublicJsonWebKey key = second.key("ES256");
      assertThat(principal(Issuing.sign(key, second.claims("alice"))).name())
          .isEqualTo("alice@localhost");
    }
  }

  @Test
  void refusesSubjectsThatCouldBreakALineOrAQuote() {
    PublicJsonWebKey key = issuing.key("ES256");
    for (String subject : List.of("", "a\nb", "x'; drop", "a\"b", "a\u0000b", "a → b")) {
      assertThat(refusal(Issuing.sign(key, issuing.claims(subject)))).startsWith("token: sub");
    }
  }

  @Test
  void takesNoEmailThatTheIssuerHasNotVerified() {
    PublicJsonWebKey key = issuing.key("ES256");
    assertThat(
            principal(Issuing.sign(key, issuing.claims("alice", "email", "a@b.test")))
                .acting()
                .email())
        .isEmpty();
    assertThat(
            principal(
                    Issuing.sign(
                        key, issuing.claims("alice", "email", "a@b.test", "email_verified", true)))
                .acting()
                .email())
        .isEqualTo("a@b.test");
  }

  @Test
  void fetchesFromThisHostOrOverTlsOnly() {
    assertThatThrownBy(
            () -> new BoundedFetch().get(java.net.URI.create("http://issuer.example/keys")))
        .hasMessageContaining("expected: an https URL");
  }

  /** A clock that a test moves. */
  private static final class MovingClock extends Clock {
    private volatile Duration ahead = Duration.ZERO;

    void forward(Duration by) {
      ahead = ahead.plus(by);
    }

    @Override
    public Instant instant() {
      return Instant.now().plus(ahead);
    }

    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(java.time.ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }
}
