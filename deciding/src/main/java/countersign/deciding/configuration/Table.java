package countersign.deciding.configuration;

import countersign.deciding.configuration.Shape.Choice;
import countersign.deciding.configuration.Shape.Key;
import countersign.deciding.configuration.Shape.Keyed;
import countersign.deciding.configuration.Shape.Later;
import countersign.deciding.configuration.Shape.Many;
import countersign.deciding.configuration.Shape.Number;
import countersign.deciding.configuration.Shape.Off;
import countersign.deciding.configuration.Shape.Text;
import countersign.deciding.configuration.Shape.TextOrKeyed;
import countersign.deciding.configuration.Shape.TextOrMany;
import countersign.masking.Detector;
import countersign.masking.Method;
import countersign.operation.Effect;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Every key of the configuration file. */
final class Table {
  private Table() {}

  private static final Many EFFECTS =
      new Many(choice(Arrays.stream(Effect.values()).map(Enum::name).toArray(String[]::new)));

  private static final Many DETECTORS =
      new Many(choice(Arrays.stream(Detector.values()).map(Enum::name).toArray(String[]::new)));

  private static final Choice METHODS =
      choice(Arrays.stream(Method.values()).map(Method::word).toArray(String[]::new));

  private static final Keyed LISTEN =
      keyed(
          key("publicUrl", text(Form.httpUrl), "what links start with"),
          key("bind", text(Form.host), "address to bind; 127.0.0.1 when absent"),
          key(
              "tls",
              keyed(
                  must("cert", text(Form.path), "PEM file of the certificate chain"),
                  must("key", text(Form.path), "PEM file of the private key")),
              "certificate of the edges; absent: issued by Countersign's own CA"),
          key("plaintext", choice("loopback"), "plain TCP on the loopback address only"));

  private static final Keyed STORE =
      keyed(
          must("url", text(Form.storeUrl), "PostgreSQL of the event store"),
          must("username", text(Form.word), "its owner role"),
          must("password", text(Form.reference), "reference to the password"));

  private static final Keyed KEYS =
      keyed(
          key(
              "master",
              text(Form.keyReference),
              "reference to the master key; absent: made and kept in the data directory"),
          key(
              "signer",
              text(Form.reference),
              "reference to the log's Ed25519 key (PKCS#8, PEM); absent: made in the data directory"));

  private static final Keyed RETENTION =
      keyed(
          key(
              "hot",
              text(Form.days),
              "days after which a session may be archived; a mark, nothing is moved yet"),
          must("total", text(Form.days), "days after its end when a session is erased"));

  private static final Keyed POWERS =
      keyed(
          key("administer", groups(), "manage targets and duties"),
          key("audit", groups(), "see metadata of everything"),
          key("respond", groups(), "replay, follow and end sessions"));

  private static final Keyed CLAIM_RULE =
      keyed(
          key("when", text(Form.claimCondition), "CEL over claims; absent always holds"),
          key(
              "groups",
              new TextOrMany(text(Form.claimExpression), groups()),
              "groups to add, or CEL over claims that gives them"),
          key("kind", choice("human", "agent", "pipeline"), "what the principal is"),
          later("duties", Release.identity),
          later("origin", Release.identity));

  private static final Keyed IDENTITY =
      keyed(
          key(
              "oidc",
              new Many(
                  keyed(
                      must("issuer", text(Form.httpUrl), "issuer of the tokens"),
                      must("audience", text(Form.word), "audience the tokens must have"),
                      key("map", new Many(CLAIM_RULE), "first match per rule adds"))),
              "OpenID Connect providers"),
          later("saml", Release.identity));

  private static final Keyed PERSON =
      keyed(
          must("name", text(Form.name), "name of the person"),
          must(
              "accounts",
              new Many(
                  keyed(
                      must("issuer", text(Form.httpUrl), "issuer of the account"),
                      must("subject", text(Form.word), "subject at the issuer"))),
              "accounts behind which the person stands"));

  private static final Keyed AGENT =
      keyed(
          must("name", text(Form.name), "name of the agent"),
          must("owner", text(Form.word), "person who answers for it"));

  private static final Keyed PROTECT =
      keyed(
          key(
              "mask",
              new Many(
                  keyed(
                      key("columns", new Many(text(Form.columnGlob)), "columns to mask"),
                      key("detect", DETECTORS, "what to look for in every value"),
                      must("with", METHODS, "what stands in its place"),
                      key(
                          "predicates",
                          choice("allowed", "blocked"),
                          "whether statements may decide or compute with the columns; allowed when"
                              + " absent"))),
              "masked for everyone; all of them apply"),
          key(
              "block",
              new Many(
                  keyed(
                      must("effects", EFFECTS, "effects nobody has here"),
                      key("message", text(Form.words), "words for the caller"))),
              "blocked for everyone"),
          key(
              "recording",
              choice("statement", "strict", "buffered"),
              "the loss contract; statement when absent; buffered only where duties name it too"),
          key(
              "retention",
              RETENTION,
              "how long sessions are kept; the longest of target and duty wins"));

  private static final Keyed TARGET =
      new Keyed(
          List.of(
              must("name", text(Form.name), "what a caller gives as dbname"),
              must(
                  "type",
                  new Choice(
                      List.of("postgres"),
                      Map.of("ssh", Release.ssh, "kubernetes", Release.kubernetes)),
                  "what it speaks"),
              must(
                  "address",
                  text(Form.address),
                  "where it is; the database is the target's name when not given"),
              key(
                  "tls",
                  choice("disable", "prefer", "require", "verify-ca", "verify-full"),
                  "how it is dialled; verify-full when absent"),
              key("listen", new Number(1, 65_535), "TCP port of its own at the edge"),
              must(
                  "credential",
                  keyed(
                      must("username", text(Form.word), "login at the target"),
                      must("password", text(Form.reference), "reference to the password"),
                      key(
                          "lease",
                          choice("disable", "prefer", "require"),
                          "whether a session that writes nothing without asking gets a role of its"
                              + " own; disable when absent"),
                      key(
                          "readOnly",
                          keyed(
                              must("username", text(Form.word), "read-only login at the target"),
                              must("password", text(Form.reference), "reference to its password")),
                          "who a session that may only read logs in as where no role is leased"),
                      later("privateKey", Release.ssh),
                      later("token", Release.kubernetes)),
                  "how the edge logs in"),
              key("protect", PROTECT, "what holds for everyone"),
              later("hostKey", Release.ssh),
              later("loginShell", Release.ssh),
              later("ca", Release.kubernetes)),
          "type");

  private static final Keyed MATCH =
      keyed(
          key("relations", new Many(text(Form.relationGlob)), "globs over schema.relation"),
          key(
              "text",
              new TextOrMany(text(Form.re2), new Many(text(Form.re2))),
              "RE2 over the text; only makes stricter"),
          later("columns", Release.postgres),
          later("commands", Release.ssh),
          later("paths", Release.ssh),
          later("namespaces", Release.kubernetes),
          later("kinds", Release.kubernetes),
          later("verbs", Release.kubernetes),
          later("names", Release.kubernetes));

  private static final Keyed RULE =
      keyed(
          key("allow", EFFECTS, "effects allowed"),
          key("hold", EFFECTS, "effects that need another person"),
          key("block", EFFECTS, "effects blocked"),
          key("match", MATCH, "what the operation must touch"),
          key("when", text(Form.condition), "CEL over operation, principal and now"),
          key("message", text(Form.words), "words for the caller"),
          key("by", groups(), "groups whose members may approve"),
          key("quorum", new Number(1, 16), "distinct people needed; 1 when absent"),
          key("within", text(Form.duration), "time for an answer; 15m when absent"),
          key(
              "wait",
              choice("stream", "ticket"),
              "where the caller waits; a ticket outlives the client"),
          key("reason", choice("required", "optional"), "whether the caller must say why"),
          key(
              "lockWait",
              text(Form.duration),
              "how long a transaction that has written may be held; 60s when absent"));

  private static final Keyed DUTY =
      keyed(
          must("name", text(Form.name), "name of the duty"),
          must("groups", groups(), "who holds it"),
          must("targets", new Many(text(Form.targetGlob)), "names of targets, or globs"),
          key(
              "access",
              new Choice(List.of("standing"), Map.of("onRequest", Release.identity)),
              "standing when absent"),
          must("rules", new Many(RULE), "block beats hold beats allow"),
          key(
              "unmask",
              new Many(text(Form.columnGlob)),
              "columns whose masks an approval may lift; what shows them is held"),
          later("roles", Release.postgres),
          key(
              "recording",
              choice("statement", "strict", "buffered"),
              "the loss contract of sessions; the strictest of target and duties counts"),
          later("shell", Release.ssh),
          key(
              "retention",
              RETENTION,
              "how long sessions are kept; the longest of target and duty wins"));

  private static final Keyed WITNESS =
      keyed(
          must("url", text(Form.httpUrl), "what add-checkpoint is below of"),
          key(
              "key",
              text(Form.witnessKey),
              "its key, as it prints it; absent: asked of it once, then pinned"));

  /** The whole file. */
  static final Keyed FILE =
      keyed(
          must("apiVersion", choice("countersign/v1"), "version of this format"),
          key("listen", LISTEN, "where Countersign listens"),
          key("store", STORE, "absent: embedded PostgreSQL"),
          key("keys", KEYS, "keys of the event store"),
          key("powers", POWERS, "powers over Countersign itself"),
          must(
              "dualControl",
              new Off(
                  "false, written out: absent means true, and holding changes for a second"
                      + " administrator "
                      + Release.identity.comes()),
              "whether changes need a second administrator"),
          key(
              "secrets",
              new Many(text(Form.secretName)),
              "the only names that ${env:} and ${file:} may reach"),
          key("identity", IDENTITY, "who vouches for principals"),
          key("people", new Many(PERSON), "one person behind several accounts"),
          key("agents", new Many(AGENT), "agents and who answers for them"),
          key("targets", new Many(TARGET), "systems to be operated"),
          key("duties", new Many(DUTY), "who may do what where"),
          key(
              "witnesses",
              new Many(new TextOrKeyed(text(Form.httpUrl), WITNESS)),
              "who cosigns checkpoints: a URL, or its URL and key"),
          key(
              "retention",
              RETENTION,
              "how long sessions are kept where neither target nor duty says; for ever when absent"),
          later("conflicts", Release.identity),
          later("notifications", Release.identity));

  private static Keyed keyed(Key... keys) {
    return new Keyed(List.of(keys), "");
  }

  private static Key key(String name, Shape shape, String words) {
    return new Key(name, shape, false, words);
  }

  private static Key must(String name, Shape shape, String words) {
    return new Key(name, shape, true, words);
  }

  private static Key later(String name, Release release) {
    return new Key(name, new Later(release), false, release.comes());
  }

  private static Text text(Form form) {
    return new Text(form);
  }

  private static Choice choice(String... words) {
    return new Choice(List.of(words), Map.of());
  }

  private static Many groups() {
    return new Many(text(Form.word));
  }
}
