package countersign.wire.postgres.grammar;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/**
 * One parser with memory of its own: libpg_query's {@code parse}. A parser that failed in any way
 * is {@link #broken()} and must be thrown away: nobody knows what its memory holds. Confined to one
 * thread, except {@link #cancel()}.
 */
public final class Grammar implements AutoCloseable {
  /** Longest text in bytes that is parsed. */
  public static final int LONGEST = 1 << 20;

  /** Most bytes of a text that do not stand between quotes: those cost time and memory. */
  public static final int MOST_WORDS = 64 << 10;

  /**
   * Most operators in a row of a text, roughly counted: a chain of them nests the tree as deep, and
   * PostgreSQL's own stack ends soon after.
   */
  static final int MOST_OPERATORS = 2_000;

  /** Deepest nesting of comments: the scanner is quadratic in it. */
  static final int MOST_COMMENTS = 200;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int CHUNK = 2_048;
  private static final int MOST_JSON = 24 << 20;

  /** Where libpg_query's PgQueryError, of 32-bit words, keeps its cursorpos. */
  private static final long CURSOR = 16;

  private static final long CANARY = 0x5eed_c0de_5afe_7157L;

  private final int major;
  private final Context context;
  private final Value memory;
  private final Value parse;
  private final Value malloc;
  private final Value free;
  private final Value freeResult;
  private final Value stackNow;
  private final int stackTop;
  private final int stackEnd;
  private byte[] buffer = new byte[16 << 10];
  private boolean broken;

  Grammar(Engine engine, Source source, int major) {
    this.major = major;
    this.context = Context.newBuilder("wasm").engine(engine).build();
    Value exports = Emscripten.instantiate(context, source, major);
    this.memory = exports.getMember("p");
    this.parse = exports.getMember("r");
    this.malloc = exports.getMember("s");
    this.free = exports.getMember("u");
    this.freeResult = exports.getMember("v");
    this.stackNow = exports.getMember("z");
    this.stackTop = stackNow.execute().asInt();
    this.stackEnd = Emscripten.stackEnd(stackTop);
    memory.writeBufferLong(ByteOrder.LITTLE_ENDIAN, stackEnd, CANARY);
  }

  /** Whether it must not be used again. */
  public boolean broken() {
    return broken;
  }

  /** Major version of PostgreSQL. */
  public int major() {
    return major;
  }

  /** Says whether a text is within the bounds: null when it is, else what is not. */
  public static @Nullable String outOfBounds(byte[] utf8) {
    if (utf8.length > LONGEST) {
      return "longer than " + LONGEST + " bytes";
    }
    int operators = 0;
    int comments = 0;
    int words = 0;
    byte quote = 0;
    for (int i = 0; i < utf8.length; i++) {
      byte b = utf8[i];
      if (b == 0) {
        return "a zero byte";
      }
      if (b == '/' && i + 1 < utf8.length && utf8[i + 1] == '*' && ++comments > MOST_COMMENTS) {
        return "more than " + MOST_COMMENTS + " comments";
      }
      if (quote != 0) {
        quote = b == quote ? 0 : quote;
        continue;
      }
      if (++words > MOST_WORDS) {
        return "more than " + MOST_WORDS + " bytes besides constants";
      }
      if (b == '\'' || b == '"') {
        quote = b;
      } else if ("+-*/<>=~!@#%^&|`?[".indexOf(b) >= 0 && ++operators > MOST_OPERATORS) {
        return "more than " + MOST_OPERATORS + " operators";
      }
    }
    return null;
  }

  /**
   * Parses.
   *
   * @param utf8 the text, strictly UTF-8; the caller has checked that
   * @return never null; never throws for what the text is
   */
  public Parse parse(byte[] utf8) {
    String bound = outOfBounds(utf8);
    if (bound != null) {
      return new Parse.Failed(major, bound);
    }
    if (broken) {
      throw new IllegalStateException("parser: broken (expected: a new one)");
    }
    if (utf8.length == 0) {
      return new Parse.Tree(major, List.of()); // libpg_query takes no text for an error
    }
    try {
      return run(utf8);
    } catch (TreeReader.Odd e) {
      return new Parse.Failed(major, String.valueOf(e.getMessage()));
    } catch (PolyglotException e) {
      broken = true;
      String why =
          e.isCancelled() ? "out of time" : e.isResourceExhausted() ? "out of stack" : "a trap";
      return new Parse.Failed(major, why);
    } catch (StackOverflowError e) {
      broken = true;
      return new Parse.Failed(major, "out of stack");
    } catch (RuntimeException e) {
      broken = true;
      return new Parse.Failed(major, "the parser failed");
    }
  }

  private Parse run(byte[] utf8) {
    int text = malloc.execute(utf8.length + 1).asInt();
    if (text == 0) {
      broken = true;
      return new Parse.Failed(major, "out of memory");
    }
    write(text, utf8);
    int result = parse.execute(text).asInt();
    if (result == 0) {
      broken = true;
      return new Parse.Failed(major, "out of memory");
    }
    int tree = memory.readBufferInt(ByteOrder.LITTLE_ENDIAN, result);
    int error = memory.readBufferInt(ByteOrder.LITTLE_ENDIAN, result + 8L);
    Parse parsed;
    if (error != 0) {
      int message = memory.readBufferInt(ByteOrder.LITTLE_ENDIAN, error);
      int cursor = memory.readBufferInt(ByteOrder.LITTLE_ENDIAN, error + CURSOR);
      parsed =
          rejected(
              message == 0 ? "" : new String(buffer, 0, read(message), StandardCharsets.UTF_8),
              Math.max(0, cursor));
    } else {
      int length = read(tree);
      parsed = new Parse.Tree(major, TreeReader.statements(buffer, length));
    }
    free.executeVoid(text);
    freeResult.executeVoid(result);
    checkStack();
    if (broken) {
      return new Parse.Failed(major, "out of stack");
    }
    if (buffer.length > 1 << 20) {
      buffer = new byte[16 << 10];
    }
    return parsed;
  }

  /** What PostgreSQL's own limits end is no syntax error. */
  private Parse rejected(String message, int cursor) {
    if (message.contains("stack depth") || message.contains("memory")) {
      broken = true;
      return new Parse.Failed(major, "out of memory or stack");
    }
    return new Parse.Rejected(major, message, cursor);
  }

  /** The stack of the module has no guard: a mark at its end says whether anything ran over it. */
  private void checkStack() {
    broken |=
        stackNow.execute().asInt() != stackTop
            || memory.readBufferLong(ByteOrder.LITTLE_ENDIAN, stackEnd) != CANARY;
  }

  private void write(int address, byte[] bytes) {
    int i = 0;
    for (; i + 8 <= bytes.length; i += 8) {
      memory.writeBufferLong(
          ByteOrder.LITTLE_ENDIAN, (long) address + i, (long) LONGS.get(bytes, i));
    }
    for (; i < bytes.length; i++) {
      memory.writeBufferByte((long) address + i, bytes[i]);
    }
    memory.writeBufferByte((long) address + bytes.length, (byte) 0);
  }

  /** Reads a C string into the buffer; returns its length. */
  private int read(int address) {
    long size = memory.getBufferSize();
    int length = 0;
    while (true) {
      int chunk = (int) Math.min(length == 0 ? CHUNK : length, size - address - length);
      if (chunk <= 0 || length > MOST_JSON) {
        throw new TreeReader.Odd("tree: too large");
      }
      if (buffer.length < length + chunk) {
        buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + chunk));
      }
      memory.readBuffer((long) address + length, buffer, length, chunk);
      for (int i = length; i < length + chunk; i++) {
        if (buffer[i] == 0) {
          return i;
        }
      }
      length += chunk;
    }
  }

  /** Stops a parse that takes too long, from any thread; the parser is broken then. */
  public void cancel() {
    context.close(true);
  }

  @Override
  public void close() {
    context.close(true);
  }
}
