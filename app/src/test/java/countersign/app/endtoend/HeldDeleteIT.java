package countersign.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each way a held delete can go, with a real psql, and the same session usable afterwards. */
final class HeldDeleteIT {
  private static RunningDemo demo;

  @BeforeAll
  static void start() {
    demo = RunningDemo.start();
  }

  @AfterAll
  static void stop() {
    demo.close();
  }

  @Test
  void runsOnceWhenApprovedByBobAndNobodyElseMayApprove() {
    try (Psql psql = agent()) {
      psql.type("delete from payments where id = 1;");
      psql.await("countersign: held apr-");
      JsonNode approval = demo.as("bob").awaitPending("payments where id = 1;");
      String id = approval.path("id").asText();
      for (String name : List.of("agent-ada", "alice", "erin")) {
        Rest.Answer answer = demo.as(name).post("approvals/" + id + ":approve", "{}");
        assertThat(answer.status()).as(name + ": " + answer.body()).isEqualTo(403);
      }
      assertThat(rows("id = 1")).isEqualTo("1");

      Rest.Answer yes = demo.as("bob").post("approvals/" + id + ":approve", "{}");

      assertThat(yes.status()).as("%s", yes.body()).isEqualTo(200);
      psql.await("DELETE 1");
      assertThat(rows("id = 1")).isEqualTo("0");
      Rest.Answer again = demo.as("bob").post("approvals/" + id + ":approve", "{}");
      assertThat(again.status()).isEqualTo(409);
      stillWorks(psql);
      JsonNode ended = demo.as("bob").get("approvals/" + id);
      assertThat(ended.path("state").asText()).isEqualTo("used");
      assertThat(ended.path("refusedAttempts").findValuesAsText("by"))
          .containsExactlyInAnyOrder("agent-ada", "alice", "erin");
    }
  }

  @Test
  void isRefusedWithTheApproversWordsWhenDenied() {
    try (Psql psql = agent()) {
      psql.type("delete from payments where id = 2;");
      String id = pending("payments where id = 2;");

      demo.as("bob").post("approvals/" + id + ":deny", "{\"reason\": \"not on a Friday\"}");

      psql.await("42501");
      assertThat(psql.output()).contains("not on a Friday").contains("/");
      assertThat(rows("id = 2")).isEqualTo("1");
      stillWorks(psql);
    }
  }

  @Test
  void isWithdrawnByControlC() {
    try (Psql psql =
        Psql.onTerminal(
            demo.conninfo("agent-ada", demo.port(6432), "orders"), demo.token("agent-ada"))) {
      psql.await("=>");
      psql.type("delete from payments where id = 3;");
      psql.await("countersign: held apr-");
      String id = pending("payments where id = 3;");

      psql.controlC();

      psql.await("57014");
      Pause.until(
          "the approval is withdrawn",
          java.time.Duration.ofSeconds(5),
          () -> demo.as("bob").get("approvals/" + id).path("state").asText().equals("withdrawn"));
      assertThat(rows("id = 3")).isEqualTo("1");
      stillWorks(psql);
    }
  }

  @Test
  void outlivesItsClientAsATicketAndRunsOnceWhenItComesAgain() {
    String delete = "delete from payments where id = 9;";
    String id;
    try (Psql psql = agent()) {
      psql.type("set countersign.wait = ticket;");
      psql.type(delete);
      psql.await("run it again when approved");
      id = pending("payments where id = 9;");
      stillWorks(psql);
    }
    Rest.Answer yes = demo.as("bob").post("approvals/" + id + ":approve", "{}");
    assertThat(yes.status()).as("%s", yes.body()).isEqualTo(200);
    assertThat(rows("id = 9")).isEqualTo("1");

    try (Psql psql = agent()) {
      psql.type("set countersign.wait = ticket;");
      psql.type(delete);
      psql.await("DELETE 1");
      psql.type(delete);
      psql.await("run it again when approved");
      stillWorks(psql);
    }
    assertThat(rows("id = 9")).isEqualTo("0");
    JsonNode used = demo.as("bob").get("approvals/" + id);
    assertThat(used.path("state").asText()).isEqualTo("used");
    assertThat(used.path("waiting").asText()).isEqualTo("ticket");
    assertThat(used.path("context").path("relations").path(0).asText())
        .isEqualTo("public.payments");
  }

  @Test
  void isWithdrawnWhenTheCallerLeaves() {
    Psql psql = agent();
    psql.type("delete from payments where id = 4;");
    String id = pending("payments where id = 4;");

    psql.close();

    Pause.until(
        "the approval is withdrawn",
        java.time.Duration.ofSeconds(3),
        () -> demo.as("bob").get("approvals/" + id).path("state").asText().equals("withdrawn"));
    assertThat(rows("id = 4")).isEqualTo("1");
  }

  @Test
  void runsTheNewTextWhenModifiedAndKeepsBoth() {
    try (Psql psql = agent()) {
      psql.type("delete from payments where id in (5, 6);");
      String id = pending("payments where id in (5, 6);");

      Rest.Answer answer =
          demo.as("bob")
              .post(
                  "approvals/" + id + ":modify",
                  "{\"text\": \"delete from payments where id = 5;\"}");

      assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
      psql.await("DELETE 1");
      assertThat(rows("id in (5, 6)")).isEqualTo("1");
      stillWorks(psql);
      String session = demo.as("bob").get("approvals/" + id).path("session").asText();
      List<String> texts =
          demo.as("alice").all("sessions/" + session + "/operations").stream()
              .map(o -> o.path("text").asText())
              .toList();
      assertThat(texts)
          .contains(
              "delete from payments where id in (5, 6);", "delete from payments where id = 5;");
    }
  }

  @Test
  void failsTheTransactionWhenDeniedInsideOneAndRollsBackAsPostgresWould() {
    try (Psql psql = agent()) {
      psql.type("begin;");
      psql.type("delete from payments where id = 7;");
      String id = pending("payments where id = 7;");
      demo.as("carol").post("approvals/" + id + ":deny", "{\"reason\": \"no\"}");
      psql.await("42501");
      psql.take();

      psql.type("select 'in failed';");

      psql.await("25P02");
      psql.type("rollback;");
      stillWorks(psql);
      assertThat(rows("id = 7")).isEqualTo("1");
    }
  }

  @Test
  void blocksWhatNoDutyAllowsAndSaysWhatToDo() {
    try (Psql psql = agent()) {
      psql.type("grant select on payments to public;");
      psql.await("42501");
      assertThat(psql.output()).contains("DETAIL").contains("HINT");
      stillWorks(psql);
    }
  }

  @Test
  void letsTheChainDoOnlyWhatEveryHopMay() {
    try (Psql psql =
        Psql.open(demo.conninfo("agent-bot", demo.port(6432), "orders"), demo.token("agent-bot"))) {
      psql.type("update payments set id = id where id = 8;");
      psql.await("countersign: held apr-");
      JsonNode approval = demo.as("bob").awaitPending("where id = 8;");
      assertThat(approval.path("chain"))
          .extracting(JsonNode::asText)
          .containsExactly("alice", "agent-ada", "agent-bot");
      demo.as("bob")
          .post("approvals/" + approval.path("id").asText() + ":deny", "{\"reason\": \"no\"}");
      psql.await("42501");
      stillWorks(psql);
    }
  }

  private static Psql agent() {
    return Psql.open(
        demo.conninfo("agent-ada", demo.port(6432), "orders"), demo.token("agent-ada"));
  }

  private static String pending(String text) {
    return demo.as("bob").awaitPending(text).path("id").asText();
  }

  /** Counts as alice, who may read. */
  private static String rows(String where) {
    return Psql.run(
            demo.conninfo("alice", demo.port(6432), "orders"),
            demo.token("alice"),
            "-c",
            "select count(*) from payments where " + where)
        .strip();
  }

  private static void stillWorks(Psql psql) {
    psql.take();
    psql.type("select 'still ' || 'works';");
    psql.await("still works");
  }
}
