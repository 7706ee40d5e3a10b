package countersign.deciding;

import countersign.approval.Context;
import countersign.approval.HeldOperation;
import countersign.duty.Duty;
import countersign.duty.Rule;
import countersign.duty.Rulebook;
import countersign.identity.Principal;
import countersign.operation.Effect;
import countersign.operation.Facts;
import countersign.operation.Operation;
import countersign.operation.OperationId;
import countersign.session.SessionId;
import countersign.target.Target;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What tests start from. */
final class Given {
  static final Instant NOW = Instant.parse("2026-11-21T08:30:00Z");

  private Given() {}

  static Rule allow(Effect... effects) {
    return rule(Rule.Action.allow, Rule.Hold.DEFAULT, effects);
  }

  static Rule block(Effect... effects) {
    return rule(Rule.Action.block, Rule.Hold.DEFAULT, effects);
  }

  static Rule hold(Effect... effects) {
    return hold(by("approvers"), effects);
  }

  static Rule hold(Rule.Hold terms, Effect... effects) {
    return rule(Rule.Action.hold, terms, effects);
  }

  static Rule.Hold by(String... groups) {
    return terms(1, 15, false, groups);
  }

  static Rule.Hold terms(int quorum, int minutes, boolean reason, String... groups) {
    return new Rule.Hold(
        Set.of(groups),
        quorum,
        Duration.ofMinutes(minutes),
        Rule.Wait.stream,
        reason,
        Duration.ofSeconds(60));
  }

  private static Rule rule(Rule.Action action, Rule.Hold hold, Effect... effects) {
    return new Rule(action, Set.of(effects), Rule.Match.ANYTHING, "", hold, "");
  }

  static Rule on(Rule rule, String... relations) {
    return new Rule(
        rule.action(),
        rule.effects(),
        new Rule.Match(List.of(relations), List.of()),
        rule.when(),
        rule.hold(),
        rule.message());
  }

  static Rule text(Rule rule, String... text) {
    return new Rule(
        rule.action(),
        rule.effects(),
        new Rule.Match(List.of(), List.of(text)),
        rule.when(),
        rule.hold(),
        rule.message());
  }

  static Rule when(Rule rule, String when) {
    return new Rule(rule.action(), rule.effects(), rule.match(), when, rule.hold(), rule.message());
  }

  static Rule saying(Rule rule, String message) {
    return new Rule(rule.action(), rule.effects(), rule.match(), rule.when(), rule.hold(), message);
  }

  static Duty duty(String name, String group, Rule... rules) {
    return new Duty(name, Set.of(group), Set.of("orders"), List.of(rules));
  }

  static Target target(String name, Target.Block... blocks) {
    return new Target(
        name,
        "postgres",
        "db.internal",
        5432,
        name,
        Target.Tls.verifyFull,
        0,
        new Target.Credential("app", "${env:PW}"),
        new Target.Protection(List.of(blocks), Target.Recording.statement));
  }

  static Rulebook rulebook(Duty... duties) {
    return rulebook(target("orders"), duties);
  }

  static Rulebook rulebook(Target target, Duty... duties) {
    return new Rulebook(
        7,
        Arrays.stream(duties).collect(Collectors.toMap(Duty::name, duty -> duty)),
        Map.of(target.name(), target),
        List.of(),
        List.of(),
        Map.of());
  }

  static Principal.Hop human(String name, String... groups) {
    return new Principal.Hop(
        name, name, Principal.Kind.human, Set.of(groups), "", "https://idp", "sub-" + name, "");
  }

  static Principal.Hop agent(String name, String owner, String... groups) {
    return new Principal.Hop(
        name, name, Principal.Kind.agent, Set.of(groups), owner, "https://idp", "sub-" + name, "");
  }

  static Principal chain(Principal.Hop... hops) {
    return new Principal(List.of(hops), Set.of(), hops.length > 1, NOW.plusSeconds(900));
  }

  static Operation operation(Principal principal, String text, Effect... effects) {
    return operation(principal, text, List.of(), effects);
  }

  static Operation operation(
      Principal principal, String text, List<String> relations, Effect... effects) {
    return new Operation(
        principal,
        "orders",
        "orders",
        "app",
        text,
        text.getBytes(StandardCharsets.UTF_8),
        List.of(),
        Set.of(effects),
        new Facts("libpg_query-17", List.of(text), relations, List.of(), List.of(), null),
        "");
  }

  static HeldOperation held(Principal principal, Rule.Hold hold) {
    return new HeldOperation(
        SessionId.next(),
        OperationId.next(),
        "00",
        7,
        principal,
        "postgres",
        "orders",
        "orders",
        "app",
        "delete from payments",
        List.of(),
        Set.of(Effect.change, Effect.destroy),
        "ai/2",
        hold,
        "ai/2 holds destroy",
        "",
        false,
        true,
        "AA==",
        Context.NONE);
  }
}
