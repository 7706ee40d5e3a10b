package countersign.wire.postgres.sql;

import countersign.operation.Effect;
import countersign.wire.postgres.grammar.Node;
import countersign.wire.postgres.sql.Analysed.Part;
import countersign.wire.postgres.sql.Analysed.Touch;
import countersign.wire.postgres.sql.Statement.Kind;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Reads one statement from its tree. One use. */
final class TreeReading {
  private final String text;
  private final Uses uses = new Uses();
  private final Walk walk = new Walk(uses);
  private final Set<Effect> effects = EnumSet.noneOf(Effect.class);
  private Touch touch = Touch.nothing;

  TreeReading(String text) {
    this.text = text;
  }

  Part read(Node node) {
    Statement statement = statement(node);
    return new Part(statement, uses, touch, node);
  }

  private Statement statement(Node node) {
    if (node.odd()) {
      return unknown(node.type() + " with a field that is not known");
    }
    return switch (node.type()) {
      case "SelectStmt" -> query(Kind.select, node);
      case "InsertStmt" -> query(Kind.insert, node);
      case "UpdateStmt" -> query(Kind.update, node);
      case "DeleteStmt" -> query(Kind.delete, node);
      case "MergeStmt" -> query(Kind.merge, node);
      case "TransactionStmt" -> TransactionStatement.of(node, text);
      case "VariableSetStmt" -> setting(node);
      case "VariableShowStmt" -> SettingStatement.show(node, text);
      case "ExplainStmt" -> explain(node);
      case "PrepareStmt" -> prepare(node);
      case "ExecuteStmt" -> {
        walk.all(node.nodes("params"));
        yield new Statement.Execute(node.text("name"), text, Set.copyOf(walk.effects()));
      }
      case "DeclareCursorStmt" -> declare(node);
      case "FetchStmt" -> new Statement.Fetch(node.text("portalname"), text);
      case "ClosePortalStmt" -> new Statement.Close(node.text("portalname"), text);
      case "DeallocateStmt" ->
          new Statement.Deallocate(node.flag("isall") ? "" : node.text("name"), text);
      case "CopyStmt" -> copy(node);
      case "TruncateStmt" -> {
        walk.withoutRunning().all(node.nodes("relations"));
        uses.everyRow.addAll(uses.writes);
        yield plain(Kind.truncate, Effect.change, Effect.destroy);
      }
      case "CreateTableAsStmt" -> tableAs(node);
      default -> other(node);
    };
  }

  private Statement query(Kind kind, Node node) {
    walk.node(node);
    if (!uses.creates.isEmpty()) {
      touch = Touch.tables;
    }
    return done(kind);
  }

  private Statement done(Kind kind) {
    effects.addAll(walk.effects());
    if (!uses.problems.isEmpty()) {
      effects.add(Effect.unknown);
    }
    return new Statement.Plain(kind, text, effects, String.join("; ", uses.problems));
  }

  private Statement plain(Kind kind, Effect... does) {
    effects.addAll(List.of(does));
    return done(kind);
  }

  private Statement unknown(String why, Effect... does) {
    effects.addAll(List.of(does));
    effects.addAll(walk.effects());
    effects.add(Effect.unknown);
    touch = Touch.names;
    return new Statement.Unknown(text, effects, why);
  }

  private Statement setting(Node node) {
    Statement statement = SettingStatement.set(node, text);
    boolean harmless = statement instanceof Statement.Own || statement instanceof Statement.Setting;
    if (!harmless && SettingStatement.touchesNames(node)) {
      touch = Touch.names;
    }
    return statement;
  }

  // Statements that hold statements.

  private Statement explain(Node node) {
    Node inner = node.node("query");
    if (inner == null) {
      return unknown("EXPLAIN of nothing");
    }
    boolean runs = false;
    for (Node option : node.nodes("options")) {
      runs |= option.text("defname").equals("analyze") && !off(option);
    }
    if (runs) {
      Statement statement = statement(inner);
      effects.add(Effect.read);
      effects.addAll(statement.effects());
      return switch (statement) {
        case Statement.Execute execute ->
            new Statement.Execute(execute.name(), text, Set.copyOf(effects));
        case Statement.Plain _ ->
            new Statement.Plain(Kind.explain, text, effects, String.join("; ", uses.problems));
        default -> unknown("EXPLAIN ANALYZE of what is not listed");
      };
    }
    return switch (inner.type()) {
      case "SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt" -> planned(inner);
      case "DeclareCursorStmt", "CreateTableAsStmt" -> {
        Node query = inner.node("query");
        yield query == null || query.is("ExecuteStmt")
            ? unknown("EXPLAIN of a statement by its name")
            : planned(query);
      }
      case "ExecuteStmt" -> {
        walk.all(inner.nodes("params"));
        yield new Statement.Execute(inner.text("name"), text, Set.of(Effect.read));
      }
      default -> unknown("EXPLAIN of what is not listed");
    };
  }

  /** Planning runs immutable functions and nothing else. */
  private Statement planned(Node query) {
    walk.node(query);
    uses.creates.clear();
    boolean clean = uses.problems.isEmpty();
    return new Statement.Plain(
        Kind.explain,
        text,
        clean ? EnumSet.of(Effect.read) : EnumSet.of(Effect.read, Effect.unknown),
        String.join("; ", uses.problems));
  }

  /** Only what PostgreSQL reads as false counts as false. */
  private static boolean off(Node option) {
    Node value = option.node("arg");
    if (value == null) {
      return false;
    }
    return switch (value.type()) {
      case "Integer" -> value.number("ival") == 0;
      case "Boolean" -> !value.flag("boolval");
      case "String" -> Set.of("off", "false").contains(value.text("sval"));
      default -> false;
    };
  }

  private Statement prepare(Node node) {
    Node query = node.node("query");
    node.nodes("argtypes").forEach(walk::node);
    if (query == null) {
      return unknown("PREPARE of nothing");
    }
    Statement inner = statement(query);
    return new Statement.Prepare(
        node.text("name"), text, inner.effects(), inner instanceof Statement.Plain);
  }

  private Statement declare(Node node) {
    Node query = node.node("query");
    if (query == null) {
      return unknown("DECLARE of nothing");
    }
    Statement inner = statement(query);
    return inner instanceof Statement.Plain
        ? new Statement.Declare(node.text("portalname"), text, inner.effects())
        : unknown("DECLARE of what is not a query");
  }

  private Statement tableAs(Node node) {
    Node into = node.node("into");
    Node query = node.node("query");
    if (into == null || query == null) {
      return unknown("CREATE TABLE AS of nothing", Effect.schema, Effect.create);
    }
    walk.into(into);
    touch = Touch.tables; // a materialized view, too: nothing runs when it is read
    if (query.is("ExecuteStmt")) {
      walk.all(query.nodes("params"));
      effects.addAll(walk.effects());
      return new Statement.Execute(query.text("name"), text, Set.copyOf(effects));
    }
    walk.node(query);
    return done(Kind.schema);
  }

  private Statement copy(Node node) {
    boolean in = node.flag("is_from");
    if (node.flag("is_program") || node.has("filename")) {
      effects.add(Effect.program);
    }
    Node relation = node.node("relation");
    Node query = node.node("query");
    if (relation != null) {
      uses.add(in ? uses.writes : uses.reads, Walk.name(relation));
      effects.add(in ? Effect.create : Effect.read);
    }
    if (query != null) {
      walk.node(query);
    }
    walk.all(node.nodes("whereClause"));
    node.strings("attlist").forEach(column -> uses.add(uses.columns, column));
    Kind kind = effects.contains(Effect.program) ? Kind.copyFile : in ? Kind.copyIn : Kind.copyOut;
    return done(kind);
  }

  // Statements without queries.

  private Statement other(Node node) {
    Utility known = Utility.of(node);
    if (known == null) {
      walk.withoutRunning();
      return unknown(node.type() + " is not listed");
    }
    touch = known.touch();
    effects.addAll(known.effects());
    new Structure(walk, known.evaluates()).visit(node);
    for (Node element : node.nodes("schemaElts")) {
      Part part = new TreeReading(text).read(element);
      uses.addAll(part.uses());
      effects.addAll(part.statement().effects());
    }
    if (known.effects().contains(Effect.unknown)) {
      return new Statement.Unknown(text, effects, node.type() + " runs what nobody can foresee");
    }
    return done(
        known.effects().contains(Effect.privilege) && !known.effects().contains(Effect.schema)
            ? Kind.privilege
            : known.effects().contains(Effect.schema) ? Kind.schema : Kind.maintenance);
  }
}
