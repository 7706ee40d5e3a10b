package countersign.edge.protocol.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.deciding.LeaseScope;
import countersign.session.SessionId;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LeaseStatementsTest {
  private static final Instant NOW = Instant.now();
  private static final LeaseScope ALL =
      new LeaseScope(List.of(new LeaseScope.Readable(Set.of("*"), Set.of())), false);

  private static List<String> row(String role, boolean expired) {
    return List.of("left", role, expired ? "t" : "f");
  }

  @Test
  void aRoleIsAbandonedWhenItsTimeIsOverOrItsSessionNeverCame() {
    String fresh = LeaseStatements.role(SessionId.next());
    String old = LeaseStatements.role(SessionId.parse("01934c5e-7b00-7abc-8def-0123456789ab"));
    assertThat(old).isEqualTo("countersign_01934c5e7b007abc8def0123456789ab");
    assertThat(
            LeaseStatements.abandoned(
                List.of(row(fresh, false), row(old, false)), NOW.minusSeconds(60)))
        .containsExactly(old);
    assertThat(LeaseStatements.abandoned(List.of(row(fresh, true)), NOW.minusSeconds(60)))
        .containsExactly(fresh);
    assertThat(
            LeaseStatements.abandoned(
                List.of(row("countersign_somebody", false)), NOW.minusSeconds(60)))
        .isEmpty();
  }

  @Test
  void aLeaseLastsAsLongAsTheProofOfIdentityAndNotForEver() {
    assertThat(Leasing.until(NOW.plusSeconds(900), NOW)).isEqualTo(NOW.plusSeconds(900));
    assertThat(Leasing.until(NOW.plusSeconds(1_000_000), NOW)).isEqualTo(NOW.plusSeconds(86_400));
    assertThat(Leasing.until(NOW.plusSeconds(2), NOW)).isEqualTo(NOW.plusSeconds(60));
    assertThat(Leasing.until(Instant.MAX, NOW)).isEqualTo(NOW.plusSeconds(86_400));
  }

  @Test
  void sessionsWithTheSameRightsShareTheirGrants() {
    LeaseStatements one = new LeaseStatements("orders", "app", ALL, List.of());
    Errand.Answer ready = new Errand.Answer(List.of(List.of("group", "g")), null);
    String made = one.make(ready, "countersign_x", "SCRAM", NOW, 15);
    assertThat(made).endsWith(";\nCOMMIT").doesNotContain("GRANT");
    assertThat(inRole(one, ready))
        .isEqualTo(inRole(new LeaseStatements("orders", "app", ALL, List.of("s")), ready))
        .isNotEqualTo(inRole(new LeaseStatements("other", "app", ALL, List.of()), ready))
        .isNotEqualTo(inRole(new LeaseStatements("orders", "other", ALL, List.of()), ready))
        .isNotEqualTo(
            inRole(
                new LeaseStatements(
                    "orders",
                    "app",
                    new LeaseScope(
                        List.of(new LeaseScope.Readable(Set.of("*"), Set.of("hr.*"))), false),
                    List.of()),
                ready));
  }

  private static String inRole(LeaseStatements statements, Errand.Answer answer) {
    String made = statements.make(answer, "countersign_x", "SCRAM", NOW, 15);
    return made.substring(made.indexOf("IN ROLE "), made.indexOf(";\nALTER"));
  }

  @Test
  void whatIsLackingIsGrantedAndLookedAtAgainBeforeItCounts() {
    LeaseStatements statements = new LeaseStatements("orders", "app", ALL, List.of());
    Errand.Answer lacking =
        new Errand.Answer(
            List.of(
                List.of("connect", "orders"),
                List.of("usage", "public"),
                List.of("select", "public.a"),
                List.of("select", "public.b"),
                List.of("revoke", "public.c")),
            null);
    assertThat(statements.make(lacking, "countersign_x", "it's", NOW, 15).split(";\n"))
        .hasSize(9)
        .anyMatch(each -> each.startsWith("CREATE ROLE countersign_grants_"))
        .anyMatch(each -> each.startsWith("REVOKE ALL ON TABLE public.c FROM countersign_grants_"))
        .anyMatch(each ->
            each.startsWith("GRANT SELECT ON TABLE public.a, public.b TO countersign_grants_"))
        .anyMatch(each -> each.contains("PASSWORD 'it''s' VALID UNTIL"))
        .noneMatch(each -> each.equals("COMMIT"));
  }

  @Test
  void whetherARightCanBeLentIsTriedWhenTheRoleIsMade() {
    LeaseScope held = new LeaseScope(List.of(new LeaseScope.Readable(Set.of("*"), Set.of())), true);
    LeaseStatements statements = new LeaseStatements("orders", "App", held, List.of());
    Errand.Answer ready =
        new Errand.Answer(
            List.of(List.of("group", "g"), List.of("lend", "\"App\""), List.of("lend", "shop")),
            null);
    assertThat(statements.make(ready, "countersign_x", "SCRAM", NOW, 15))
        .endsWith(
            ";\nGRANT \"App\", shop TO countersign_x;\nREVOKE \"App\", shop FROM countersign_x;\nCOMMIT");
    assertThat(LeaseStatements.give("\"App\"", "countersign_x", 16))
        .isEqualTo("GRANT \"App\" TO countersign_x WITH INHERIT TRUE, SET FALSE");
  }
}
