package countersign.edge.protocol.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.approval.ApprovalOutcome;
import countersign.approval.Context;
import countersign.duty.Rule;
import countersign.operation.Effect;
import countersign.session.SessionEvent.OperationDecided;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What approvers see beside the statement, and rules that read what the planner expects. */
class EstimateTest {
  private Bench bench;

  @BeforeEach
  void begin() {
    bench = new Bench();
    bench.target.direct(
        "drop table if exists e; create table e(n int primary key, v text);"
            + " insert into e select i, 'v' from generate_series(1, 5000) i; analyze e");
  }

  @AfterEach
  void end() {
    bench.close();
  }

  /** Deletes of more than 100 rows are blocked. */
  private void blockMany() {
    Rule many =
        new Rule(
            Rule.Action.block,
            Set.of(Effect.destroy),
            Rule.Match.ANYTHING,
            "operation.rowsEstimated > 100",
            Rule.Hold.DEFAULT,
            "too many rows");
    bench.control.rulebook(bench.rulebook(1, many));
  }

  private List<OperationDecided> explained() {
    return bench.control.decided().stream()
        .filter(one -> one.byEdge() && one.text().startsWith("explain "))
        .toList();
  }

  private Context asked(WireClient client) {
    Context context = bench.control.requests().getLast().held().context();
    bench.control.answer(
        bench.control.request(bench.control.requests().size() - 1).id(),
        new ApprovalOutcome.Denied("bob", "no"));
    assertThat(client.unit()).endsWith("42501", "ZI");
    return context;
  }

  @Test
  void showsTablesAndWhetherEveryRowIsTakenAndAsksNoPlannerUnlessARuleReadsIt() {
    try (WireClient client = bench.client()) {
      client.query("delete from e where n = 1");
      Eventually.that(() -> bench.control.requests().size() == 1);
      assertThat(asked(client))
          .isEqualTo(new Context("", List.of("public.e"), List.of(), null, ""));
      client.query("with gone as (delete from e returning n) select count(*) from gone");
      Eventually.that(() -> bench.control.requests().size() == 2);
      assertThat(asked(client).everyRow()).containsExactly("e");
      client.query("truncate e");
      Eventually.that(() -> bench.control.requests().size() == 3);
      assertThat(asked(client).everyRow()).containsExactly("e");
      assertThat(explained()).isEmpty();
    }
  }

  @Test
  void asksThePlannerWhereARuleReadsItAndRecordsTheQuestion() {
    blockMany();
    try (WireClient client = bench.client()) {
      assertThat(client.query("delete from e where n > 10").unit()).containsExactly("42501", "ZI");
      client.query("delete from e where n = 1");
      Eventually.that(() -> bench.control.requests().size() == 1);
      Context context = asked(client);
      assertThat(context.rowsEstimated()).isEqualTo(1);
      assertThat(context.plan()).contains("Delete on e", "Index Scan", "(n = 1)");
      assertThat(explained()).hasSize(2).allMatch(one -> one.rule().equals("edge"));
      assertThat(bench.target.logged()).contains("explain delete from e where n > 10");
      assertThat(bench.target.direct("select count(*) from e")).isEqualTo("5000");
    }
  }

  @Test
  void asksWithTheValuesOfAnExtendedStatement() {
    blockMany();
    try (WireClient client = bench.client()) {
      String text = "delete from e where n between $1 and $2";
      assertThat(client.run(text, "1", "4000").sync().unit()).containsExactly("42501", "ZI");
      client.run(text, "1", "3").sync();
      Eventually.that(() -> bench.control.requests().size() == 1);
      assertThat(asked(client).rowsEstimated()).isBetween(1L, 10L);
    }
  }

  @Test
  void asksNothingAboutCodeThatNobodyKnows() {
    bench.target.direct(
        "create or replace function e_loud() returns int language plpgsql immutable as"
            + " $$ begin raise notice 'ran'; return 1; end $$");
    blockMany();
    bench.control.rulebook(
        bench.rulebook(
            2,
            new Rule(
                Rule.Action.block,
                Set.of(Effect.destroy),
                Rule.Match.ANYTHING,
                "operation.rowsEstimated > 100",
                Rule.Hold.DEFAULT,
                "")));
    try (WireClient client = bench.client()) {
      assertThat(client.query("delete from e where n = e_loud()").unit())
          .containsExactly("42501", "ZI");
      assertThat(explained()).isEmpty();
    }
  }
}
