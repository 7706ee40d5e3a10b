package countersign.wire.postgres.grammar;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.io.ByteSequence;

/**
 * The grammars of all versions on one engine, so that what is compiled for one parser serves all.
 * Thread-safe.
 */
public final class Grammars implements AutoCloseable {
  /** Oldest major version whose grammar is here. */
  public static final int OLDEST = 15;

  /** Newest major version whose grammar is here. */
  public static final int NEWEST = 17;

  /**
   * Memory of one parser in pages of 64 KiB: 34 MiB are its stack and its constants, the rest is
   * for what it builds; a text of 64 KiB needs less than half of that.
   */
  private static final int PAGES = 960;

  private final Engine engine;
  private final Map<Integer, Source> sources = new ConcurrentHashMap<>();

  /** Makes the engine; loads nothing yet. */
  public Grammars() {
    this.engine = engine();
  }

  private static Engine engine() {
    // Whoever wants to know asks compiled(); the library would print ten lines for it.
    return Engine.newBuilder("wasm")
        .allowExperimentalOptions(true)
        .option("engine.WarnInterpreterOnly", "false")
        .build();
  }

  /** The grammar for a server: of its own major version, or the nearest there is. */
  public static int nearest(int serverMajor) {
    return Math.clamp(serverMajor, OLDEST, NEWEST);
  }

  /**
   * Whether the grammar is compiled to machine code. Without the JVM's flags for it (see the
   * launcher) it is interpreted: some hundred times slower, and otherwise the same.
   */
  public boolean compiled() {
    return !engine.getImplementationName().equals("Interpreted");
  }

  /**
   * Opens a parser: 20 to 100 ms, and about 60 MiB of heap.
   *
   * @param major {@link #OLDEST} to {@link #NEWEST}
   */
  public Grammar open(int major) {
    return new Grammar(engine, sources.computeIfAbsent(major, Grammars::source), major);
  }

  private static Source source(int major) {
    String name = "libpg-query-" + major + "/wasm/libpg-query.wasm";
    try (InputStream in = Grammars.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalArgumentException(
            "grammar: " + major + " (expected: " + OLDEST + " to " + NEWEST + ")");
      }
      byte[] module = in.readAllBytes();
      limitMemory(module);
      return Source.newBuilder("wasm", ByteSequence.create(module), "libpg_query-" + major).build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes our limit over the 128 MiB that the module asks for. Source: WebAssembly Core
   * Specification, "5.5.8 Memory Section": count, flags, then minimum and maximum as LEB128.
   */
  private static void limitMemory(byte[] module) {
    int at = 8;
    while (at < module.length) {
      int section = module[at++];
      int length = 0;
      int shift = 0;
      byte b;
      do {
        b = module[at++];
        length |= (b & 0x7f) << shift;
        shift += 7;
      } while (b < 0);
      if (section == 5) {
        boolean expected =
            module[at] == 1
                && module[at + 1] == 1
                && module[at + 2] == (byte) 0x80
                && module[at + 3] == 0x10;
        if (!expected) {
          break;
        }
        module[at + 2] = (byte) (0x80 | PAGES & 0x7f);
        module[at + 3] = PAGES >> 7;
        return;
      }
      at += length;
    }
    throw new IllegalStateException("module: its memory section (expected: 2048 pages)");
  }

  @Override
  public void close() {
    engine.close(true);
  }
}
