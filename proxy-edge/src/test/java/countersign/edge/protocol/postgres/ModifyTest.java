package countersign.edge.protocol.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.approval.ApprovalCommand;
import countersign.approval.ApprovalOutcome;
import countersign.operation.DecisionKind;
import countersign.wire.postgres.Encode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Another text in the place of a statement whose caller was told its shape. */
class ModifyTest {
  private static final String DELETE = "delete from mo where n = $1 returning n, v";
  private Bench bench;

  @BeforeEach
  void begin() {
    bench = new Bench();
    bench.target.direct(
        "drop table if exists mo; create table mo(n int, v text, w text);"
            + " insert into mo values (1, 'a', 'x'), (2, 'b', 'y')");
  }

  @AfterEach
  void end() {
    bench.close();
  }

  private String rows() {
    return bench.target.direct("select coalesce(string_agg(n::text, ',' order by n), '') from mo");
  }

  private ApprovalCommand.Request held(int n) {
    return bench.control.request(n);
  }

  private void modify(ApprovalCommand.Request request, String text) {
    bench.control.answer(request.id(), new ApprovalOutcome.Modified("bob", text));
  }

  @Test
  void runsTheOtherTextWithTheSameValuesAndTellsTheCaller() {
    try (WireClient client = bench.client()) {
      client.parse("d", DELETE).say(out -> Encode.describe(out, 'S', "d"));
      assertThat(client.sync().unit())
          .containsExactly("ParseComplete", "ParameterDescription", "RowDescription", "ZI");
      client.bind("", "d", "2").execute("").sync();
      ApprovalCommand.Request request = held(0);
      modify(request, "delete from mo where n = $1 and v <> 'b' returning n, v");
      assertThat(client.unit())
          .satisfies(said -> assertThat(said.getFirst()).startsWith("notice countersign: held"))
          .contains("notice countersign: modified by bob, runs instead")
          .endsWith("BindComplete", "DELETE 0", "ZI");
      assertThat(rows()).isEqualTo("1,2");
      assertThat(request.held().digestOf("delete from mo where n = $1 and v <> 'b' returning n, v"))
          .isEqualTo(((ApprovalCommand.Use) bench.control.commands.getLast()).digest());
      // The statement that was prepared is still what it was.
      client.bind("", "d", "2").execute("").sync();
      bench.control.answer(held(1).id(), new ApprovalOutcome.Approved("bob"));
      assertThat(client.unit()).endsWith("BindComplete", "DataRow", "DELETE 1", "ZI");
      assertThat(rows()).isEqualTo("1");
    }
  }

  @Test
  void saysWhatDoesNotFitBeforeAnybodyIsToldYes() {
    try (WireClient client = bench.client()) {
      client.run(DELETE, "2").sync();
      var id = held(0).id();
      assertThat(bench.control.propose(id, "delete from mo where n = $1"))
          .startsWith("its columns are others");
      assertThat(bench.control.propose(id, "delete from mo where n = $1 returning n, w as v"))
          .startsWith("its columns are others");
      assertThat(bench.control.propose(id, "delete from mo where v = $1 returning n, v"))
          .startsWith("its parameters are others");
      assertThat(bench.control.propose(id, "delete from mo where n = $1 or n = $2 returning n, v"))
          .startsWith("its parameters are others");
      assertThat(bench.control.propose(id, "delete from nowhere where n = $1 returning n, v"))
          .isNotEmpty();
      assertThat(bench.control.propose(id, "grant all on mo to public"))
          .startsWith("the duties block it");
      assertThat(
              bench.control.propose(id, "delete from mo where n = $1 and w = 'q' returning n, v"))
          .isEmpty();
      assertThat(bench.target.logged()).doesNotContain("grant all on mo to public");
      bench.control.answer(id, new ApprovalOutcome.Denied("bob", "no"));
      assertThat(client.unit()).endsWith("42501", "ZI");
      assertThat(rows()).isEqualTo("1,2");
    }
  }

  /** The text may come to fit no longer between the approver's word and its use. */
  @Test
  void refusesATextThatDoesNotFitWhenItIsToRun() {
    try (WireClient client = bench.client()) {
      client.run(DELETE, "2").sync();
      modify(held(0), "delete from mo where n = $1");
      assertThat(client.unit()).endsWith("58000", "ZI");
      Eventually.that(() -> bench.control.commands.getLast() instanceof ApprovalCommand.Withdraw);
      assertThat(rows()).isEqualTo("1,2");
      client.run(DELETE, "2").sync();
      modify(held(1), "grant all on mo to public");
      assertThat(client.unit()).endsWith("42501", "ZI");
      assertThat(bench.control.decided().getLast().decision()).isEqualTo(DecisionKind.blocked);
      assertThat(client.query("select 1").unit()).endsWith("SELECT 1", "ZI");
    }
  }

  @Test
  void modifiesOneStatementOfAPipelineInATransaction() {
    try (WireClient client = bench.client()) {
      client.query("begin").unit();
      client.run("insert into mo values (7)").run("delete from mo where n = $1", "1");
      client.run("insert into mo values (8)").sync();
      modify(held(0), "delete from mo where n = $1 + 1");
      assertThat(client.unit())
          .contains("notice countersign: modified by bob, runs instead", "DELETE 1")
          .endsWith("ParseComplete", "BindComplete", "INSERT 0 1", "ZT");
      assertThat(client.query("commit").unit()).containsExactly("COMMIT", "ZI");
      assertThat(rows()).isEqualTo("1,7,8");
    }
  }
}
