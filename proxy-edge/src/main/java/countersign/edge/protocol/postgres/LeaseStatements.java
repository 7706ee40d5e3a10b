package countersign.edge.protocol.postgres;

import countersign.deciding.LeaseScope;
import countersign.session.SessionId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The statements that make and drop leased roles. Pure. A role of a session is a member of a role
 * that holds the grants, which all sessions with the same rights share and the last one drops: so
 * no relation's access list grows with the number of sessions, and nothing is granted twice.
 *
 * <p>Everything is done under one advisory lock, for PostgreSQL refuses grants on one relation that
 * meet each other. The search path is empty, so that every name is PostgreSQL's own.
 */
final class LeaseStatements {
  private static final String PREFIX = "countersign_";

  /** A session's id, a UUID of version 7. */
  private static final Pattern ROLE =
      Pattern.compile(PREFIX + "([0-9a-f]{12})7[0-9a-f]{3}[89ab][0-9a-f]{15}");

  private static final String ROLES = "^" + ROLE.pattern() + "$";
  private static final String GRANTS = PREFIX + "grants_";
  private static final String NOTHING_ELSE =
      " NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS";

  /** COUN and LEAS as numbers. */
  static final String LOCK = "SELECT pg_advisory_xact_lock(1129272654, 1279607123)";

  private static final int MOST_LEFT = 5;

  /**
   * What a session with the target's credential begins with: its search path, its own settings; and
   * leased roles that nobody uses.
   */
  static final String LOOK =
      String.join(
          ";\n",
          "SELECT 'path', pg_catalog.current_setting('search_path')",
          "SELECT 'own', current_user",
          "SELECT 'schema', s FROM pg_catalog.unnest(pg_catalog.current_schemas(false))"
              + " WITH ORDINALITY u(s, o) ORDER BY o",
          "SET search_path = ''",
          "SELECT DISTINCT ON (1, 2) 'setting', split_part(e, '=', 1),"
              + " substr(e, strpos(e, '=') + 1), s.setdatabase <> 0"
              + " FROM pg_db_role_setting s, unnest(s.setconfig) e"
              + " WHERE s.setrole = (SELECT oid FROM pg_roles WHERE rolname = session_user)"
              + " AND s.setdatabase IN"
              + " (0, (SELECT oid FROM pg_database WHERE datname = current_database()))"
              + " AND coalesce((SELECT g.context = 'user' FROM pg_settings g"
              + " WHERE lower(g.name) = lower(split_part(e, '=', 1))),"
              + " strpos(split_part(e, '=', 1), '.') > 0) ORDER BY 1, 2, 4 DESC",
          leftovers());

  /** Leased roles that nobody uses, and whether their time is over. */
  static String leftovers() {
    return "SELECT 'left', r.rolname, coalesce(r.rolvaliduntil < now(), false) FROM pg_roles r"
        + " WHERE r.rolname ~ "
        + literal(ROLES)
        + " AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.usesysid = r.oid)"
        + " ORDER BY 2 LIMIT 100";
  }

  private final String group;
  private final boolean holdsMore;
  private final String covered;
  private final String path;

  /**
   * For sessions with the same rights.
   *
   * @param database where they are
   * @param login who makes the roles
   * @param schemas of the login's search path: each must be as visible to the role, or a name would
   *     mean something else to it
   */
  LeaseStatements(String database, String login, LeaseScope scope, List<String> schemas) {
    this.holdsMore = scope.holdsMore();
    this.group = GRANTS + hash(database, login, scope);
    this.covered = covered(scope);
    this.path =
        schemas.isEmpty()
            ? "ARRAY[]::text[]"
            : schemas.stream()
                .map(LeaseStatements::literal)
                .collect(Collectors.joining(", ", "ARRAY[", "]"));
  }

  /** Name of a session's role. */
  static String role(SessionId session) {
    return PREFIX + session.toString().replace("-", "");
  }

  /**
   * Of leased roles that nobody uses, those whose session cannot be about to begin: whose time is
   * over, or that were made before that moment.
   *
   * @param rows of {@link #leftovers()}
   */
  static List<String> abandoned(List<List<String>> rows, Instant before) {
    return rows.stream()
        .filter(row -> row.get(2).equals("t") || madeBefore(row.get(1), before))
        .map(row -> row.get(1))
        .limit(MOST_LEFT)
        .toList();
  }

  private static boolean madeBefore(String role, Instant before) {
    var name = ROLE.matcher(role);
    return name.matches() && HexFormat.fromHexDigitsToLong(name.group(1)) < before.toEpochMilli();
  }

  /**
   * Begins the transaction that makes a role, and says what has to be granted first, and which
   * roles lend it their rights ({@code lend}) for an approved operation.
   */
  String begin() {
    return "BEGIN;\n" + LOCK + ";\n" + (holdsMore ? LENT + ";\n" : "") + missing();
  }

  /**
   * {@code group} when the role that holds the grants is there; {@code connect}, {@code usage} and
   * {@code select} with what it lacks; {@code revoke} with what it has and should not; {@code
   * reads} with how many relations are covered.
   */
  private String missing() {
    return "SELECT 'group', rolname FROM pg_roles WHERE rolname = "
        + literal(group)
        + ";\nWITH g AS (SELECT coalesce((SELECT rolname FROM pg_roles WHERE rolname = "
        + literal(group)
        + "), 'public') AS name),"
        + " wanted AS MATERIALIZED (SELECT c.oid, c.relnamespace,"
        + " quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name"
        + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        + " WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p', 'S') AND n.nspname !~ '^pg_'"
        + " AND n.nspname <> 'information_schema'"
        + " AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')"
        + " AND "
        + covered
        + ") SELECT 'reads', count(*)::text FROM wanted"
        + " UNION ALL SELECT 'connect', quote_ident(current_database()) FROM g"
        + " WHERE NOT has_database_privilege(g.name, current_database(), 'CONNECT')"
        + " UNION ALL SELECT 'usage', quote_ident(n.nspname) FROM pg_namespace n, g"
        + " WHERE (n.nspname = ANY ("
        + path
        + ") OR n.oid IN (SELECT relnamespace FROM wanted))"
        + " AND NOT has_schema_privilege(g.name, n.oid, 'USAGE')"
        + " UNION ALL SELECT 'select', w.name FROM wanted w, g"
        + " WHERE NOT has_table_privilege(g.name, w.oid, 'SELECT')"
        + " UNION ALL SELECT 'revoke', quote_ident(n.nspname) || '.' || quote_ident(c.relname)"
        + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        + " CROSS JOIN LATERAL aclexplode(c.relacl) a WHERE c.relacl IS NOT NULL"
        + " AND a.grantee = (SELECT oid FROM pg_roles WHERE rolname = "
        + literal(group)
        + ") AND c.oid NOT IN (SELECT oid FROM wanted)";
  }

  /** Whether an answer to {@link #begin()} or {@link #make} leaves something to be granted. */
  static boolean lacks(Errand.Answer answer) {
    return !(answer.values("connect").isEmpty()
        && answer.values("usage").isEmpty()
        && answer.values("select").isEmpty());
  }

  /**
   * Makes a role.
   *
   * @param answer to {@link #begin()}
   * @param verifier of its password
   * @return the statements; where something is granted the transaction stays open and the answer
   *     says what is lacking still, else they commit
   */
  String make(Errand.Answer answer, String role, String verifier, Instant until, int serverMajor) {
    List<String> all = new ArrayList<>();
    if (answer.values("group").isEmpty()) {
      all.add("CREATE ROLE " + group + " NOLOGIN" + NOTHING_ELSE);
    }
    grant(answer, all);
    all.add(
        "CREATE ROLE "
            + role
            + " LOGIN INHERIT"
            + NOTHING_ELSE
            + " CONNECTION LIMIT 1 PASSWORD "
            + literal(verifier)
            + " VALID UNTIL "
            + literal(until.truncatedTo(ChronoUnit.SECONDS).toString())
            + " IN ROLE "
            + group);
    all.add("ALTER ROLE " + role + " SET " + AccessMode.SETTING + " = on");
    if (holdsMore) {
      // Whether it can be done is known before anybody is asked for an approval.
      all.add(give(lent(answer), role, serverMajor));
      all.add(take(lent(answer), role));
    }
    all.add(lacks(answer) ? missing() : "COMMIT");
    return String.join(";\n", all);
  }

  /** Grants what is lacking, and ends the transaction. */
  String grant(Errand.Answer answer) {
    List<String> all = new ArrayList<>();
    if (!answer.values("group").isEmpty()) {
      grant(answer, all);
    }
    all.add("COMMIT");
    return String.join(";\n", all);
  }

  private void grant(Errand.Answer answer, List<String> all) {
    grant(all, "REVOKE ALL ON TABLE ", answer.values("revoke"), " FROM " + group);
    grant(all, "GRANT CONNECT ON DATABASE ", answer.values("connect"), " TO " + group);
    grant(all, "GRANT USAGE ON SCHEMA ", answer.values("usage"), " TO " + group);
    grant(all, "GRANT SELECT ON TABLE ", answer.values("select"), " TO " + group);
  }

  /** Who lends rights, by an answer to {@link #begin()}; as written in a statement. */
  static String lent(Errand.Answer answer) {
    return String.join(", ", answer.values("lend"));
  }

  /**
   * Gives a role the rights of others, but none of their attributes. They count by themselves:
   * nothing in the session is switched that something in it could switch back.
   */
  static String give(String lent, String role, int serverMajor) {
    return "GRANT "
        + lent
        + " TO "
        + role
        + (serverMajor >= 16 ? " WITH INHERIT TRUE, SET FALSE" : "");
  }

  /** Takes them back. */
  static String take(String lent, String role) {
    return "REVOKE " + lent + " FROM " + role;
  }

  /**
   * Hands what a role made by an approved operation to the credential, which owns it from then on
   * as if it had made it, and begins to look at what the role has to be granted of it.
   */
  String handOver(String role, int serverMajor) {
    return String.join(
        ";\n",
        "SET search_path = ''",
        "BEGIN",
        LOCK,
        member(role, serverMajor),
        "REASSIGN OWNED BY " + role + " TO CURRENT_USER",
        "REVOKE " + role + " FROM CURRENT_USER",
        missing());
  }

  private static void grant(List<String> all, String what, List<String> on, String whom) {
    if (!on.isEmpty()) {
      all.add(what + String.join(", ", on) + whom);
    }
  }

  /** Ends what a role still does. */
  static String terminate(String role) {
    return "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity"
        + " WHERE usename = "
        + literal(role);
  }

  static String drop(String role) {
    return "DROP ROLE IF EXISTS " + role;
  }

  /**
   * Drops a role that owns something, by rights that everybody has there: what it owns is handed
   * over and not destroyed.
   */
  static String dropOwner(String role, int serverMajor) {
    return String.join(
        ";\n",
        member(role, serverMajor),
        "REASSIGN OWNED BY " + role + " TO CURRENT_USER",
        "DROP OWNED BY " + role,
        "DROP ROLE " + role);
  }

  /**
   * The credential; and as attributes are not lent, for a superuser also those who own what is
   * there, fifty at most.
   */
  private static final String LENT =
      "SELECT 'lend', quote_ident(r.rolname) FROM pg_roles r WHERE r.rolname = current_user"
          + " OR (SELECT s.rolsuper FROM pg_roles s WHERE s.rolname = current_user)"
          + " AND r.rolname !~ '^(pg|countersign)_' AND r.oid IN"
          + " (SELECT relowner FROM pg_class WHERE oid >= 16384"
          + " UNION SELECT nspowner FROM pg_namespace"
          + " UNION SELECT datdba FROM pg_database WHERE datname = current_database())"
          + " ORDER BY r.rolname <> current_user, 2 LIMIT 50";

  /** Begins the transaction that drops what held grants of sessions that are all over. */
  static final String UNUSED =
      "BEGIN;\n"
          + LOCK
          + ";\nSELECT 'group', g.rolname FROM pg_catalog.pg_roles g"
          + " WHERE g.rolname OPERATOR(pg_catalog.~) "
          + literal("^" + GRANTS + "[0-9a-f]{16}$")
          + " AND NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members m"
          + " JOIN pg_catalog.pg_roles r ON r.oid = m.member WHERE m.roleid = g.oid"
          + " AND r.rolname OPERATOR(pg_catalog.~) "
          + literal(ROLES)
          + ")";

  /** Drops them; each lives in one database, and those of other databases refuse. */
  static String dropUnused(String group, int serverMajor) {
    return String.join(
        ";\n",
        "SAVEPOINT one",
        member(group, serverMajor),
        "DROP OWNED BY " + group,
        "DROP ROLE " + group);
  }

  /** Dropping what a role has takes its rights; since 16 a membership may come without them. */
  private static String member(String role, int serverMajor) {
    return "GRANT " + role + " TO CURRENT_USER" + (serverMajor >= 16 ? " WITH INHERIT TRUE" : "");
  }

  /** Schemas in the words of a search path. */
  static String path(List<String> schemas) {
    return schemas.stream()
        .map(schema -> '"' + schema.replace("\"", "\"\"") + '"')
        .collect(Collectors.joining(", "));
  }

  private static String covered(LeaseScope scope) {
    return scope.hops().stream()
        .map(hop ->
            any(hop.relations().stream().toList())
                + (hop.except().isEmpty() ? "" : " AND NOT " + any(hop.except().stream().toList())))
        .collect(Collectors.joining(" AND "));
  }

  private static String any(List<String> globs) {
    return globs.isEmpty()
        ? "false"
        : globs.stream()
            .map(LeaseStatements::matches)
            .collect(Collectors.joining(" OR ", "(", ")"));
  }

  private static String matches(String glob) {
    int dot = glob.indexOf('.');
    String relation = "c.relname ~ " + expression(glob.substring(dot + 1));
    return dot < 0
        ? relation
        : "n.nspname ~ " + expression(glob.substring(0, dot)) + " AND " + relation;
  }

  /** A glob as a regular expression of PostgreSQL's. */
  private static String expression(String glob) {
    StringBuilder out = new StringBuilder("^");
    glob.chars()
        .forEach(c -> {
          if (c == '*') {
            out.append(".*");
          } else if (c == '?') {
            out.append('.');
          } else if (c < 0x80 && !Character.isLetterOrDigit(c) && c != '_') {
            out.append('\\').append((char) c);
          } else {
            out.append((char) c);
          }
        });
    return literal(out.append('$').toString());
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private static String hash(String database, String login, LeaseScope scope) {
    String all =
        scope.hops().stream()
            .map(hop -> String.join("\t", hop.relations()) + "\n" + String.join("\t", hop.except()))
            .sorted()
            .collect(Collectors.joining("\n\n", database + "\n" + login + "\n\n", ""));
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(all.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
