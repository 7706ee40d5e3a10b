package countersign.edge.protocol.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.edge.mask.ColumnMask;
import countersign.edge.mask.MaskRules;
import countersign.masking.Method;
import countersign.session.SessionEvent.MaskedFields;
import countersign.session.SessionEvent.MaskingApplied;
import countersign.session.SessionEvent.OperationCompleted;
import countersign.target.Target;
import countersign.wire.postgres.BackendMessage;
import countersign.wire.postgres.Encode;
import countersign.wire.postgres.TextArray;
import countersign.wire.recording.SegmentCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Arrays of texts are masked element by element, and tell no more than the elements do. */
class MaskedArraysTest {
  private static final List<String> DIRECT =
      List.of(
          "'{}'::text[]",
          "'{a,NULL,\"NULL\",\"\",\" x\",\"q\\\"\\\\\"}'::text[]",
          "'{{a,b},{c,NULL}}'::varchar[]",
          "'[2:3]={a,b}'::name[]",
          "'[-1:0][5:5]={{ü},{\"p,q\"}}'::text[]",
          "'{ab,\"c,\"}'::char(3)[]",
          "array[E'\\t', E'a\\nb', E'\\v', '{', '}', '[1:1]={a}', 'null']::text[]");

  private static final String SETUP =
      """
      drop schema if exists arr cascade;
      create schema arr;
      create table arr.people(id int primary key, code text, codes text[], names name[],
        short varchar(40)[], deep text[], nothing text[], mails text[], doc jsonb[]);
      insert into arr.people values (1, 'zqxcanaryzqx',
        '{zqxcanaryzqx,NULL,"second-one, quoted \\\\ \\"","","NULL"}', '{zqxcanaryzqx}',
        '[2:3]={zqxcanaryzqx,NULL}', '{{zqxcanaryzqx,b},{NULL,second-one}}', '{}',
        '{"write to canary.ann@example.com, or",NULL,plain}', array['{"a": "zqxcanaryzqx"}'::jsonb]);
      analyze arr.people;
      """;

  private Bench bench;

  @AfterAll
  static void drop() {
    TargetServer.shared().direct("drop schema arr cascade");
  }

  @BeforeEach
  void begin() {
    TargetServer.shared().direct(SETUP);
    bench = new Bench();
    bench.allowEverything();
  }

  @AfterEach
  void end() {
    bench.close();
  }

  private void mask(String with, String... columns) {
    bench.mask(new Target.Mask(List.of(columns), List.of(), with));
  }

  private void detect(String with) {
    bench.mask(new Target.Mask(List.of(), List.of("email"), with));
  }

  /** The values of the only row of a statement. */
  private static List<byte[]> row(WireClient client, String statement, boolean binary) {
    client.parse("", statement).raw(bound(binary));
    client.say(out -> Encode.describe(out, 'P', "")).execute("").sync();
    List<byte[]> values = new ArrayList<>();
    while (true) {
      switch (client.next()) {
        case BackendMessage.DataRow row ->
            row.values().forEach(v -> values.add(v == null ? null : ByteBufUtil.getBytes(v)));
        case BackendMessage.ErrorResponse(var fields) -> throw new AssertionError(fields);
        case BackendMessage.ReadyForQuery _ -> {
          return values;
        }
        case BackendMessage _ -> {}
      }
    }
  }

  private static byte[] bound(boolean binary) {
    ByteBuf out = Unpooled.buffer();
    out.writeByte('B').writeInt(4 + 1 + 1 + 2 + 2 + 2 + 2);
    out.writeZero(6).writeShort(1).writeShort(binary ? 1 : 0);
    return ByteBufUtil.getBytes(out);
  }

  /** A row as the server writes it in the text format, whichever it was asked in. */
  private List<String> shown(String columns, int[] types, boolean binary) {
    try (WireClient client = bench.client()) {
      List<byte[]> row = row(client, "select " + columns + " from arr.people", binary);
      assertThat(MaskingTest.leaks(client.seen.toByteArray())).isEmpty();
      List<String> texts = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        byte[] value = row.get(i);
        texts.add(value == null ? "none" : binary ? text(types[i], value) : utf8(value));
      }
      return texts;
    }
  }

  private static String text(int type, byte[] value) {
    return type == 25
        ? utf8(value)
        : utf8(TextArray.read(type, true, value).orElseThrow().written(false));
  }

  private static String utf8(byte[] value) {
    return new String(value, StandardCharsets.UTF_8);
  }

  @Test
  void readsAndWritesArraysAsTheServerDoes() {
    int[] types = {1009, 1009, 1015, 1003, 1009, 1014, 1009};
    try (WireClient client =
        new WireClient(TargetServer.shared().port(), "plain", "postgres", "plain")) {
      List<byte[]> texts = row(client, "select " + String.join(", ", DIRECT), false);
      List<byte[]> binaries = row(client, "select " + String.join(", ", DIRECT), true);
      for (int i = 0; i < DIRECT.size(); i++) {
        TextArray text = TextArray.read(types[i], false, texts.get(i)).orElseThrow();
        TextArray binary = TextArray.read(types[i], true, binaries.get(i)).orElseThrow();
        assertThat(text.written(true)).as(DIRECT.get(i)).isEqualTo(binaries.get(i));
        assertThat(binary.written(false)).as(DIRECT.get(i)).isEqualTo(texts.get(i));
      }
    }
  }

  @Test
  void everyElementIsMaskedAndNothingElse() {
    mask("hide", "arr.people.*");
    for (boolean binary : new boolean[] {false, true}) {
      assertThat(
              shown(
                  "codes, names, short, deep, nothing, doc",
                  new int[] {1009, 1003, 1015, 1009, 1009, 0},
                  binary))
          .containsExactly(
              "{[masked],NULL,[masked],[masked],[masked]}",
              "{[masked]}",
              "[2:3]={[masked],NULL}",
              "{{[masked],[masked]},{NULL,[masked]}}",
              "{}",
              "none");
    }
    Eventually.that(() -> bench.control.of(OperationCompleted.class).size() == 2);
    assertThat(bench.control.of(MaskingApplied.class))
        .last()
        .satisfies(event ->
            assertThat(event.masked())
                .contains(new MaskedFields("orders/mask 1", "codes", "", "hide", 1)));
    assertThat(MaskingTest.leaks(bench.recorded(SegmentCodec.Direction.out))).isEmpty();
  }

  @Test
  void anElementIsHashedAsTheSameTextElsewhere() {
    mask("hash", "arr.people.code", "arr.people.codes", "arr.people.deep");
    for (boolean binary : new boolean[] {false, true}) {
      List<String> row = shown("code, codes, deep", new int[] {25, 1009, 1009}, binary);
      String hash = row.getFirst();
      assertThat(hash).matches("\\[masked:[0-9a-f]{16}]");
      assertThat(row.get(1)).startsWith("{" + hash + ",NULL,[masked:");
      assertThat(row.get(2)).startsWith("{{" + hash + ",[masked:");
    }
  }

  @Test
  void anElementThatShowsItsEndIsQuotedAsTheServerWould() {
    mask("last4", "arr.people.short");
    for (boolean binary : new boolean[] {false, true}) {
      assertThat(shown("short", new int[] {1015}, binary))
          .containsExactly("[2:3]={\"[masked yzqx]\",NULL}");
    }
  }

  @Test
  void nullStaysNullWhole() {
    mask("null", "arr.people.codes");
    assertThat(shown("codes", new int[] {1009}, true)).containsExactly("none");
    assertThat(shown("codes", new int[] {1009}, false)).containsExactly("none");
  }

  @Test
  void theShapeOfWhatIsComputedTellsNothing() {
    mask("hide", "arr.people.code", "arr.people.codes");
    for (boolean binary : new boolean[] {false, true}) {
      assertThat(
              shown(
                  "array_fill(''::text, array[1], array[ascii(code)]), string_to_array(code, null),"
                      + " array[code], codes[2:], codes || 'x'::text, array(select code)",
                  new int[0],
                  binary))
          .containsOnly("none");
    }
    assertThat(bench.psql("select codes from (select codes from arr.people) q;").out())
        .isEqualTo("{[masked],NULL,[masked],[masked],[masked]}\n");
    assertThat(
            bench
                .psql(
                    "select array_fill(''::text, array[1], array[ascii(code)]) from arr.people"
                        + " union all select codes from arr.people;")
                .out())
        .isEqualTo("\n\n");
  }

  @Test
  void nothingIsWrittenIntoTheShapeOfAnArray() {
    mask("hide", "arr.people.code", "arr.people.codes");
    Psql.Said said =
        bench.psql(
            "update arr.people set codes = array_fill('x'::text, array[1], array[ascii(code)]);",
            "update arr.people set codes[ascii(code)] = 'x';",
            "update arr.people set nothing[ascii(code)] = 'x';",
            "insert into arr.people (id, codes[(select ascii(code) from arr.people)])"
                + " values (7, 'x');",
            "insert into arr.people (id, codes) select 8, string_to_array(code, null)"
                + " from arr.people;",
            "begin; update arr.people set code = upper(code); rollback;",
            "begin; update arr.people set codes = codes; rollback;");
    assertThat(said.err().split("is not copied to where no mask is", -1)).hasSize(6);
    assertThat(said.out()).isEqualTo("BEGIN\nUPDATE 1\nROLLBACK\nBEGIN\nUPDATE 1\nROLLBACK\n");
    assertThat(
            bench
                .psql(
                    "alter table arr.people alter column code type text[]"
                        + " using string_to_array(code, null);")
                .err())
        .contains("a masked column is not taken out from under its mask");
  }

  @Test
  void aSubscriptComputesWithWhatMayOnlyBeShown() {
    bench.mask(new Target.Mask(List.of("arr.people.code"), List.of(), "hide", true));
    assertThat(bench.psql("update arr.people set nothing[ascii(code)] = 'x';").err())
        .contains("arr.people.code: may be shown masked and nothing else");
  }

  @Test
  void copyMasksElementsInEveryFormat() {
    mask("hide", "arr.people.codes", "arr.people.short", "arr.people.doc");
    Psql.Said said =
        bench.psql(
            "copy arr.people (id, codes, short, nothing, doc) to stdout;",
            "copy arr.people (id, codes, short, nothing, doc) to stdout with (format csv);",
            "copy (select id, codes || 'x'::text from arr.people) to stdout;");
    assertThat(said.err()).isEmpty();
    assertThat(said.out())
        .isEqualTo(
            """
            1\t{[masked],NULL,[masked],[masked],[masked]}\t[2:3]={[masked],NULL}\t{}\t\\N
            1,"{[masked],NULL,[masked],[masked],[masked]}","[2:3]={[masked],NULL}",{},
            1\t\\N
            """);
    try (WireClient client = bench.client()) {
      client.query("copy arr.people (codes, short) to stdout with (format binary)");
      client.unit();
      assertThat(MaskingTest.leaks(client.seen.toByteArray())).isEmpty();
      assertThat(new String(client.seen.toByteArray(), StandardCharsets.ISO_8859_1))
          .containsPattern("(?s)PGCOPY.*\\[masked].*\\[masked].*\\[masked]");
    }
  }

  @Test
  void detectorsReplaceInsideOfElements() {
    detect("hide");
    String masked = "{\"write to [masked], or\",NULL,plain}";
    for (boolean binary : new boolean[] {false, true}) {
      assertThat(shown("mails", new int[] {1009}, binary)).containsExactly(masked);
    }
    try (WireClient client = bench.client()) {
      List<byte[]> plain = row(client, "select deep from arr.people", true);
      assertThat(text(1009, plain.getFirst())).isEqualTo("{{zqxcanaryzqx,b},{NULL,second-one}}");
    }
  }

  @Test
  void detectorsReplaceInsideOfElementsThatAreCopied() {
    bench.mask(
        new Target.Mask(List.of("arr.people.code"), List.of(), "hide"),
        new Target.Mask(List.of(), List.of("email"), "hide"));
    Psql.Said said =
        bench.psql(
            "copy arr.people (mails, nothing) to stdout;",
            "copy arr.people (mails, nothing) to stdout with (format csv);");
    assertThat(said.out())
        .isEqualTo(
            """
            {"write to [masked], or",NULL,plain}\t{}
            "{""write to [masked], or"",NULL,plain}",{}
            """);
    try (WireClient client = bench.client()) {
      client.query("copy arr.people (mails) to stdout with (format binary)");
      client.unit();
      assertThat(new String(client.seen.toByteArray(), StandardCharsets.ISO_8859_1))
          .contains("write to [masked], or", "plain")
          .doesNotContain("canary.ann");
    }
  }

  @Test
  void whatDetectorsMakeNullIsNullWhole() {
    detect("null");
    for (boolean binary : new boolean[] {false, true}) {
      assertThat(shown("mails", new int[] {1009}, binary)).containsExactly("none");
    }
  }

  @Test
  void whatIsNoWholeArrayIsNullWhole() {
    detect("hide");
    MaskRules rules =
        MaskRules.of(bench.control.rulebook().targets().get("orders"), new byte[32], List.of());
    ColumnMask mask = new ColumnMask("orders/mask 1", Method.hide, false, true);
    for (short format : new short[] {0, 1}) {
      BackendMessage.Column column =
          new BackendMessage.Column("c", 0, (short) 0, 1009, (short) -1, -1, format);
      MaskedRow whole = MaskedRow.of(rules, List.of(column), List.of(mask));
      assertThat(masked(whole, "{a b}")).isEqualTo(-1);
      if (format == 1) {
        MaskedRow searched = MaskedRow.of(rules, List.of(column), List.of());
        assertThat(masked(searched, "{plain}")).isEqualTo(-1);
      }
    }
  }

  /** The length of the only field of a row as it goes out. */
  private static int masked(MaskedRow row, String value) {
    ByteBuf in = Encode.dataRow(Unpooled.buffer(), List.of(value));
    List<String> told = new ArrayList<>();
    ByteBuf out = row.mask(in, (mask, column, _) -> told.add(mask.rule() + " " + column));
    assertThat(told).hasSize(1);
    return out.getInt(7);
  }
}
