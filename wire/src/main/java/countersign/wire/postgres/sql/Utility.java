package countersign.wire.postgres.sql;

import static countersign.operation.Effect.change;
import static countersign.operation.Effect.destroy;
import static countersign.operation.Effect.forward;
import static countersign.operation.Effect.privilege;
import static countersign.operation.Effect.program;
import static countersign.operation.Effect.schema;
import static countersign.operation.Effect.session;
import static countersign.operation.Effect.unknown;

import countersign.operation.Effect;
import countersign.wire.postgres.grammar.Node;
import countersign.wire.postgres.sql.Analysed.Touch;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Statements that are neither queries nor change rows: what each does, as a published list.
 *
 * @param evaluates whether expressions in it run now
 */
record Utility(Set<Effect> effects, Touch touch, boolean evaluates) {

  /** Languages whose functions can do no more than their caller. */
  private static final Set<String> TRUSTED_LANGUAGES = Set.of("sql", "plpgsql");

  /** What a statement does; null when its type is not listed. */
  static @Nullable Utility of(Node node) {
    return switch (node.type()) {
      case "CreateStmt" -> tables(EnumSet.of(schema), false);
      case "IndexStmt" -> tables(EnumSet.of(schema), true);
      case "AlterTableStmt" -> alterTable(node);
      case "CreateSeqStmt",
          "AlterSeqStmt",
          "CommentStmt",
          "CreateTrigStmt",
          "CreateStatsStmt",
          "AlterStatsStmt",
          "CreateSchemaStmt",
          "CreatedbStmt",
          "AlterDatabaseStmt",
          "AlterDatabaseRefreshCollStmt",
          "CreateTableSpaceStmt",
          "AlterTableSpaceOptionsStmt",
          "AlterTableMoveAllStmt",
          "CreatePublicationStmt",
          "AlterPublicationStmt" ->
          tables(EnumSet.of(schema), false);
      case "DropStmt" -> dropped(node);
      case "DropdbStmt", "DropTableSpaceStmt" -> tables(EnumSet.of(schema, destroy), false);

      case "ViewStmt",
          "RuleStmt",
          "DefineStmt",
          "CompositeTypeStmt",
          "CreateEnumStmt",
          "CreateRangeStmt",
          "AlterEnumStmt",
          "AlterTypeStmt",
          "CreateDomainStmt",
          "CreateCastStmt",
          "CreateConversionStmt",
          "CreateOpClassStmt",
          "CreateOpFamilyStmt",
          "AlterOpFamilyStmt",
          "AlterOperatorStmt",
          "CreateTransformStmt",
          "RenameStmt",
          "AlterObjectSchemaStmt",
          "AlterObjectDependsStmt",
          "AlterCollationStmt",
          "AlterTSDictionaryStmt",
          "AlterTSConfigurationStmt",
          "CreateEventTrigStmt",
          "AlterEventTrigStmt" ->
          code(EnumSet.of(schema), false);
      case "AlterDomainStmt" -> code(EnumSet.of(schema), true);
      case "CreateFunctionStmt" -> function(node);
      case "AlterFunctionStmt" -> code(EnumSet.of(schema, privilege), false);

      case "CreatePLangStmt",
          "CreateAmStmt",
          "CreateFdwStmt",
          "AlterFdwStmt",
          "CreateExtensionStmt",
          "AlterExtensionStmt",
          "AlterExtensionContentsStmt" ->
          code(EnumSet.of(schema, program), false);
      case "CreateForeignServerStmt",
          "AlterForeignServerStmt",
          "CreateForeignTableStmt",
          "CreateSubscriptionStmt",
          "AlterSubscriptionStmt",
          "ImportForeignSchemaStmt" ->
          code(EnumSet.of(schema, forward), false);
      case "DropSubscriptionStmt" -> code(EnumSet.of(schema, destroy, forward), false);

      case "CreatePolicyStmt",
          "AlterPolicyStmt",
          "SecLabelStmt",
          "CreateUserMappingStmt",
          "AlterUserMappingStmt",
          "AlterDatabaseSetStmt",
          "AlterOwnerStmt" ->
          code(EnumSet.of(schema, privilege), false);
      case "DropUserMappingStmt", "DropOwnedStmt" ->
          code(EnumSet.of(schema, privilege, destroy), false);
      case "GrantStmt",
          "GrantRoleStmt",
          "AlterDefaultPrivilegesStmt",
          "CreateRoleStmt",
          "AlterRoleStmt",
          "AlterRoleSetStmt",
          "ReassignOwnedStmt" ->
          code(EnumSet.of(privilege), false);
      case "DropRoleStmt" -> code(EnumSet.of(privilege, destroy), false);
      case "AlterSystemStmt", "CheckPointStmt" ->
          new Utility(EnumSet.of(privilege), Touch.nothing, false);

      case "RefreshMatViewStmt" -> // runs the view's query
          new Utility(EnumSet.of(change, unknown), Touch.nothing, false);
      case "VacuumStmt", "ClusterStmt", "ReindexStmt", "LockStmt" ->
          new Utility(EnumSet.of(change), Touch.nothing, false);
      case "NotifyStmt" -> new Utility(EnumSet.of(session, change), Touch.nothing, false);
      case "ListenStmt", "UnlistenStmt", "ConstraintsSetStmt" ->
          new Utility(EnumSet.of(session), Touch.nothing, false);
      case "DiscardStmt" -> new Utility(EnumSet.of(session), Touch.names, false);
      case "LoadStmt" -> new Utility(EnumSet.of(program, session), Touch.names, false);
      case "DoStmt" -> new Utility(EnumSet.of(program, unknown), Touch.names, false);
      case "CallStmt" -> new Utility(EnumSet.of(program, unknown), Touch.names, true);
      default -> null;
    };
  }

  private static Utility tables(Set<Effect> effects, boolean evaluates) {
    return new Utility(effects, Touch.tables, evaluates);
  }

  private static Utility code(Set<Effect> effects, boolean evaluates) {
    return new Utility(effects, Touch.code, evaluates);
  }

  private static Utility dropped(Node node) {
    boolean table =
        Set.of("OBJECT_TABLE", "OBJECT_INDEX", "OBJECT_SEQUENCE", "OBJECT_TRIGGER")
            .contains(node.text("removeType"));
    Set<Effect> effects = EnumSet.of(schema, destroy);
    if (node.text("removeType").equals("OBJECT_POLICY")) {
      effects.add(privilege);
    }
    return new Utility(effects, table ? Touch.tables : Touch.code, false);
  }

  private static Utility function(Node node) {
    Set<Effect> effects = EnumSet.of(schema);
    String language = node.has("sql_body") ? "sql" : "";
    for (Node option : node.nodes("options")) {
      Node value = option.node("arg");
      if (option.text("defname").equals("language") && value != null) {
        language = value.text("sval").toLowerCase(Locale.ROOT);
      }
      if (option.text("defname").equals("security")) {
        effects.add(privilege); // runs with its owner's rights
      }
    }
    if (!TRUSTED_LANGUAGES.contains(language)) {
      effects.add(program);
    }
    return new Utility(effects, Touch.code, false);
  }

  private static Utility alterTable(Node node) {
    Set<Effect> effects = EnumSet.of(schema);
    Touch touch = node.text("objtype").equals("OBJECT_TABLE") ? Touch.tables : Touch.code;
    for (Node command : node.nodes("cmds")) {
      switch (command.text("subtype")) {
        case "AT_DropColumn" -> effects.add(destroy);
        case "AT_AlterColumnType" -> effects.add(change);
        case "AT_ChangeOwner",
            "AT_EnableRowSecurity",
            "AT_DisableRowSecurity",
            "AT_ForceRowSecurity",
            "AT_NoForceRowSecurity" -> {
          effects.add(privilege);
          touch = Touch.code;
        }
        case "AT_EnableRule",
            "AT_EnableAlwaysRule",
            "AT_EnableReplicaRule",
            "AT_DisableRule",
            "AT_AddOf",
            "AT_GenericOptions",
            "AT_AlterColumnGenericOptions",
            "AT_SetExpression",
            "AT_ColumnDefault" ->
            touch = Touch.code;
        default -> {}
      }
    }
    return new Utility(effects, touch, true);
  }
}
