package countersign.wire.postgres;

import io.netty.buffer.ByteBuf;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A cursor over the body of one message that never reads past its end. */
final class Body {
  private final String message;
  private final ByteBuf bytes;

  Body(String message, ByteBuf bytes) {
    this.message = message;
    this.bytes = bytes;
  }

  byte int8(String field) {
    need(1, field);
    return bytes.readByte();
  }

  short int16(String field) {
    need(2, field);
    return bytes.readShort();
  }

  int int32(String field) {
    need(4, field);
    return bytes.readInt();
  }

  /** A count of 16 bits, unsigned as the server reads it. */
  int count(String field) {
    return int16(field) & 0xffff;
  }

  /** A zero-terminated text; strict UTF-8. */
  String text(String field) {
    ByteBuf slice = terminated(field);
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(slice.nioBuffer())
          .toString();
    } catch (CharacterCodingException e) {
      throw ProtocolViolation.encoding(name(field) + ": not UTF-8 (expected: valid UTF-8)");
    }
  }

  /** A zero-terminated text for reading: what is not UTF-8 becomes U+FFFD. */
  String lenientText(String field) {
    return terminated(field).toString(StandardCharsets.UTF_8);
  }

  private ByteBuf terminated(String field) {
    int length = bytes.bytesBefore((byte) 0);
    if (length < 0) {
      throw ProtocolViolation.of(name(field) + ": no end (expected: a zero byte)");
    }
    ByteBuf slice = bytes.readSlice(length);
    bytes.skipBytes(1);
    return slice;
  }

  /** A length of 32 bits and that many bytes; null when the length is -1. */
  @Nullable ByteBuf value(String field) {
    int length = int32(field);
    if (length == -1) {
      return null;
    }
    if (length < 0) {
      throw ProtocolViolation.of(
          name(field) + " length: " + length + " (expected: -1 or more, within the message)");
    }
    need(length, field);
    return bytes.readSlice(length);
  }

  /** As many items as say, each read by the same function; each takes at least a byte. */
  <T extends @Nullable Object> List<T> items(int count, Function<Body, T> item) {
    List<T> items = new ArrayList<>(Math.min(count, bytes.readableBytes()));
    for (int i = 0; i < count; i++) {
      items.add(item.apply(this));
    }
    return items;
  }

  byte[] restAsArray() {
    byte[] rest = new byte[bytes.readableBytes()];
    bytes.readBytes(rest);
    return rest;
  }

  ByteBuf rest() {
    return bytes.readSlice(bytes.readableBytes());
  }

  int remaining() {
    return bytes.readableBytes();
  }

  void end() {
    if (bytes.isReadable()) {
      throw ProtocolViolation.of(
          message + ": " + bytes.readableBytes() + " bytes too many (expected: none)");
    }
  }

  ProtocolViolation unexpected(String field, Object value, String expected) {
    return ProtocolViolation.of(name(field) + ": " + value + " (expected: " + expected + ")");
  }

  private void need(int count, String field) {
    if (bytes.readableBytes() < count) {
      throw ProtocolViolation.of(
          name(field)
              + ": "
              + bytes.readableBytes()
              + " bytes left (expected: at least "
              + count
              + ")");
    }
  }

  private String name(String field) {
    return message + "." + field;
  }
}
