package countersign.deciding.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each case replaces one line of a right file and names the errors that must follow, whole. */
class ConfigurationErrorsTest {
  private static final List<String> RIGHT =
      List.of(
          /* 1 */ "apiVersion: countersign/v1",
          /* 2 */ "listen: {publicUrl: 'https://c.example', bind: 127.0.0.1}",
          /* 3 */ "keys: {master: '${env:MASTER}'}",
          /* 4 */ "powers: {administer: [admins], audit: [compliance]}",
          /* 5 */ "dualControl: false",
          /* 6 */ "secrets: [PW, MASTER]",
          /* 7 */ "identity:",
          /* 8 */ "  oidc: [{issuer: 'https://i.example', audience: c, map: [{groups: claims.groups}]}]",
          /* 9 */ "people: [{name: alice, accounts: [{issuer: 'https://i.example', subject: a1}]}]",
          /* 10 */ "agents: [{name: ada, owner: alice}]",
          /* 11 */ "targets:",
          /* 12 */ "  - name: orders",
          /* 13 */ "    type: postgres",
          /* 14 */ "    address: 'db:5432'",
          /* 15 */ "    credential: {username: app, password: '${env:PW}'}",
          /* 16 */ "duties:",
          /* 17 */ "  - name: ai",
          /* 18 */ "    groups: [ai-agents]",
          /* 19 */ "    targets: [orders]",
          /* 20 */ "    rules:",
          /* 21 */ "      - {allow: [read]}",
          /* 22 */ "      - {hold: [destroy], by: [approvers], quorum: 1, within: 15m}");

  static String with(int line, String text) {
    List<String> lines = new ArrayList<>(RIGHT);
    lines.set(line - 1, text);
    return String.join("\n", lines) + "\n";
  }

  static List<String> errors(String yaml) {
    ConfigurationErrors thrown =
        catchThrowableOfType(
            ConfigurationErrors.class, () -> ConfigurationFile.read("duties.yaml", yaml));
    return thrown == null ? List.of() : thrown.errors();
  }

  @Test
  void theFileTheCasesStartFromIsRight() {
    assertThat(errors(with(1, RIGHT.getFirst()))).isEmpty();
  }

  private static Arguments at(int line, String text, String... errors) {
    return Arguments.of(
        line, text, Stream.of(errors).map(error -> "duties.yaml:" + error).toList());
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        // Keys
        at(1, "", "2: apiVersion: (absent) (expected: countersign/v1)"),
        at(1, "apiVersion: v2", "1: apiVersion: v2 (expected: countersign/v1)"),
        at(
            2,
            "listn: {bind: x}",
            "2: listn: unknown key (expected: one of apiVersion, listen, store, keys, powers,"
                + " dualControl, secrets, identity, people, agents, targets, duties, witnesses,"
                + " retention; nearest:"
                + " listen)"),
        at(
            2,
            "listen: {bnid: 127.0.0.1}",
            "2: listen.bnid: unknown key (expected: one of publicUrl, bind, tls, plaintext;"
                + " nearest: bind)"),
        at(2, "apiVersion: countersign/v1", "2: apiVersion: written twice (first in line 1)"),
        at(
            2,
            "listen: {publicUrl: 'ftp://x'}",
            "2: listen.publicUrl: ftp://x (expected: a URL such as https://countersign.example)"),
        at(
            2,
            "listen: {plaintext: everywhere}",
            "2: listen.plaintext: everywhere (expected: loopback)"),
        at(
            2,
            "listen: {tls: {cert: a.pem}}",
            "2: listen.tls.key: (absent) (expected: a path of a file)"),
        at(
            2,
            "store: {url: 'mysql://x/y', username: u, password: '${env:PW}'}",
            "2: store.url: mysql://x/y (expected: a URL such as"
                + " postgresql://db.internal:5432/countersign)"),
        // Secrets never stand in the file and are never shown
        at(
            15,
            "    credential: {username: app, password: hunter2}",
            "15: targets[0].credential.password: (not shown) (expected: a reference such as"
                + " ${env:NAME}, ${file:NAME} or ${secret:NAME}; secrets do not stand in this file)"),
        at(
            15,
            "    credential: {username: app, password: 1234}",
            "15: targets[0].credential.password: (not shown) (expected: a reference such as"
                + " ${env:NAME}, ${file:NAME} or ${secret:NAME}; secrets do not stand in this file;"
                + " put quotes around it)"),
        at(
            15,
            "    credential: hunter2",
            "15: targets[0].credential: (not shown) (expected: keys: username, password, lease, readOnly)"),
        at(
            15,
            "    credential: {username: app, password: '${env:PW}', lease: true}",
            "15: targets[0].credential.lease: true (expected: one of disable, prefer, require)"),
        at(
            15,
            "    credential: {username: app, password: '${env:PW}', leases: prefer}",
            "15: targets[0].credential.leases: unknown key (expected: one of username,"
                + " password, lease, readOnly; nearest: lease)"),
        at(
            15,
            "    credential: {username: app, password: '${env:PW}', readOnly: {username: app,"
                + " password: '${env:PW}'}}",
            "15: targets[0].credential.readOnly: app (expected: another role than"
                + " credential.username)"),
        at(
            15,
            "    credential: {username: app, password: '${env:PW}', readOnly: {username: r,"
                + " password: hunter2}}",
            "15: targets[0].credential.readOnly.password: (not shown) (expected: a reference such as"
                + " ${env:NAME}, ${file:NAME} or ${secret:NAME}; secrets do not stand in this file)"),
        at(
            15,
            "    credential: {username: app, password: '${env:PWD}'}",
            "15: targets[0].credential.password: ${env:PWD} (expected: a name listed under"
                + " secrets:; nearest: PW)"),
        at(
            15,
            "    credential: {username: app, password: '${vault:kv/pw}'}",
            "15: targets[0].credential.password: (not shown) (expected: ${env:NAME}, ${file:NAME} or"
                + " ${secret:NAME}; credentials kept in Vault come with a later release)"),
        at(
            3,
            "keys: {master: '${file:../../etc/shadow}'}",
            "3: keys.master: (not shown) (expected: a reference such as ${file:NAME}, ${env:NAME} or"
                + " ${vault:transit/keys/NAME}; keys do not stand in this file)"),
        // Powers
        at(
            4,
            "powers: {administer: [admins, all], audit: [all]}",
            "4: powers.audit[0]: all (expected: a group that does not hold administer; both never"
                + " meet in one person)"),
        at(
            4,
            "powers: {administer: admins}",
            "4: powers.administer: admins (expected: a list that is not empty; leave the key out"
                + " for none)"),
        at(
            4,
            "powers: {administer: []}",
            "4: powers.administer: [] (expected: a list that is not empty; leave the key out for"
                + " none)"),
        at(4, "powers:", "4: powers: nothing (expected: keys: administer, audit, respond)"),
        // Dual control
        at(
            5,
            "dualControl: true",
            "5: dualControl: true (expected: false, written out: absent means true, and holding"
                + " changes for a second administrator comes with release 0.4 (identity, grants"
                + " and conflicts))"),
        at(
            5,
            "",
            "1: dualControl: (absent) (expected: false, written out: absent means true, and"
                + " holding changes for a second administrator comes with release 0.4 (identity,"
                + " grants and conflicts))"),
        // Identity
        at(
            8,
            "  oidc: [{issuer: 'https://i.example', audience: c, map: [{when: 'claims.x ==',"
                + " groups: [a]}]}]",
            "8: identity.oidc[0].map[0].when: claims.x == (expected: a CEL condition over claims;"
                + " mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true',"
                + " 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER})"),
        at(
            8,
            "  oidc: [{issuer: 'https://i.example', audience: c, map: [{when: '1 + 1', groups:"
                + " [a]}]}]",
            "8: identity.oidc[0].map[0].when: 1 + 1 (expected: a CEL condition over claims; it"
                + " gives neither true nor false)"),
        at(
            8,
            "  oidc: [{issuer: 'https://i.example', audience: c, map: [{when: 'true'}]}]",
            "8: identity.oidc[0].map[0]: adds nothing (expected: groups, kind or both)"),
        at(
            8,
            "  oidc: [{issuer: 'https://i.example', audience: c, map: [{kind: robot}]}]",
            "8: identity.oidc[0].map[0].kind: robot (expected: one of human, agent, pipeline)"),
        at(
            8,
            "  oidc: [{issuer: 'https://i.example', audience: c, map: [{duties: [x], groups:"
                + " [a]}]}]",
            "8: identity.oidc[0].map[0].duties: comes with release 0.4 (identity, grants and"
                + " conflicts)"),
        at(
            8,
            "  saml: [{metadata: x}]",
            "8: identity.saml: comes with release 0.4 (identity, grants and conflicts)"),
        at(
            8,
            "  oidc: [{issuer: 'https://i.example', audience: c}, {issuer: 'https://i.example',"
                + " audience: d}]",
            "8: identity.oidc[1].issuer: https://i.example (expected: an issuer of its own; line 8"
                + " has it already)"),
        // People and agents
        at(
            9,
            "people: [{name: alice, accounts: [{issuer: 'https://i', subject: a}]}, {name: bob,"
                + " accounts: [{issuer: 'https://i', subject: a}]}]",
            "9: people[1].accounts[0]: a (expected: an account of one person only; line 9 has it"
                + " already)"),
        at(
            10,
            "agents: [{name: ada, owner: alice}, {name: ada, owner: bob}]",
            "10: agents[1].name: ada (expected: a name of its own; line 10 has it already)"),
        at(
            10,
            "agents: [{name: ada, owner: ada}]",
            "10: agents[0].owner: ada (expected: a person, not the agent itself)"),
        at(
            10,
            "agents: [{name: ada}]",
            "10: agents[0].owner: (absent) (expected: a text on one line, at most 200 characters)"),
        // Targets
        at(
            12,
            "  - name: 'orders/x'",
            "12: targets[0].name: orders/x (expected: a name of letters, digits, '.', '_' and '-',"
                + " at most 63)",
            "19: duties[0].targets[0]: orders (expected: a declared target; there is none)"),
        at(
            12,
            "  - name: 12",
            "12: targets[0].name: 12 (expected: a name of letters, digits, '.', '_' and '-', at"
                + " most 63; put quotes around it)",
            "19: duties[0].targets[0]: orders (expected: a declared target; there is none)"),
        at(13, "    type: ssh", "13: targets[0].type: ssh: comes with release 0.5 (SSH edge)"),
        at(
            13,
            "    type: kubernetes",
            "13: targets[0].type: kubernetes: comes with release 0.6 (Kubernetes edge)"),
        at(13, "    type: mysql", "13: targets[0].type: mysql (expected: postgres)"),
        at(
            14,
            "    address: 'db:99999'",
            "14: targets[0].address: db:99999 (expected: a port from 1 to 65535)"),
        at(
            14,
            "    adress: 'db:5432'",
            "12: targets[0].address: (absent) (expected: host:port or host:port/database, such as"
                + " db.internal:5432)",
            "14: targets[0].adress: unknown key (expected: one of name, type, address, tls,"
                + " listen, credential, protect; nearest: address)"),
        at(
            14,
            "    address: 'db:5432'\n    tls: verify",
            "15: targets[0].tls: verify (expected: one of disable, prefer, require, verify-ca,"
                + " verify-full)"),
        at(
            14,
            "    address: 'db:5432'\n    listen: 70000",
            "15: targets[0].listen: 70000 (expected: a whole number from 1 to 65535)"),
        at(
            14,
            "    address: 'db:5432'\n    listen: '6440'",
            "15: targets[0].listen: 6440 (expected: a whole number from 1 to 65535)"),
        at(
            14,
            "    address: 'db:5432'\n    hostKey: x",
            "15: targets[0].hostKey: comes with release 0.5 (SSH edge)"),
        at(
            14,
            "    address: 'db:5432'\n    protect:\n      mask: [{with: hide}]",
            "16: targets[0].protect.mask[0]: neither columns nor detect (expected: one of columns and"
                + " detect; write two masks for both)"),
        at(
            14,
            "    address: 'db:5432'\n    protect:\n      mask: [{columns: [a], with: blur}]",
            "16: targets[0].protect.mask[0].with: blur (expected: one of hide, last4, hash, null)"),
        at(
            14,
            "    address: 'db:5432'\n    protect:\n      mask: [{detect: [cards], with: hide}]",
            "16: targets[0].protect.mask[0].detect[0]: cards (expected: one of card, iban, ssn, email,"
                + " phone, ip, mac, secret; nearest: card)"),
        at(
            14,
            "    address: 'db:5432'\n    protect: {recording: lossy}",
            "15: targets[0].protect.recording: lossy (expected: one of statement, strict, buffered)"),
        at(
            14,
            "    address: 'db:5432'\n    protect: {retention: {total: 1y}}",
            "15: targets[0].protect.retention.total: 1y (expected: a number of days such as 400d,"
                + " from 1d to 36500d)"),
        at(
            14,
            "    address: 'db:5432'\n    protect: {block: [{effects: [programs]}]}",
            "15: targets[0].protect.block[0].effects[0]: programs (expected: one of read, create,"
                + " change, destroy, schema, privilege, program, session, forward, unknown;"
                + " nearest: program)"),
        // Duties
        at(
            17,
            "  - {name: ai, groups: [x], targets: [orders], rules: [{allow: [read]}]}\n  - name: ai",
            "18: duties[1].name: ai (expected: a name of its own; line 17 has it already)"),
        at(
            18,
            "    groups: ai-agents",
            "18: duties[0].groups: ai-agents (expected: a list that is not empty; leave the key"
                + " out for none)"),
        at(
            19,
            "    targets: [order]",
            "19: duties[0].targets[0]: order (expected: one of orders; nearest: orders)"),
        at(
            19,
            "    targets: ['prod-*']",
            "19: duties[0].targets[0]: prod-* (expected: one of orders)"),
        at(
            19,
            "    targets: [orders]\n    access: onRequest",
            "20: duties[0].access: onRequest: comes with release 0.4 (identity, grants and"
                + " conflicts)"),
        at(
            19,
            "    targets: [orders]\n    shell: recorded\n    roles: [x]",
            "20: duties[0].shell: comes with release 0.5 (SSH edge)",
            "21: duties[0].roles: comes with release 0.3 (PostgreSQL edge, whole)"),
        // Rules
        at(
            21,
            "      - {alow: [read]}",
            "21: duties[0].rules[0].alow: unknown key (expected: one of allow, hold, block, match,"
                + " when, message, by, quorum, within, wait, reason, lockWait; nearest: allow)",
            "21: duties[0].rules[0]: no action (expected: exactly one of allow, hold, block)"),
        at(
            21,
            "      - {allow: [read], block: [change]}",
            "21: duties[0].rules[0]: allow and block (expected: exactly one of allow, hold,"
                + " block)"),
        at(
            21,
            "      - {allow: [destroy, read]}\n      - {block: [destroy]}",
            "22: duties[0].rules[1]: block destroy (expected: not both: line 21 has allow for the"
                + " same)",
            "23: duties[0].rules[2]: hold destroy (expected: not both: line 22 has block for the"
                + " same)"),
        at(
            21,
            "      - {allow: [read], by: [x]}",
            "21: duties[0].rules[0].by: only on hold, not on allow"),
        at(
            22,
            "      - {hold: [destroy]}",
            "22: duties[0].rules[1].by: (absent) (expected: groups whose members may approve)"),
        at(
            22,
            "      - {hold: [destroy], by: [approvers], quorum: 0}",
            "22: duties[0].rules[1].quorum: 0 (expected: a whole number from 1 to 16)"),
        at(
            22,
            "      - {hold: [destroy], by: [approvers], quorum: 1.5}",
            "22: duties[0].rules[1].quorum: 1.5 (expected: a whole number from 1 to 16)"),
        at(
            22,
            "      - {hold: [destroy], by: [approvers], within: 15min}",
            "22: duties[0].rules[1].within: 15min (expected: a duration such as 90s, 15m or 1h30m,"
                + " from 1s to 30d)"),
        at(
            22,
            "      - {hold: [destroy], by: [approvers], within: 31d}",
            "22: duties[0].rules[1].within: 31d (expected: a duration such as 90s, 15m or 1h30m,"
                + " from 1s to 30d)"),
        at(
            22,
            "      - {hold: [destroy], by: [approvers], wait: tickets}",
            "22: duties[0].rules[1].wait: tickets (expected: one of stream, ticket; nearest: ticket)"),
        at(
            22,
            "      - {hold: [destroy], by: [approvers], reason: yes}",
            "22: duties[0].rules[1].reason: yes (expected: one of required, optional)"),
        at(
            22,
            "      - {hold: [destroy], by: [approvers], when: \"now.in('Europe/Berlin') > now\"}",
            "22: duties[0].rules[1].when: now.in('Europe/Berlin') > now (expected: a CEL condition"
                + " over operation, principal and now; found no matching overload for '_>_'"
                + " applied to '(countersign.local_time, google.protobuf.Timestamp)')"),
        at(
            22,
            "      - {hold: [destroy], by: [approvers], when: 'operation.txt == 1'}",
            "22: duties[0].rules[1].when: operation.txt == 1 (expected: a CEL condition over"
                + " operation, principal and now; undeclared reference to 'operation' (in"
                + " container ''))"),
        at(
            22,
            "      - {hold: [destroy], by: [approvers], match: {text: '('}}",
            "22: duties[0].rules[1].match.text: ( (expected: an RE2 expression; missing closing"
                + " ))"),
        at(
            21,
            "      - {allow: [read], match: {text: select}}",
            "21: duties[0].rules[0].match.text: select (expected: only on hold and block: a text"
                + " can be written in too many ways to allow by it)"),
        at(
            21,
            "      - {allow: [read], match: {columns: [a], verbs: [get], paths: [/x]}}",
            "21: duties[0].rules[0].match.columns: comes with release 0.3 (PostgreSQL edge,"
                + " whole)",
            "21: duties[0].rules[0].match.verbs: comes with release 0.6 (Kubernetes edge)",
            "21: duties[0].rules[0].match.paths: comes with release 0.5 (SSH edge)"),
        at(
            21,
            "      - {allow: [read], match: {relations: ['a.b.c']}}",
            "21: duties[0].rules[0].match.relations[0]: a.b.c (expected: a glob over"
                + " schema.relation, such as public.*; names as PostgreSQL stores them,"
                + " unquoted)"),
        // Keys of later releases at the top
        at(
            2,
            "witnesses: ['https://w', w.example]",
            "2: witnesses[1]: w.example (expected: a URL such as https://countersign.example)"),
        at(
            2,
            "witnesses: [{url: 'https://w', key: w}]",
            "2: witnesses[0].key: w (expected: a key as a witness prints it: name+hash+key)"),
        at(
            2,
            "witnesses: ['https://w', {url: 'https://w/'}]",
            "2: witnesses[1]: https://w (expected: a witness once; line 2 has it already)"),
        at(
            2,
            "retention: {hot: 90d}",
            "2: retention.total: (absent) (expected: a number of days such as 400d, from 1d to 36500d)"),
        at(
            2,
            "retention: {hot: 90d, total: 30d}",
            "2: retention.hot: 90d (expected: at most total, 30d)"),
        at(
            2,
            "conflicts: [{between: [a, b]}]",
            "2: conflicts: comes with release 0.4 (identity, grants and conflicts)"),
        at(
            2,
            "notifications: {slack: x}",
            "2: notifications: comes with release 0.4 (identity, grants and conflicts)"),
        at(
            3,
            "keys: {signer: '/k'}",
            "3: keys.signer: (not shown) (expected: a reference such as ${env:NAME}, ${file:NAME} or"
                + " ${secret:NAME}; secrets do not stand in this file)"),
        // Not YAML at all
        at(2, "listen: {publicUrl: 'x'", "3: not YAML: expected ',' or '}', but got <scalar>"),
        at(
            2,
            "\tlisten: 1",
            "2: not YAML: found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for i…"),
        at(2, "listen: &a {bind: x}", "2: anchors and aliases are not taken: write it out"),
        at(2, "a\u0007: 1", "2: not YAML: the character U+0007 is not allowed"),
        at(2, "? [a, b]\n: c", "2: key: a key must be a word"));
  }

  @ParameterizedTest(name = "line {0}: {1}")
  @MethodSource("wrong")
  void namesFileLineValueAndWhatWasExpected(int line, String text, List<String> errors) {
    assertThat(errors(with(line, text))).containsExactlyElementsOf(errors);
  }

  @Test
  void reportsAllMistakesAtOnceInOrderOfLines() {
    List<String> lines = new ArrayList<>(RIGHT);
    lines.set(4, "dualControl: maybe");
    lines.set(12, "    type: oracle");
    lines.set(18, "    targets: [ordres]");
    lines.set(21, "      - {hold: [everything]}");
    assertThat(errors(String.join("\n", lines)))
        .extracting(error -> error.replaceAll(" .*", ""))
        .containsExactly(
            "duties.yaml:5:",
            "duties.yaml:13:",
            "duties.yaml:19:",
            "duties.yaml:22:",
            "duties.yaml:22:");
  }

  @Test
  void refusesWhatIsTooLargeTooDeepEmptyOrSeveral() {
    assertThat(errors("# " + "x".repeat(YamlNodes.LIMIT)))
        .containsExactly("duties.yaml:1: the file has 1048578 bytes (expected: at most 1 MiB)");
    assertThat(errors("a: " + "[".repeat(100_000))).singleElement().asString().contains("YAML");
    assertThat(errors("a: " + "{a: ".repeat(500) + "}".repeat(500))).isNotEmpty();
    assertThat(errors("")).singleElement().asString().contains("the file is empty");
    assertThat(errors("a: 1\n---\nb: 2")).singleElement().asString().startsWith("duties.yaml:2:");
    assertThat(errors("just words")).singleElement().asString().contains("expected: keys:");
  }

  @Test
  void boundsWhatItSays() {
    StringBuilder many = new StringBuilder("apiVersion: countersign/v1\n");
    for (int i = 0; i < 1_000; i++) {
      many.append("unknown").append(i).append(": 1\n");
    }
    assertThat(errors(many.toString()))
        .hasSize(Mistakes.SHOWN + 1)
        .last()
        .asString()
        .contains("more mistakes");
    assertThat(errors("apiVersion: " + "x".repeat(10_000))).allMatch(error -> error.length() < 500);
  }

  @Test
  void aBillionLaughsIsRefusedAtItsFirstAnchor() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append("a%d: &a%d [*a%d, *a%d]%n".formatted(i, i, i - 1, i - 1));
    }
    assertThat(errors(bomb.toString()).getFirst())
        .isEqualTo("duties.yaml:1: anchors and aliases are not taken: write it out");
  }
}
