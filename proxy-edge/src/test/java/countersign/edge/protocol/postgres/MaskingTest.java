package countersign.edge.protocol.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.approval.ApprovalOutcome;
import countersign.duty.Duty;
import countersign.session.SessionEvent.MaskedFields;
import countersign.session.SessionEvent.MaskingApplied;
import countersign.session.SessionEvent.OperationCompleted;
import countersign.target.Target;
import countersign.wire.postgres.BackendMessage;
import countersign.wire.postgres.Encode;
import countersign.wire.recording.SegmentCodec;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Masks hold against every way to read a column that we know, and leave alone what is harmless. */
class MaskingTest {
  private static final String CANARY = "canary";
  private static final List<Target.Mask> COLUMNS =
      List.of(
          new Target.Mask(List.of("mask.*.ssn"), List.of(), "hide"),
          new Target.Mask(List.of("*.card_number"), List.of(), "last4"));

  private Bench bench;

  @BeforeAll
  static void tables() throws IOException {
    if (TargetServer.shared().direct("select to_regclass('mask.people') is null").equals("t")) {
      TargetServer.shared().direct(resource("masking-setup.sql"));
    }
  }

  @BeforeEach
  void begin() {
    bench = new Bench();
    bench.allowEverything();
  }

  @AfterEach
  void end() {
    bench.close();
  }

  private void mask(List<Target.Mask> masks) {
    bench.mask(masks.toArray(Target.Mask[]::new));
  }

  static String resource(String name) throws IOException {
    try (InputStream in = MaskingTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static List<String> lines(String name) throws IOException {
    return resource(name).lines().filter(l -> !l.isBlank() && !l.startsWith("#")).toList();
  }

  /** What of the values that nobody may see stands in some bytes, in any form that we look for. */
  static List<String> leaks(byte[] seen) {
    String text = new String(seen, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    List<String> found = new ArrayList<>();
    for (String form :
        List.of(
            CANARY,
            new StringBuilder(CANARY).reverse().toString(),
            HexFormat.of().formatHex(CANARY.getBytes(StandardCharsets.US_ASCII)),
            Base64.getEncoder()
                .encodeToString("zqxcanaryzqx".getBytes(StandardCharsets.US_ASCII))
                .toLowerCase(Locale.ROOT)
                .substring(0, 14),
            "second-one")) {
      int at = text.indexOf(form);
      if (at >= 0) {
        found.add(text.substring(Math.max(0, at - 60), Math.min(text.length(), at + 40)));
      }
    }
    return found;
  }

  @Test
  void noWayShowsTheCanary() throws IOException {
    mask(COLUMNS);
    List<String> ways = lines("masked-ways.txt");
    assertThat(ways).hasSizeGreaterThanOrEqualTo(200);
    List<String> leaking = new ArrayList<>();
    for (int i = 0; i < ways.size(); i += 25) {
      List<String> some = ways.subList(i, Math.min(ways.size(), i + 25));
      StringBuilder script = new StringBuilder();
      some.forEach(way ->
          script
              .append("\\echo way: ")
              .append(i(way))
              .append('\n')
              .append(way)
              .append(";\nrollback;\n"));
      Psql.Said said =
          Psql.run(bench.where(), "good", List.of("-v", "VERBOSITY=verbose"), script.toString());
      for (String part : said.out().split("way: ")) {
        leaks(part.substring(part.indexOf('\n') + 1).getBytes(StandardCharsets.UTF_8))
            .forEach(leak -> leaking.add(part.lines().findFirst().orElse("") + " => " + leak));
      }
      // psql quotes the statement itself in its LINE 1: only what the edge sent counts
    }
    assertThat(leaking).isEmpty();
    assertThat(leaks(bench.recorded(SegmentCodec.Direction.out))).isEmpty();
    assertThat(bench.recorded(SegmentCodec.Direction.out).length).isGreaterThan(10_000);
  }

  /** The same ways one by one, prepared, bound and described, in text and in binary. */
  @Test
  void noWayShowsTheCanaryInTheExtendedProtocol() throws IOException {
    mask(COLUMNS);
    List<String> ways =
        lines("masked-ways.txt").stream()
            .filter(way -> !way.contains(";") && !way.startsWith("\\") && !way.contains("\\;"))
            .toList();
    assertThat(ways).hasSizeGreaterThanOrEqualTo(200);
    List<String> leaking = new ArrayList<>();
    WireClient client = bench.client();
    try {
      for (String way : ways) {
        for (short format : new short[] {0, 1}) {
          client.query("begin");
          client.unit();
          client.parse("", way);
          client.raw(boundTo(format));
          client.say(out -> Encode.describe(out, 'P', "")).execute("").sync();
          client.unit();
          client.query("rollback");
          client.unit();
        }
        leaks(client.seen.toByteArray()).forEach(leak -> leaking.add(way + " => " + leak));
        client.seen.reset();
        if (!way.matches("(?i)(select|table|values|with) .*")
            || way.matches(".*(mask\\.|pg_|set_).*\\(.*")) {
          client.close(); // what may run anything is the end of trust in names
          client = bench.client();
        }
      }
    } finally {
      client.close();
    }
    assertThat(leaking).isEmpty();
    assertThat(leaks(bench.recorded(SegmentCodec.Direction.out))).isEmpty();
  }

  private static String i(String way) {
    return way.replace("'", "").replace("\\", "/").replace("\"", "").replace("canary", "c_n");
  }

  @Test
  void whatIsHarmlessStaysAsItIs() throws IOException {
    mask(COLUMNS);
    List<String> harmless = lines("harmless.txt");
    assertThat(harmless).hasSizeGreaterThanOrEqualTo(200);
    StringBuilder script = new StringBuilder();
    harmless.forEach(one -> script.append("\\echo ==\n").append(one).append(";\n"));
    directly(script.toString()); // what it writes moves rows, which have no order of their own
    String through = Psql.run(bench.where(), "good", List.of(), script.toString()).out();
    String direct = directly(script.toString());
    String[] expected = direct.split("==\n");
    String[] seen = through.split("==\n");
    assertThat(seen).hasSameSizeAs(expected);
    List<String> changed = new ArrayList<>();
    for (int k = 1; k < seen.length; k++) {
      if (!seen[k].equals(expected[k])) {
        changed.add(harmless.get(k - 1) + " => " + seen[k] + " (expected: " + expected[k] + ")");
      }
    }
    assertThat(changed).as("%s", changed).hasSizeLessThanOrEqualTo(harmless.size() * 2 / 100);
  }

  private static String directly(String script) {
    List<String> where =
        List.of(
            "-h",
            "127.0.0.1",
            "-p",
            "" + TargetServer.shared().port(),
            "-U",
            "app",
            "-d",
            "postgres");
    return Psql.run(where, TargetServer.PASSWORD, List.of(), script).out();
  }

  /** The same prepared and described, then executed without asking again. */
  @Test
  void whatIsHarmlessStaysAsItIsInTheExtendedProtocolToo() throws IOException {
    List<String> harmless =
        lines("harmless.txt").stream()
            .filter(one -> !one.contains(";") && !one.startsWith("copy"))
            .toList();
    assertThat(harmless).hasSizeGreaterThanOrEqualTo(180);
    List<List<String>> plain = executed(harmless);
    mask(COLUMNS);
    List<List<String>> masked = executed(harmless);
    List<String> changed = new ArrayList<>();
    for (int k = 0; k < harmless.size(); k++) {
      if (!masked.get(k).equals(plain.get(k))) {
        changed.add(harmless.get(k) + " => " + masked.get(k));
      }
    }
    assertThat(changed).as("%s", changed).hasSizeLessThanOrEqualTo(harmless.size() * 2 / 100);
  }

  private List<List<String>> executed(List<String> statements) {
    List<List<String>> rows = new ArrayList<>();
    try (WireClient client = bench.client()) {
      for (int k = 0; k < statements.size(); k++) {
        String name = "s" + k;
        client.parse(name, statements.get(k)).say(out -> Encode.describe(out, 'S', name)).sync();
        if (client.unit().contains("ParseComplete")) {
          client.bind("", name).execute("").sync();
          rows.add(row(client));
        } else {
          rows.add(List.of()); // binding what is not there would be the end of trust in names
        }
      }
    }
    return rows;
  }

  @Test
  void theExtendedProtocolIsMaskedInBothFormats() {
    mask(COLUMNS);
    try (WireClient client = bench.client()) {
      for (short format : new short[] {0, 1}) {
        for (String text :
            List.of(
                "select ssn, id from mask.people where id = 1",
                "select upper(ssn), born from mask.people where id = 1",
                "select p from mask.people p",
                "select * from mask.everyone",
                "select row_to_json(p) from mask.people p")) {
          for (boolean describe : new boolean[] {true, false}) {
            client.parse("", text);
            if (describe) {
              client.say(out -> Encode.describe(out, 'S', ""));
            }
            client.raw(boundTo(format)).execute("").sync();
            assertThat(client.unit()).as(text).contains("DataRow").endsWith("ZI");
          }
        }
      }
      client.query("begin");
      client.unit();
      client.parse("", "select ssn, upper(ssn), p from mask.people p order by id").bind("c", "");
      for (int piece = 0; piece < 4; piece++) {
        client.say(out -> Encode.execute(out, "c", 1));
      }
      client.say(out -> Encode.describe(out, 'P', "c"));
      client.say(out -> Encode.execute(out, "c", 1)).sync();
      assertThat(client.unit()).contains("DataRow", "PortalSuspended").endsWith("ZT");
      client.query("rollback");
      client.unit();
      client.parse("s", "select id from mask.people where id = 1").bind("", "s");
      client.say(out -> Encode.describe(out, 'P', "")).execute("").sync();
      assertThat(row(client)).containsExactly("1");
      assertThat(leaks(client.seen.toByteArray())).isEmpty();
    }
  }

  private static byte[] boundTo(short format) {
    ByteBuf out = io.netty.buffer.Unpooled.buffer();
    out.writeByte('B').writeInt(4 + 1 + 1 + 2 + 2 + 2 + 2);
    out.writeByte(0).writeByte(0).writeShort(0).writeShort(0).writeShort(1).writeShort(format);
    return io.netty.buffer.ByteBufUtil.getBytes(out);
  }

  /** The values of the only row of a unit. */
  private static List<String> row(WireClient client) {
    List<String> values = new ArrayList<>();
    while (true) {
      switch (client.next()) {
        case BackendMessage.DataRow row ->
            row.values()
                .forEach(v -> values.add(v == null ? "NULL" : v.toString(StandardCharsets.UTF_8)));
        case BackendMessage.ReadyForQuery _ -> {
          return values;
        }
        case BackendMessage _ -> {}
      }
    }
  }

  @Test
  void everyMethodPutsALegalValueInPlace() {
    for (String with : List.of("hide", "last4", "hash", "null")) {
      mask(List.of(new Target.Mask(List.of("mask.people.*"), List.of(), with)));
      try (WireClient client = bench.client()) {
        client.query("select ssn, id, born, tags from mask.people where id = 1");
        List<String> values = row(client);
        assertThat(values.subList(1, 3)).containsOnly("NULL");
        assertThat(values.getFirst())
            .matches(
                switch (with) {
                  case "hide" -> "\\[masked]";
                  case "last4" -> "\\[masked yzqx]";
                  case "hash" -> "\\[masked:[0-9a-f]{16}]";
                  default -> "NULL";
                });
        assertThat(values.getLast())
            .matches(
                switch (with) {
                  case "hide", "last4" -> "\\{\\[masked],\\[masked]}";
                  case "hash" -> "\\{\\[masked:[0-9a-f]{16}],\\[masked:[0-9a-f]{16}]}";
                  default -> "NULL";
                });
      }
    }
  }

  @Test
  void aMaskIsNeverWrittenAsData() {
    mask(COLUMNS);
    Psql.Said said =
        bench.psql(
            "update mask.people set ssn = '[masked]' where id = 2;",
            "update mask.people set ssn = '[masked yzqx]' where id = 2;",
            "select '[masked]';");
    assertThat(said.err()).contains("a masked value is never written as data");
    assertThat(said.out()).isEqualTo("[masked]\n");
    assertThat(TargetServer.shared().direct("select ssn from mask.people where id = 2"))
        .isEqualTo("second-one");
  }

  @Test
  void aMaskIsNeverBoundOrCopiedAsData() {
    mask(COLUMNS);
    try (WireClient client = bench.client()) {
      for (short format : new short[] {0, 1}) {
        client.parse("", "update mask.orders set note = $1 where id = 3");
        client.raw(bound("[masked:0123456789abcdef]", format)).execute("").sync();
        assertThat(client.unit()).contains("42501");
      }
      client.parse("", "select $1::text");
      client.raw(bound("[masked]", (short) 0)).execute("").sync();
      assertThat(client.unit()).contains("DataRow");
    }
    Psql.Said said =
        bench.psql(
            "create temp table back (a int, b text);",
            "copy back from stdin;",
            "1\tplain [m",
            "2\t[masked yzqx]",
            "\\.",
            "copy back from stdin;",
            "3\t[unmasked] [masked",
            "\\.",
            "select count(*) from back;");
    assertThat(said.err()).contains("a masked value is never written as data");
    assertThat(said.out()).contains("COPY 1");
    assertThat(TargetServer.shared().direct("select note from mask.orders where id = 3"))
        .isEqualTo("note 3");
  }

  @Test
  void hashesAreEqualForEqualValuesInEverySession() {
    mask(List.of(new Target.Mask(List.of("mask.*.ssn", "*.card_number"), List.of(), "hash")));
    String one = bench.psql("select ssn from mask.people where id = 1;").out();
    String other = bench.psql("select card_number from mask.cards where id = 1;").out();
    assertThat(one).matches("\\[masked:[0-9a-f]{16}]\n").isEqualTo(other);
    assertThat(bench.psql("select ssn from mask.people where id = 2;").out()).isNotEqualTo(one);
  }

  /** A Bind of one value. */
  private static byte[] bound(String value, short format) {
    byte[] text = value.getBytes(StandardCharsets.UTF_8);
    ByteBuf out = io.netty.buffer.Unpooled.buffer();
    out.writeByte('B').writeInt(4 + 1 + 1 + 2 + 2 + 2 + 4 + text.length + 2);
    out.writeByte(0).writeByte(0).writeShort(1).writeShort(format).writeShort(1);
    out.writeInt(text.length).writeBytes(text).writeShort(0);
    return io.netty.buffer.ByteBufUtil.getBytes(out);
  }

  @Test
  void whatPlanningSaysOfHarmlessStatementsStaysAsItIs() {
    mask(COLUMNS);
    try (WireClient client = bench.client()) {
      client.parse("", "select 1/0").bind("", "").execute("").sync();
      client.unit();
      assertThat(new String(client.seen.toByteArray(), StandardCharsets.UTF_8))
          .contains("division by zero");
    }
  }

  @Test
  void detectorsLookIntoEveryValue() {
    mask(List.of(new Target.Mask(List.of(), List.of("email", "card"), "hide")));
    Psql.Said said =
        bench.psql(
            "select mail from mask.detected;",
            "select card from mask.detected;",
            "select free from mask.detected;",
            "select doc from mask.detected;",
            "select upper(mail) from mask.detected;",
            "select note from mask.orders where id = 1;");
    assertThat(said.out())
        .isEqualTo(
            "[masked]\n\npay [masked] soon\n\n[MASKED]\nnote 1\n".replace("[MASKED]", "[masked]"));
  }

  @Test
  void countsWhatItMaskedWithoutTheValue() {
    mask(COLUMNS);
    bench.psql("select id, ssn from mask.people;");
    Eventually.that(() -> !bench.control.of(OperationCompleted.class).isEmpty());
    assertThat(bench.control.of(MaskingApplied.class))
        .last()
        .satisfies(event ->
            assertThat(event.masked())
                .containsExactly(new MaskedFields("orders/mask 1", "ssn", "", "hide", 3)));
  }

  @Test
  void copyIsMaskedInEveryFormat() {
    mask(COLUMNS);
    Psql.Said said =
        bench.psql(
            "copy (select id, ssn, name, upper(ssn), born from mask.people order by 1) to stdout;",
            "copy mask.cards to stdout with (format csv, header, force_quote *);",
            "copy (select card_number as c, 'a\tb' from mask.cards) to stdout;",
            "select 'still here';");
    assertThat(said.err()).isEmpty();
    assertThat(said.out())
        .isEqualTo(
            """
            1\t[masked]\tAnn\t\\N\t1980-01-02
            2\t[masked]\tBen\t\\N\t1981-01-02
            3\t[masked]\tCid\t\\N\t1982-01-01
            id,card_number,holder
            "1","[masked yzqx]","Ann"
            [masked yzqx]\ta\\tb
            still here
            """);
    try (WireClient client = bench.client()) {
      client.query("copy mask.people to stdout with (format binary)");
      client.unit();
      assertThat(leaks(client.seen.toByteArray())).isEmpty();
      assertThat(new String(client.seen.toByteArray(), StandardCharsets.ISO_8859_1))
          .contains("PGCOPY", "[masked]", "Ann");
    }
  }

  @Test
  void whatIsShownAsItStandsKeepsItsMethodAndWhatIsComputedShowsNothing() {
    mask(COLUMNS);
    assertThat(
            bench
                .psql(
                    "select card_number from mask.cards;",
                    "select c from (select card_number::text as c from mask.cards) q;",
                    "select reverse(card_number) from mask.cards;",
                    "select number from mask.renamed where id = 1;",
                    "select id, name from mask.everyone where id = 1;",
                    "select count(*) from mask.people where ssn like 'zqx%';")
                .out())
        .isEqualTo("[masked yzqx]\n[masked yzqx]\n[masked]\n[masked]\n1|Ann\n2\n");
  }

  @Test
  void aMaskedValueIsNotCopiedToWhereNoMaskIs() {
    mask(COLUMNS);
    Psql.Said said =
        bench.psql(
            "update mask.orders set note = (select ssn from mask.people where id = 1) where id = 1;",
            "insert into mask.orders (id, note) select 700, ssn from mask.people where id = 1;",
            "create temp table t as select ssn from mask.people;",
            "update mask.people set ssn = lower(ssn) where id = 1;");
    assertThat(said.err().split("is not copied to where no mask is", -1)).hasSize(4);
    assertThat(said.out()).isEqualTo("UPDATE 1\n");
  }

  @Test
  void aColumnThatMayOnlyBeShownIsNeverComputedWith() {
    mask(List.of(new Target.Mask(List.of("mask.people.ssn"), List.of(), "hide", true)));
    Psql.Said said =
        bench.psql(
            "select ssn, name from mask.people where id = 1;",
            "select * from mask.people where id = 1;",
            "select id from mask.people where ssn like 'zqx%';",
            "select 1 / (case when ssn like 'a%' then 0 else 1 end) from mask.people;",
            "select name from mask.people order by ssn;",
            "select count(*) from mask.people group by ssn;",
            "select p.id from mask.people p join mask.cards c on c.card_number = p.ssn;",
            "select length(ssn) from mask.people;",
            "update mask.people set name = name where ssn > 'a';",
            "select count(*) from mask.people where name = 'Ann';",
            "select ssn from mask.people union select 'guess';",
            "select ssn from mask.people intersect select 'guess';",
            "select 1 from (select distinct ssn from mask.people) q;",
            "select count(distinct s) from (select ssn s from mask.people union all select 'g') q;",
            "select 1 from mask.people join json_to_recordset('[]') g(ssn text) using (ssn);",
            "explain select id from mask.people where ssn = 'guess';");
    assertThat(said.err().split("mask.people.ssn: may be shown masked and nothing else", -1))
        .hasSize(14);
    assertThat(bench.psql("select id from mask.people where " + deep("ssn") + " = 'g';").err())
        .contains("nobody can follow what the statement decides by");
    assertThat(said.out()).isEqualTo("[masked]|Ann\n1|Ann|[masked]|1980-01-02|{a,b}\n1\n");
  }

  /** Nested deeper than anything is followed. */
  static String deep(String column) {
    return "''" + " || ''".repeat(250) + " || " + column;
  }

  @Test
  void aValueIsNotWrittenToWhereAWeakerMaskIs() {
    mask(COLUMNS);
    Psql.Said said =
        bench.psql(
            "update mask.cards set card_number = left(card_number, 8) returning card_number;",
            "update mask.cards set card_number = reverse(card_number) returning card_number;",
            "insert into mask.cards (id, card_number) select 90, ssn from mask.people where id = 1;",
            "begin; update mask.cards set card_number = card_number where id = 1; rollback;",
            "begin; update mask.people set ssn = upper(ssn) where id = 1; rollback;");
    assertThat(said.err().split("is not copied to where no mask is", -1)).hasSize(4);
    assertThat(said.out()).isEqualTo("BEGIN\nUPDATE 1\nROLLBACK\nBEGIN\nUPDATE 1\nROLLBACK\n");
  }

  /** The duty also holds an effect, and lifts masks of some columns. */
  private void holding(countersign.operation.Effect effect, List<String> unmask) {
    bench.duty(was -> {
      List<countersign.duty.Rule> rules = new ArrayList<>(was.rules());
      rules.add(bench.rule(countersign.duty.Rule.Action.hold, java.util.Set.of(effect)));
      return new Duty(was.name(), was.groups(), was.targets(), rules, unmask, null);
    });
  }

  @Test
  void whatAnApproverPutsInPlaceKeepsTheMasksToo() {
    mask(COLUMNS);
    holding(countersign.operation.Effect.destroy, List.of());
    Process psql =
        bench.psqlInBackground(
            "delete from mask.orders where id = -1",
            "delete from mask.orders where id = -2",
            "select 'goes on'");
    bench.control.answer(
        bench.control.request(0).id(),
        new ApprovalOutcome.Modified(
            "bob", "insert into mask.orders (id, note) select 701, ssn from mask.people"));
    bench.control.answer(
        bench.control.request(1).id(),
        new ApprovalOutcome.Modified("bob", "select ssn from mask.people where id = 1"));
    Psql.Said said = Psql.wait(psql);
    assertThat(said.err()).contains("the approver's text does not fit");
    assertThat(said.out()).isEqualTo("[masked]\ngoes on\n");
    assertThat(TargetServer.shared().direct("select count(*) from mask.orders where id = 701"))
        .isEqualTo("0");
  }

  @Test
  void aMaskIsLiftedByAnApprovalAlone() {
    mask(COLUMNS);
    holding(countersign.operation.Effect.schema, List.of("mask.people.ssn"));
    Process psql =
        bench.psqlInBackground(
            "select name from mask.people where id = 1",
            "select ssn, upper(ssn) from mask.people where id = 1",
            "select card_number from mask.cards",
            "select ssn from mask.people where id = 2");
    var request = bench.control.request(0);
    assertThat(request.held().rule()).isEqualTo("ai-duty/unmask");
    assertThat(request.held().why()).contains("lifts the masks of mask.people.ssn");
    bench.control.answer(request.id(), new ApprovalOutcome.Approved("bob"));
    bench.control.answer(
        bench.control.request(1).id(), new ApprovalOutcome.Denied("bob", "not this one"));
    Psql.Said said = Psql.wait(psql);
    assertThat(said.out()).isEqualTo("Ann\nzqxcanaryzqx|ZQXCANARYZQX\n[masked yzqx]\n");
    assertThat(said.err()).contains("denied by bob: not this one");
  }

  @Test
  void masksThatChangeWantANewSession() {
    try (WireClient client = bench.client()) {
      client.query("select id from mask.people where id = 1");
      assertThat(client.unit()).endsWith("SELECT 1", "ZI");
      mask(COLUMNS);
      client.query("select ssn from mask.people");
      assertThat(client.unit()).containsExactly("0A000", "ZI");
    }
  }
}
