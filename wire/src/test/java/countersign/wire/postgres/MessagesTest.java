package countersign.wire.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import countersign.wire.postgres.Piece.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class MessagesTest {

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings()
        .withCharRange(' ', '~')
        .withChars('ä', '€', '\n', '\t')
        .ofMaxLength(60);
  }

  @Provide
  Arbitrary<String> names() {
    return texts().filter(text -> !text.isEmpty());
  }

  private static Frame only(FrameReader reader, ByteBuf bytes) {
    reader.feed(bytes);
    Piece piece = reader.next();
    assertThat(piece).isInstanceOf(Frame.class);
    assertThat(reader.next()).isNull();
    return (Frame) piece;
  }

  private static FrontendMessage said(ByteBuf bytes) {
    return FrontendMessage.decode(only(FrameReader.frontendTyped(Limits.REPLAY), bytes));
  }

  private static BackendMessage heard(ByteBuf bytes) {
    return BackendMessage.decode(only(FrameReader.backend(Limits.REPLAY), bytes));
  }

  private static ByteBuf out() {
    return Unpooled.buffer();
  }

  @Property(tries = 300)
  void readsWhatItWrites(
      @ForAll("texts") String text, @ForAll("texts") String name, @ForAll int number) {
    assertThat(said(Encode.query(out(), text))).isEqualTo(new FrontendMessage.Query(text));
    assertThat(said(Encode.parse(out(), name, text, List.of(number, 0))))
        .isEqualTo(new FrontendMessage.Parse(name, text, List.of(number, 0)));
    assertThat(said(Encode.describe(out(), 'S', name)))
        .isEqualTo(new FrontendMessage.Describe('S', name));
    assertThat(said(Encode.close(out(), 'P', name)))
        .isEqualTo(new FrontendMessage.Close('P', name));
    assertThat(said(Encode.execute(out(), name, number)))
        .isEqualTo(new FrontendMessage.Execute(name, number));
    assertThat(said(Encode.copyFail(out(), text))).isEqualTo(new FrontendMessage.CopyFail(text));
    assertThat(((FrontendMessage.Password) said(Encode.password(out(), text))).text())
        .isEqualTo(text);
    assertThat(heard(Encode.commandComplete(out(), text)))
        .isEqualTo(new BackendMessage.CommandComplete(text));
    assertThat(heard(Encode.parameterStatus(out(), name, text)))
        .isEqualTo(new BackendMessage.ParameterStatus(name, text));
    assertThat(heard(Encode.parameterDescription(out(), List.of(number))))
        .isEqualTo(new BackendMessage.ParameterDescription(List.of(number)));
    ErrorFields fields = ErrorFields.of("ERROR", "42501", text).withDetail(name).withHint(text);
    assertThat(heard(Encode.errorResponse(out(), fields)))
        .isEqualTo(new BackendMessage.ErrorResponse(fields));
    assertThat(heard(Encode.noticeResponse(out(), fields)))
        .isEqualTo(new BackendMessage.NoticeResponse(fields));
  }

  @Property(tries = 200)
  void readsStartupParameters(@ForAll("names") String name, @ForAll("texts") String value) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("user", "ada");
    parameters.put(name, value);
    Frame frame =
        only(
            FrameReader.frontend(Limits.EDGE),
            Encode.startup(out(), FrontendMessage.Startup.V3_2, parameters));
    assertThat(FrontendMessage.decode(frame))
        .isEqualTo(new FrontendMessage.Startup(FrontendMessage.Startup.V3_2, parameters));
  }

  @Property(tries = 200)
  void readsRowsAndBinds(@ForAll List<@net.jqwik.api.constraints.AlphaChars String> values) {
    List<String> withNull = new ArrayList<>(values);
    withNull.add(null);
    BackendMessage.DataRow row = (BackendMessage.DataRow) heard(Encode.dataRow(out(), withNull));
    assertThat(row.values().stream().map(MessagesTest::text).toList()).isEqualTo(withNull);
    FrontendMessage.Bind bind = (FrontendMessage.Bind) said(Encode.bind(out(), "p", "s", withNull));
    assertThat(bind.values().stream().map(MessagesTest::text).toList()).isEqualTo(withNull);
    assertThat(bind.format(0)).isZero();
  }

  private static String text(ByteBuf value) {
    return value == null ? null : value.toString(StandardCharsets.UTF_8);
  }

  @Example
  void readsCancelKeysOfAnyLengthOfProtocol32() {
    for (int length : new int[] {4, 32, 256}) {
      byte[] key = new byte[length];
      Frame frame = only(FrameReader.frontend(Limits.EDGE), Encode.cancelRequest(out(), 77, key));
      assertThat(FrontendMessage.decode(frame))
          .isEqualTo(new FrontendMessage.CancelRequest(77, key));
      BackendMessage.BackendKeyData data =
          (BackendMessage.BackendKeyData) heard(Encode.backendKeyData(out(), 77, key));
      assertThat(data.key()).isEqualTo(key);
    }
    Frame tooLong =
        only(FrameReader.frontend(Limits.EDGE), Encode.cancelRequest(out(), 77, new byte[257]));
    assertThatThrownBy(() -> FrontendMessage.decode(tooLong)).isInstanceOf(ProtocolViolation.class);
  }

  @Example
  void showsNoSecretInToString() {
    assertThat(said(Encode.password(out(), "hunter2")).toString()).doesNotContain("hunter2");
    assertThat(
            heard(Encode.backendKeyData(out(), 1, "keykeykey".getBytes(StandardCharsets.UTF_8)))
                .toString())
        .doesNotContain("107");
    assertThat(new FrontendMessage.CancelRequest(1, new byte[] {107, 107}).toString())
        .doesNotContain("107");
  }

  @Example
  void refusesTextThatIsNotUtf8ButSaysThatTheFramingIsFine() {
    ByteBuf bytes = out().writeByte('Q').writeInt(7).writeByte(0xff).writeByte(0xfe).writeByte(0);
    assertThatThrownBy(() -> said(bytes))
        .isInstanceOfSatisfying(
            ProtocolViolation.class,
            e -> assertThat(e.sqlState()).isEqualTo(ProtocolViolation.ENCODING));
  }

  @Example
  void refusesBytesAfterTheEndOfABody() {
    ByteBuf hidden = out().writeByte('Q').writeInt(4 + 9 + 9);
    hidden.writeBytes("select 1\0delete x\0".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> said(hidden)).hasMessageContaining("too many");
  }

  @Example
  void refusesAnotherMajorVersion() {
    Frame frame =
        only(FrameReader.frontend(Limits.EDGE), out().writeInt(9).writeInt(2 << 16).writeByte(0));
    assertThatThrownBy(() -> FrontendMessage.decode(frame))
        .isInstanceOfSatisfying(
            ProtocolViolation.class,
            e -> assertThat(e.sqlState()).isEqualTo(ProtocolViolation.VERSION));
  }

  @Example
  void passesWhatItDoesNotKnow() {
    ByteBuf bytes = out().writeByte('y').writeInt(6).writeByte(1).writeByte(2);
    assertThat(said(bytes))
        .isInstanceOfSatisfying(
            FrontendMessage.Opaque.class, m -> assertThat(m.type()).isEqualTo((byte) 'y'));
  }

  @Property(tries = 500)
  void throwsNothingButViolationsForGarbageBodies(
      @ForAll byte type, @ForAll byte[] body, @ForAll boolean startup) {
    ByteBuf bytes = out();
    if (!startup) {
      bytes.writeByte(type);
    }
    bytes.writeInt(body.length + 4).writeBytes(body);
    Frame frame = new Frame(startup ? Frame.STARTUP : type, bytes);
    try {
      FrontendMessage.decode(frame);
    } catch (ProtocolViolation expected) {
      assertThat(expected).hasMessageContaining("expected");
    }
    try {
      BackendMessage.decode(frame);
    } catch (ProtocolViolation expected) {
      assertThat(expected).hasMessageContaining("expected");
    }
  }

  @Example
  void survivesEveryTruncationOfEveryMessage() {
    List<ByteBuf> messages =
        List.of(
            Encode.parse(out(), "s", "select 1", List.of(1, 2)),
            Encode.bind(out(), "p", "s", List.of("a", "b")),
            Encode.query(out(), "select 1"),
            Encode.errorResponse(out(), ErrorFields.of("ERROR", "XX000", "m")),
            Encode.rowDescription(out(), List.of(Encode.textColumn("c"))),
            Encode.dataRow(out(), List.of("a")),
            Encode.negotiateProtocolVersion(out(), 0, List.of("_pq_.x")),
            Encode.authenticationSasl(out(), List.of("SCRAM-SHA-256")),
            Encode.readyForQuery(out(), 'T'));
    for (ByteBuf message : messages) {
      byte[] all = ByteBufUtil.getBytes(message);
      for (int length = 5; length < all.length; length++) {
        Frame frame = new Frame(all[0], Unpooled.copiedBuffer(all, 0, length));
        assertThatThrownBy(
                () -> {
                  FrontendMessage.decode(frame);
                  BackendMessage.decode(frame);
                })
            .as("%c cut at %d", all[0], length)
            .isInstanceOf(ProtocolViolation.class);
      }
    }
  }

  @Example
  void writesErrorFieldsInTheOrderServersDo() {
    ByteBuf bytes =
        Encode.errorResponse(out(), ErrorFields.of("ERROR", "42501", "no").withHint("ask"));
    assertThat(ByteBufUtil.getBytes(bytes, 5, bytes.readableBytes() - 5))
        .isEqualTo("SERROR\0VERROR\0C42501\0Mno\0Hask\0\0".getBytes(StandardCharsets.UTF_8));
  }

  @Example
  void refusesToWriteATextWithAZero() {
    assertThatThrownBy(() -> Encode.query(out(), "select 1\0; drop table t"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
