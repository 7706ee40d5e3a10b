package countersign.wire.postgres.sql;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a target's catalogue as {@link #STATEMENTS} answer them, in text. Source: PostgreSQL
 * documentation, "System Catalogs"; everything with an oid below 16384 came with initdb. Filled by
 * one thread.
 */
public final class CatalogueRows {
  /** Most rows of one answer; a catalogue that is larger is not read. */
  public static final int MOST_ROWS = 1_000_000;

  private static final String OURS = " >= 16384 ";

  /** Built-in relations that quote values of others, or what others said. */
  static final Set<String> TELLING =
      Set.of(
          "pg_statistic",
          "pg_statistic_ext_data",
          "pg_stats",
          "pg_stats_ext",
          "pg_stats_ext_exprs",
          "pg_stat_activity",
          "pg_prepared_statements",
          "pg_cursors",
          "pg_settings",
          "pg_attribute");

  /**
   * What is asked, one statement after the other on one connection. The path is emptied after the
   * first ones so that definitions are printed with every schema that is not {@code pg_catalog}.
   */
  public static final List<String> STATEMENTS =
      List.of(
          "SELECT current_setting('search_path')",
          "SELECT s FROM unnest(current_schemas(false)) WITH ORDINALITY u(s, o) ORDER BY o",
          "SET search_path = ''",
          "SELECT c.oid, n.nspname, c.relname, c.relkind,"
              + " CASE WHEN c.relkind IN ('v', 'm') AND c.oid"
              + OURS
              + "THEN pg_get_viewdef(c.oid) END"
              + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
              + " WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p', 'S')"
              + " AND n.nspname !~ '^pg_(toast|temp_)'",
          "SELECT a.attrelid, a.attname, a.attnum, a.atttypid FROM pg_attribute a"
              + " JOIN pg_class c ON c.oid = a.attrelid WHERE (c.oid"
              + OURS
              + "OR c.relnamespace = 'pg_catalog'::regnamespace AND c.relname IN ("
              + TELLING.stream().map(n -> "'" + n + "'").collect(Collectors.joining(", "))
              + ")) AND c.relkind IN ('r', 'v', 'm', 'f', 'p', 'c') AND a.attnum > 0"
              + " AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum",
          "SELECT p.polrelid, pg_get_expr(p.polqual, p.polrelid),"
              + " pg_get_expr(p.polwithcheck, p.polrelid) FROM pg_policy p"
              + " JOIN pg_class c ON c.oid = p.polrelid WHERE c.relrowsecurity",
          "SELECT d.adrelid, pg_get_expr(d.adbin, d.adrelid), NULL FROM pg_attrdef d"
              + " JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum"
              + " WHERE a.attgenerated = 'v'",
          "SELECT p.oid, n.nspname, p.proname, p.provolatile, l.lanname,"
              + " COALESCE(e.extname, ''), p.prosrc IN ('range_constructor2',"
              + " 'range_constructor3', 'multirange_constructor0', 'multirange_constructor1',"
              + " 'multirange_constructor2'),"
              + " p.pronargs - p.pronargdefaults <= 1 AND (p.pronargs >= 1 OR p.provariadic <> 0)"
              + " AND t.typtype IN ('c', 'p', 'd')"
              + " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
              + " JOIN pg_language l ON l.oid = p.prolang"
              + " LEFT JOIN pg_type t ON t.oid = p.proargtypes[0]"
              + " LEFT JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid"
              + " AND d.deptype = 'e'"
              + " LEFT JOIN pg_extension e ON e.oid = d.refobjid WHERE p.oid"
              + OURS,
          "SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace"
              + " AND oid < 16384",
          "SELECT n.nspname, o.oprname, o.oprcode::oid FROM pg_operator o"
              + " JOIN pg_namespace n ON n.oid = o.oprnamespace WHERE o.oid"
              + OURS,
          "SELECT DISTINCT oprname FROM pg_operator WHERE oid < 16384",
          "SELECT t.oid, n.nspname, t.typname, t.typtype, t.typbasetype, t.typelem, t.typrelid,"
              + " COALESCE(r.rngsubtype, m.rngtypid, 0),"
              + " COALESCE(r.rngcanonical::oid, 0), t.typinput::oid, t.typoutput::oid,"
              + " t.typmodin::oid FROM pg_type t"
              + " JOIN pg_namespace n ON n.oid = t.typnamespace"
              + " LEFT JOIN pg_range r ON r.rngtypid = t.oid"
              + " LEFT JOIN pg_range m ON m.rngmultitypid = t.oid WHERE t.oid"
              + OURS,
          "SELECT typname FROM pg_type WHERE oid < 16384"
              + " AND typnamespace = 'pg_catalog'::regnamespace",
          "SELECT contypid, pg_get_expr(conbin, 0), NULL FROM pg_constraint WHERE contypid <> 0"
              + " AND contype = 'c'",
          "SELECT k.castsource, k.casttarget, k.castfunc, k.castcontext, n.nspname, t.typname"
              + " FROM pg_cast k JOIN pg_type t ON t.oid = k.casttarget"
              + " JOIN pg_namespace n ON n.oid = t.typnamespace WHERE k.oid"
              + OURS,
          // What planning computes before a row is read, where it names what is not built in.
          "SELECT * FROM (SELECT indrelid AS relation, pg_get_expr(indexprs, indrelid) AS a,"
              + " pg_get_expr(indpred, indrelid) AS b FROM pg_index WHERE indrelid"
              + OURS
              + "UNION ALL SELECT conrelid, pg_get_expr(conbin, conrelid), NULL"
              + " FROM pg_constraint WHERE conrelid <> 0 AND contype = 'c'"
              + " UNION ALL SELECT partrelid, pg_get_expr(partexprs, partrelid), NULL"
              + " FROM pg_partitioned_table"
              + " UNION ALL SELECT stxrelid, pg_get_expr(stxexprs, stxrelid), NULL"
              + " FROM pg_statistic_ext) e WHERE strpos(a, '.') > 0 OR strpos(b, '.') > 0",
          "SELECT inhparent, inhrelid FROM pg_inherits",
          "SELECT p.oid, pg_get_functiondef(p.oid) FROM pg_proc p"
              + " JOIN pg_language l ON l.oid = p.prolang WHERE p.oid"
              + OURS
              + "AND p.prokind = 'f' AND p.provolatile = 'i' AND l.lanname = 'sql'",
          // How values are sorted and hashed, wherever no operator is named.
          "SELECT c.oid, c.opcintype, c.opcdefault, t.typname, m.code FROM pg_opclass c"
              + " JOIN pg_type t ON t.oid = c.opcintype"
              + " JOIN (SELECT amprocfamily AS family, amproclefttype AS type,"
              + " amproc::oid AS code FROM pg_amproc UNION ALL"
              + " SELECT a.amopfamily, a.amoplefttype, o.oprcode::oid FROM pg_amop a"
              + " JOIN pg_operator o ON o.oid = a.amopopr) m"
              + " ON m.family = c.opcfamily AND m.type = c.opcintype"
              + " JOIN pg_am w ON w.oid = c.opcmethod AND w.amname IN ('btree', 'hash')"
              + " WHERE m.code"
              + OURS,
          "SELECT rngtypid, rngsubopc FROM pg_range WHERE rngsubopc" + OURS,
          // Columns that PostgreSQL computes from others of their row.
          "SELECT d.adrelid, d.adnum, pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d"
              + " JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum"
              + " WHERE a.attgenerated <> ''");

  String setting = "";
  final List<String> path = new ArrayList<>();
  final List<RelationRow> relations = new ArrayList<>();
  final List<List<@Nullable String>> columns = new ArrayList<>();
  final List<Expression> policies = new ArrayList<>();
  final List<Expression> generated = new ArrayList<>();
  final List<FunctionRow> functions = new ArrayList<>();
  final Set<String> builtInFunctions = new HashSet<>();
  final List<List<@Nullable String>> operators = new ArrayList<>();
  final Set<String> builtInOperators = new HashSet<>();
  final List<TypeRow> types = new ArrayList<>();
  final Set<String> builtInTypes = new HashSet<>();
  final List<Expression> domains = new ArrayList<>();
  final List<CastRow> casts = new ArrayList<>();
  final List<Expression> planned = new ArrayList<>();
  final List<int[]> inherits = new ArrayList<>();
  final Map<Integer, String> bodies = new HashMap<>();
  final List<ClassRow> classes = new ArrayList<>();
  final List<int[]> rangeClasses = new ArrayList<>();
  final List<ComputedRow> computed = new ArrayList<>();

  record RelationRow(int oid, Name name, char kind, @Nullable String definition) {}

  /** Expressions that run when the object of {@code of} is used. */
  record Expression(int of, @Nullable String first, @Nullable String second) {}

  record FunctionRow(
      int oid,
      Name name,
      char volatility,
      String language,
      String extension,
      boolean rangeConstructor,
      boolean ofRow) {}

  record TypeRow(
      int oid,
      Name name,
      char kind,
      int base,
      int element,
      int relation,
      int subtype,
      int[] code) {}

  record CastRow(int source, int target, int function, char context, Name targetName) {}

  /** A generated column. */
  record ComputedRow(int relation, int number, @Nullable String expression) {}

  /** A function that sorts or hashes for an operator class. */
  record ClassRow(int oid, int type, boolean standard, String typeName, int function) {}

  /**
   * Takes one row.
   *
   * @param statement index in {@link #STATEMENTS}
   * @param row its values in text
   * @throws IllegalArgumentException when the row is not what was asked for, or one too many
   */
  public void add(int statement, List<@Nullable String> row) {
    switch (statement) {
      case 0 -> setting = text(row, 0);
      case 1 -> path.add(text(row, 0));
      case 3 ->
          relations.add(
              new RelationRow(number(row, 0), name(row, 1), text(row, 3).charAt(0), row.get(4)));
      case 4 -> bounded(columns).add(row);
      case 5 -> policies.add(expression(row));
      case 6 -> generated.add(expression(row));
      case 7 ->
          functions.add(
              new FunctionRow(
                  number(row, 0),
                  name(row, 1),
                  text(row, 3).charAt(0),
                  text(row, 4),
                  text(row, 5),
                  flag(row, 6),
                  flag(row, 7)));
      case 8 -> builtInFunctions.add(text(row, 0));
      case 9 -> operators.add(row);
      case 10 -> builtInOperators.add(text(row, 0));
      case 11 ->
          types.add(
              new TypeRow(
                  number(row, 0),
                  name(row, 1),
                  text(row, 3).charAt(0),
                  number(row, 4),
                  number(row, 5),
                  number(row, 6),
                  number(row, 7),
                  new int[] {number(row, 8), number(row, 9), number(row, 10), number(row, 11)}));
      case 12 -> builtInTypes.add(text(row, 0));
      case 13 -> domains.add(expression(row));
      case 14 ->
          casts.add(
              new CastRow(
                  number(row, 0),
                  number(row, 1),
                  number(row, 2),
                  text(row, 3).charAt(0),
                  name(row, 4)));
      case 15 -> planned.add(expression(row));
      case 16 -> inherits.add(new int[] {number(row, 0), number(row, 1)});
      case 17 -> bodies.put(number(row, 0), text(row, 1));
      case 18 ->
          classes.add(
              new ClassRow(
                  number(row, 0), number(row, 1), flag(row, 2), text(row, 3), number(row, 4)));
      case 19 -> rangeClasses.add(new int[] {number(row, 0), number(row, 1)});
      case 20 -> computed.add(new ComputedRow(number(row, 0), number(row, 1), row.get(2)));
      default -> throw new IllegalArgumentException("row: of statement " + statement);
    }
  }

  private static <T> List<T> bounded(List<T> rows) {
    if (rows.size() >= MOST_ROWS) {
      throw new IllegalArgumentException("catalogue: more than " + MOST_ROWS + " columns");
    }
    return rows;
  }

  private static Expression expression(List<@Nullable String> row) {
    return new Expression(number(row, 0), row.get(1), row.get(2));
  }

  private static Name name(List<@Nullable String> row, int at) {
    return new Name(text(row, at), text(row, at + 1));
  }

  static String text(List<@Nullable String> row, int at) {
    String value = row.get(at);
    if (value == null) {
      throw new IllegalArgumentException("row: null in column " + at);
    }
    return value;
  }

  static int number(List<@Nullable String> row, int at) {
    return Integer.parseUnsignedInt(text(row, at));
  }

  private static boolean flag(List<@Nullable String> row, int at) {
    return "t".equals(row.get(at));
  }

  /**
   * Judges what was read. Parses definitions: some milliseconds for each hundred views.
   *
   * @param grammar parses a text
   */
  public Catalogue judge(
      java.util.function.Function<String, countersign.wire.postgres.grammar.Parse> grammar) {
    return new Catalogue(new CatalogueJudgement(this, grammar));
  }
}
