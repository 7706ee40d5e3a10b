package countersign.wire.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ValueTextTest {
  private static final List<String> EXPRESSIONS =
      List.of(
          "true",
          "false",
          "1::int2",
          "-7::int4",
          "9223372036854775807::int8",
          "4294967295::oid",
          "1.5::float4",
          "0.1::float8",
          "'NaN'::float8",
          "100::float8",
          "-2.5::float8",
          "'text ü'::text",
          "'v'::varchar",
          "'ab'::char(3)",
          "'n'::name",
          "'{\"a\": 1}'::json",
          "'{\"a\": 1}'::jsonb",
          "'\\x00ff'::bytea",
          "date '2026-02-28'",
          "date '1999-12-31'",
          "date 'infinity'",
          "time '13:14:15.5'",
          "time '24:00'",
          "timestamp '2026-11-21 03:04:05'",
          "timestamp '1969-07-20 20:17:40.000001'",
          "timestamp 'infinity'",
          "timestamp '-infinity'",
          "timestamptz '2026-11-21 03:04:05.120+00'",
          "'0e5fba2e-5c56-4a80-8e68-6f1ba6d59aab'::uuid",
          "0::numeric",
          "1::numeric",
          "12345.678::numeric",
          "-0.0001::numeric",
          "100000000::numeric",
          "1e20::numeric",
          "0.00::numeric",
          "1e-10::numeric",
          "'NaN'::numeric",
          "123456789012345678901234.5678901::numeric",
          "10000.0001::numeric(20,4)",
          "'{}'::int4[]",
          "'{1,NULL,-3}'::int4[]",
          "'[0:1]={7,8}'::int8[]",
          "'{{1,2},{3,4}}'::int2[]",
          "'{a,\"b c\",\"\",NULL,\"NULL\",\"x\\\"y\\\\z\",\"{\",\"p,q\",ü}'::text[]",
          "'{t,f}'::bool[]",
          "'{0.5,NaN}'::float8[]",
          "'{12.30,-1}'::numeric[]",
          "'{2026-02-28,infinity}'::date[]",
          "array[timestamptz '2026-11-21 03:04:05.120+00']",
          "array['0e5fba2e-5c56-4a80-8e68-6f1ba6d59aab'::uuid]",
          "array['{\"a\": 1}'::jsonb]",
          "null::int4");

  /** Asks by the extended protocol, results as text or binary, and reads them as a timeline. */
  private static List<String> ask(boolean binary) throws IOException {
    RealPostgres postgres = RealPostgres.shared();
    try (Socket socket = new Socket("127.0.0.1", postgres.port());
        Timeline timeline = new Timeline(10)) {
      ByteBuf startup =
          Encode.startup(
              Unpooled.buffer(),
              FrontendMessage.Startup.V3_0,
              Map.of("user", "app", "database", "postgres"));
      ByteBuf asked = Unpooled.buffer();
      Encode.parse(asked, "", "select " + String.join(", ", EXPRESSIONS), List.of());
      asked.writeByte('B').writeInt(4 + 2 + 2 + 2 + 4).writeZero(6);
      asked.writeShort(1).writeShort(binary ? 1 : 0);
      Encode.describe(asked, 'P', "");
      Encode.execute(asked, "", 0);
      Encode.sync(asked);
      startup.readBytes(socket.getOutputStream(), startup.readableBytes());
      timeline.in(1, asked.duplicate());
      asked.readBytes(socket.getOutputStream(), asked.readableBytes());
      socket.getOutputStream().write(new byte[] {'X', 0, 0, 0, 4});
      ByteBuf answered =
          Unpooled.wrappedBuffer(new DataInputStream(socket.getInputStream()).readAllBytes());
      timeline.out(2, answered);
      Exchange exchange = timeline.take().getFirst();
      assertThat(exchange.error()).isNull();
      assertThat(exchange.columns().getFirst().format()).isEqualTo(binary ? "binary" : "text");
      return exchange.rows().getFirst();
    }
  }

  @Test
  void showsBinaryValuesAsTheServerWritesThemAsText() throws IOException {
    List<String> text = ask(false);
    List<String> binary = ask(true);
    for (int i = 0; i < EXPRESSIONS.size(); i++) {
      assertThat(binary.get(i)).as(EXPRESSIONS.get(i)).isEqualTo(text.get(i));
    }
  }

  @Test
  void showsWholeValuesAndTheTypeOfWhatItCannotRead() {
    ByteBuf point = Unpooled.wrappedBuffer(new byte[] {1, 2});
    assertThat(ValueText.whole(600, 1, point)).isEqualTo("\\x0102 (point)");
    assertThat(ValueText.whole(70_000, 1, point)).isEqualTo("\\x0102 (oid:70000)");
    assertThat(ValueText.whole(0, 1, point)).isEqualTo("\\x0102 (type not stated)");
    assertThat(ValueText.whole(17, 1, point)).isEqualTo("\\x0102");
    assertThat(ValueText.whole(25, 0, Unpooled.wrappedBuffer(new byte[] {(byte) 0xff})))
        .isEqualTo("\\xff");
    assertThat(ValueText.whole(25, 0, Unpooled.EMPTY_BUFFER)).isEmpty();
    String lengthy = "x".repeat(100_000);
    ByteBuf text = Unpooled.copiedBuffer(lengthy, java.nio.charset.StandardCharsets.UTF_8);
    assertThat(ValueText.whole(25, 1, text)).isEqualTo(lengthy);
  }

  @Test
  void showsHexForWhatItDoesNotKnowAndNeverThrows() {
    assertThat(ValueText.of(600, 1, Unpooled.wrappedBuffer(new byte[] {1, 2}), 100))
        .isEqualTo("\\x0102");
    Random random = new Random(3);
    int[] types = {
      16, 18, 20, 21, 23, 25, 26, 700, 701, 1082, 1083, 1114, 1184, 1700, 2950, 3802, 17, 1007,
      1009, 1231
    };
    for (int i = 0; i < 50_000; i++) {
      byte[] bytes = new byte[random.nextInt(20)];
      random.nextBytes(bytes);
      assertThat(
              ValueText.of(
                  types[random.nextInt(types.length)], i % 2, Unpooled.wrappedBuffer(bytes), 64))
          .isNotNull();
    }
  }
}
