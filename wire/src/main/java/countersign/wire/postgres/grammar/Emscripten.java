package countersign.wire.postgres.grammar;

import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.io.ByteSequence;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.graalvm.polyglot.proxy.ProxyObject;

/**
 * What a module made by Emscripten asks of its host. {@code setjmp} and {@code longjmp}, by which
 * PostgreSQL reports errors, go through the host: {@code invoke_*} calls a function of the module's
 * table and catches the jump. Files, clocks and exits are not there.
 */
final class Emscripten {
  /** Emscripten puts the constants first and the stack above them. */
  private static final int STACK_BYTES = 32 << 20;

  /**
   * The host cannot call by the index of a table, so this module does. {@code v}, {@code i}, {@code
   * j}, {@code k} take an index and no, no, one, two numbers, and return a number but for {@code
   * v}. Each is one {@code call_indirect} (opcode 0x11) on the table imported as {@code e.t}.
   */
  private static final byte[] TABLE_CALLS =
      HexFormat.of()
          .parseHex(
              "0061736d01000000"
                  + "011e06600000" // types 0 to 5
                  + "6000017f60017f017f60027f7f017f60017f0060037f7f7f017f"
                  + "020901016501740170" // import e.t, a table of functions
                  + "0000"
                  + "03050404020305" // types of the functions
                  + "07110401760000016900010" // exports v i j k
                  + "16a0002016b0003"
                  + "0a2704"
                  + "070020001100000b"
                  + "070020001101000b"
                  + "0900200120001102000b"
                  + "0b002001200220001103000b");

  /** The names of a build: the linker shortens them, in an order of its own. */
  private static final Map<Integer, String> IMPORTS =
      Map.of(
          15,
              "g=abort k=none m=longjmp l=none n=none b=exit f=none c=none d=none e=none"
                  + " i=call a=call o=call h=callVoid j=exit",
          16,
              "g=abort k=none m=longjmp l=none n=none b=exit f=none c=none d=none e=none"
                  + " i=call a=call o=call h=callVoid j=exit",
          17,
              "g=abort f=none k=longjmp j=none l=none b=exit d=none m=none n=none c=none"
                  + " i=call a=call o=call h=callVoid e=exit");

  private final Context context;
  private Value[] calls = {};
  private Value stackNow;
  private Value restoreStack;
  private Value setThrew;

  private Emscripten(Context context) {
    this.context = context;
    this.stackNow = context.asValue(null);
    this.restoreStack = stackNow;
    this.setThrew = stackNow;
  }

  /** A jump on its way to the {@code setjmp} it belongs to. */
  private static final class LongJump extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LongJump() {
      super(null, null, false, false);
    }
  }

  /** The module wants to end its process. */
  private static final class Ends extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Ends() {
      super("the module ended itself", null, false, false);
    }
  }

  /** Lowest address of the stack, given its highest. */
  static int stackEnd(int top) {
    return top - STACK_BYTES;
  }

  /** Makes an instance of the module ready to be called; returns its exports. */
  static Value instantiate(Context context, Source source, int major) {
    Emscripten host = new Emscripten(context);
    String imports = IMPORTS.get(major);
    if (imports == null) {
      throw new IllegalArgumentException("grammar: " + major + " (expected: one with its imports)");
    }
    Map<String, Object> functions = new HashMap<>();
    for (String one : imports.split(" ")) {
      functions.put(one.substring(0, 1), host.function(one.substring(2)));
    }
    Value exports =
        context
            .eval(source)
            .newInstance(ProxyObject.fromMap(Map.of("a", ProxyObject.fromMap(functions))))
            .getMember("exports");
    host.connect(exports);
    exports.getMember("q").executeVoid(); // runs the constructors
    return exports;
  }

  private void connect(Value exports) {
    Source calling =
        Source.newBuilder("wasm", ByteSequence.create(TABLE_CALLS), "table-calls").buildLiteral();
    Value table = exports.getMember("t");
    Value callers =
        context
            .eval(calling)
            .newInstance(ProxyObject.fromMap(Map.of("e", ProxyObject.fromMap(Map.of("t", table)))))
            .getMember("exports");
    calls =
        new Value[] {
          callers.getMember("v"),
          callers.getMember("i"),
          callers.getMember("j"),
          callers.getMember("k")
        };
    stackNow = exports.getMember("z");
    restoreStack = exports.getMember("y");
    setThrew = exports.getMember("x");
  }

  private ProxyExecutable function(String what) {
    return switch (what) {
      case "longjmp" ->
          _ -> {
            throw new LongJump();
          };
      case "exit", "abort" ->
          _ -> {
            throw new Ends();
          };
      case "call" -> arguments -> call(arguments.length, arguments);
      case "callVoid" -> arguments -> call(0, arguments);
      default -> _ -> 0;
    };
  }

  private Object call(int which, Value[] arguments) {
    Value stack = stackNow.execute();
    try {
      Value result =
          switch (arguments.length) {
            case 1 -> calls[which].execute(arguments[0]);
            case 2 -> calls[which].execute(arguments[0], arguments[1]);
            default -> calls[which].execute(arguments[0], arguments[1], arguments[2]);
          };
      return which == 0 ? 0 : result;
    } catch (LongJump jump) {
      return landed(stack);
    } catch (PolyglotException e) {
      if (e.isHostException() && e.asHostException() instanceof LongJump) {
        return landed(stack);
      }
      throw e;
    }
  }

  private Object landed(Value stack) {
    restoreStack.executeVoid(stack);
    setThrew.executeVoid(1, 0);
    return 0;
  }
}
