package countersign.edge.protocol.postgres;

import countersign.edge.credential.LoggedIn;
import countersign.edge.credential.TargetLogin;
import countersign.edge.gate.Asked;
import countersign.edge.gate.Gate;
import countersign.edge.gate.Judged;
import countersign.edge.record.Journal;
import countersign.operation.Decision;
import countersign.operation.Effect;
import countersign.operation.Facts;
import countersign.wire.postgres.ErrorFields;
import countersign.wire.postgres.sql.Statement;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Settings at the start of a session that steer it, each decided on and written down like the SET
 * that it stands for. Nobody can be asked before the session is there, so what would be held is
 * refused.
 *
 * @param runs what was allowed, in order
 * @param seq number of the newest event about it, -1 for none
 * @param refusal words for the caller when one of them may not be; null when all may
 * @param touchesNames whether names may mean something else in the session
 */
record Steering(List<Run> runs, long seq, @Nullable ErrorFields refusal, boolean touchesNames) {
  static final Steering NONE = new Steering(List.of(), -1, null, false);

  /** Decides, and writes the decisions down. */
  static Steering decide(Gate gate, Map<String, String> settings) {
    List<Run> runs = new ArrayList<>();
    long seq = -1;
    boolean names = false;
    for (Map.Entry<String, String> each : settings.entrySet()) {
      String text =
          "SET "
              + each.getKey()
              + " = '"
              + each.getValue().replace("'", "''")
              + "' -- at the start";
      Asked asked =
          new Asked(
              text,
              text.getBytes(StandardCharsets.UTF_8),
              List.of(),
              Set.of(Effect.session),
              Facts.NONE,
              false);
      Judged judged = gate.judge(asked);
      ErrorFields no =
          switch (judged.decision()) {
            case Decision.Allowed _ -> null;
            case Decision.Blocked blocked ->
                StartupSettings.refusal(each.getKey()).withDetail("Rule: " + blocked.rule() + ".");
            case Decision.Held held -> {
              String why = "not held: nobody can be asked at the start of a session";
              judged = gate.refuse(asked, held.rule(), why);
              yield StartupSettings.refusal(each.getKey())
                  .withDetail("Rule: " + held.rule() + ": it would be held.")
                  .withHint("SET it in the session.");
            }
          };
      seq = gate.write(judged);
      if (no != null) {
        return new Steering(List.copyOf(runs), seq, no, names);
      }
      runs.add(new Run(judged, seq));
      names |= Statement.Setting.touchesNames(each.getKey().toLowerCase(Locale.ROOT));
    }
    return runs.isEmpty() ? NONE : new Steering(List.copyOf(runs), seq, null, names);
  }

  /** Writes down how they ended before the outcome of the login is heard. */
  TargetLogin.Outcome completing(Journal journal, TargetLogin.Outcome outcome) {
    return new TargetLogin.Outcome() {
      @Override
      public void ready(LoggedIn in) {
        runs.forEach(run -> run.succeeded("SET"));
        end();
        outcome.ready(in);
      }

      @Override
      public void failed(String why) {
        runs.forEach(run -> run.failed("08006"));
        end();
        outcome.failed(why);
      }

      @Override
      public void refused(ErrorFields words) {
        runs.forEach(run -> run.failed(words.code()));
        end();
        outcome.refused(words);
      }

      private void end() {
        runs.forEach(run -> run.end(journal, run.completed(journal.session())));
      }
    };
  }
}
