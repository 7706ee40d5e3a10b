package countersign.deciding.configuration;

import countersign.duty.Rulebook;
import countersign.identity.Principal.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads who is who: powers, identity providers, people, agents. */
final class DirectoryReading {
  private final Mistakes mistakes;

  DirectoryReading(Mistakes mistakes) {
    this.mistakes = mistakes;
  }

  Map<String, Set<String>> powers(Part.@Nullable Keys powers) {
    if (powers == null) {
      return Map.of();
    }
    Set<String> administer = values(powers.texts("administer"));
    for (Part.Text audit : powers.texts("audit")) {
      if (administer.contains(audit.value())) {
        mistakes.add(
            audit,
            audit.value(),
            "a group that does not hold administer; both never meet in one person");
      }
    }
    Map<String, Set<String>> read = new LinkedHashMap<>();
    for (String power : List.of("administer", "audit", "respond")) {
      if (powers.has(power)) {
        read.put(power, values(powers.texts(power)));
      }
    }
    return read;
  }

  List<Configuration.Oidc> providers(Part.@Nullable Keys identity) {
    if (identity == null) {
      return List.of();
    }
    Once once = new Once(mistakes, "an issuer of its own");
    List<Configuration.Oidc> providers = new ArrayList<>();
    for (Part.Keys provider : identity.each("oidc")) {
      once.check(provider, "issuer");
      providers.add(
          new Configuration.Oidc(
              provider.text("issuer", ""),
              provider.text("audience", ""),
              provider.each("map").stream().map(this::claimRule).toList()));
    }
    return providers;
  }

  private ClaimMapping.Rule claimRule(Part.Keys rule) {
    if (!rule.has("groups") && !rule.has("kind")) {
      mistakes.add(rule, "adds nothing", "groups, kind or both");
    }
    String kind = rule.text("kind", "");
    return new ClaimMapping.Rule(
        rule.text("when", ""),
        rule.text("groups", ""),
        rule.get("groups") instanceof Part.Items ? values(rule.texts("groups")) : Set.of(),
        kind.isEmpty() ? null : Kind.valueOf(kind));
  }

  List<Rulebook.Person> people(List<Part.Keys> people) {
    Once names = new Once(mistakes, "a name of its own");
    Once accounts = new Once(mistakes, "an account of one person only");
    List<Rulebook.Person> read = new ArrayList<>();
    for (Part.Keys person : people) {
      names.check(person, "name");
      List<Rulebook.Account> each = new ArrayList<>();
      for (Part.Keys account : person.each("accounts")) {
        Rulebook.Account linked =
            new Rulebook.Account(account.text("issuer", ""), account.text("subject", ""));
        if (account.has("issuer") && account.has("subject")) {
          accounts.check(account.line(), account.path(), Mistakes.shown(linked.subject()), linked);
        }
        each.add(linked);
      }
      read.add(new Rulebook.Person(person.text("name", ""), each));
    }
    return read;
  }

  List<Rulebook.Agent> agents(List<Part.Keys> agents) {
    Once names = new Once(mistakes, "a name of its own");
    List<Rulebook.Agent> read = new ArrayList<>();
    for (Part.Keys agent : agents) {
      names.check(agent, "name");
      String name = agent.text("name", "");
      if (!name.isEmpty() && name.equals(agent.text("owner", "")) && agent.get("owner") != null) {
        mistakes.add(agent.line(), agent.path() + ".owner", name, "a person, not the agent itself");
      }
      read.add(new Rulebook.Agent(name, agent.text("owner", "")));
    }
    return read;
  }

  private static Set<String> values(List<Part.Text> texts) {
    return texts.stream().map(Part.Text::value).collect(Collectors.toSet());
  }
}
