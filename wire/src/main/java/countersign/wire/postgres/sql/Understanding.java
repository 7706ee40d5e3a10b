package countersign.wire.postgres.sql;

import countersign.operation.Effect;
import countersign.operation.Facts;
import countersign.wire.postgres.sql.Analysed.Part;
import countersign.wire.postgres.sql.Analysed.Touch;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a text does in a session: what its tree says, and what the catalogue says of the names in
 * it. Pure, thread-safe.
 */
public final class Understanding {
  private static final Set<Effect> CODE = EnumSet.of(Effect.program, Effect.unknown);

  private Understanding() {}

  /** Name of the grammar in the facts of a decision. */
  public static String grammar(int grammar, int server) {
    return grammar == server || server == 0
        ? "libpg_query-" + grammar
        : "libpg_query-" + grammar + " for " + server;
  }

  /**
   * Reads a text.
   *
   * @param analysed what its tree says
   * @param server major version of the target; 0 when it is not known
   * @param catalogue the target's; null when it could not be read, which makes every name unknown
   *     that is not fixed by the grammar
   * @param names what names mean in the session
   */
  public static Reading read(
      Analysed analysed, int server, @Nullable Catalogue catalogue, Names names) {
    return new Pass(analysed, server, catalogue, names).reading();
  }

  /** One reading of one text, statement by statement. */
  private static final class Pass {
    private final Analysed analysed;
    private final int server;
    private final @Nullable Catalogue catalogue;
    private Names names;
    private final List<Statement> statements = new ArrayList<>();
    private final Set<Effect> effects = EnumSet.noneOf(Effect.class);
    private final Set<String> relations = new LinkedHashSet<>();
    private final Set<String> everyRow = new LinkedHashSet<>();
    private final Set<String> functions = new LinkedHashSet<>();
    private final Set<Name> creates = new LinkedHashSet<>();
    private boolean touchesNames;
    private boolean changesCode;
    private boolean changesTables;
    private boolean missing;
    private final List<Traces.Step> steps = new ArrayList<>();

    Pass(Analysed analysed, int server, @Nullable Catalogue catalogue, Names names) {
      this.analysed = analysed;
      this.server = server;
      this.catalogue = catalogue;
      this.names = names;
    }

    Reading reading() {
      analysed.parts().forEach(this::part);
      Facts facts =
          new Facts(
              grammar(analysed.grammar(), server),
              statements.stream().map(Statement::text).toList(),
              List.copyOf(relations),
              List.copyOf(functions),
              List.copyOf(everyRow),
              null);
      return new Reading(
          statements,
          effects,
          facts,
          new Reading.Aftermath(touchesNames, changesCode, changesTables, creates),
          missing,
          new Traces(catalogue, steps));
    }

    private void part(Part part) {
      Uses uses = part.uses();
      List<String> problems = problems(uses);
      Statement statement = part.statement();
      if (!problems.isEmpty() && !(statement instanceof Statement.Unknown)) {
        statement = unknown(statement, problems);
      }
      statements.add(statement);
      boolean stale = touchesNames || changesCode || changesTables;
      steps.add(new Traces.Step(part.tree(), names, Traces.doubtful(statement), stale));
      effects.addAll(statement.effects());
      uses.everyRow.forEach(name -> everyRow.add(name.written()));
      uses.functions.forEach(name -> functions.add(name.written()));
      uses.named.forEach(name -> functions.add(name.written()));
      boolean code = statement.effects().stream().anyMatch(CODE::contains);
      boolean asks = statement instanceof Statement.Execute || statement instanceof Statement.Fetch;
      touchesNames |= part.touch() == Touch.names || code && !asks;
      changesCode |= part.touch() == Touch.code;
      changesTables |= part.touch() == Touch.tables;
      creates.addAll(uses.creates);
      names = names.with(uses.creates);
      if (touchesNames || changesCode) {
        names = names.untrusted();
      }
    }

    private List<String> problems(Uses uses) {
      if (catalogue == null) {
        return withoutCatalogue(uses);
      }
      Lookup lookup = new Lookup(catalogue, names);
      lookup.check(uses);
      lookup.checkFields(uses);
      lookup.relations().forEach(name -> relations.add(name.written()));
      missing |= lookup.missing();
      return lookup.problems();
    }

    /** Only what is written as built in, or put there by the grammar, is known. */
    private List<String> withoutCatalogue(Uses uses) {
      uses.reads.forEach(name -> relations.add(name.written()));
      uses.writes.forEach(name -> relations.add(name.written()));
      boolean known =
          uses.reads.isEmpty()
              && uses.operators.isEmpty()
              && uses.fields.isEmpty()
              && uses.applied.isEmpty()
              && uses.functions.stream()
                  .allMatch(f -> f.schema().equals(Name.BUILT_IN) && Harmless.function(f.name()))
              && uses.types.stream().allMatch(t -> t.schema().equals(Name.BUILT_IN));
      return known ? List.of() : List.of("the target's catalogue is not known");
    }

    private static Statement unknown(Statement was, List<String> problems) {
      Set<Effect> all = EnumSet.of(Effect.unknown);
      all.addAll(was.effects());
      String why = String.join("; ", problems.subList(0, Math.min(problems.size(), 4)));
      return switch (was) {
        case Statement.Plain plain ->
            new Statement.Plain(
                plain.kind(),
                plain.text(),
                all,
                plain.why().isEmpty() ? why : plain.why() + "; " + why);
        case Statement.Prepare prepare ->
            new Statement.Prepare(prepare.name(), prepare.text(), all, prepare.plain());
        case Statement.Declare declare ->
            new Statement.Declare(declare.name(), declare.text(), all);
        case Statement.Execute execute -> new Statement.Unknown(execute.text(), all, why);
        case Statement.Transaction _,
            Statement.Setting _,
            Statement.Own _,
            Statement.Fetch _,
            Statement.Close _,
            Statement.Deallocate _,
            Statement.Unknown _ ->
            new Statement.Unknown(was.text(), all, why);
      };
    }
  }
}
