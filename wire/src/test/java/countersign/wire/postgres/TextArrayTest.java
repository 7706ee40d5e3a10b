package countersign.wire.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import countersign.wire.postgres.TextArray.Dimension;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

class TextArrayTest {
  private static final int TEXTS = 1009;

  private static final List<String> WRITTEN =
      List.of(
          "{}",
          "{a}",
          "{a,NULL,b}",
          "{\"NULL\",\"null\",nul,NULLS,NULL}",
          "{\"\",\" \",\"a b\",\"\t\",\"a\nb\"}",
          "{\"a\\\"b\",\"\\\\\",\"{\",\"}\",\"p,q\",[x],a=b}",
          "{ü,€,\uD83D\uDE00}",
          "{{a,b},{c,NULL},{\"e,\",\"\"}}",
          "{{{{{{a},{b}}}}}}",
          "[2:3]={a,b}",
          "[-1:0][1:1]={{a},{b}}",
          "[2147483646:2147483646]={a}",
          "[-2147483648:-2147483647]={a,b}");

  private static final List<String> REFUSED =
      List.of(
          "",
          "a",
          "{",
          "}",
          "{{}}",
          "{},",
          "{a",
          "{a}}",
          "{a} ",
          " {a}",
          "{a,}",
          "{,a}",
          "{a, b}",
          "{\"a\"}",
          "{\"a b\"",
          "{\"a b}",
          "{\"a b\\",
          "{\"a\\ b\"}",
          "{a\\,b}",
          "{a\"b}",
          "{null}",
          "{{a,b},{c}}",
          "{{a},b}",
          "{a,{b}}",
          "{{a}{b}}",
          "{{{{{{{a}}}}}}}",
          "[1:1]={a}",
          "[2:3]={a}",
          "[2:3]{a,b}",
          "[02:3]={a,b}",
          "[+2:3]={a,b}",
          "[2:3][1:1]={a,b}",
          "[2:3={a,b}",
          "[2:2]={}",
          "={a}",
          "[:]={a}",
          "[2147483647:2147483647]={a}",
          "[4294967298:4294967299]={a,b}");

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static TextArray read(boolean binary, byte[] value) {
    return TextArray.read(TEXTS, binary, value).orElseThrow();
  }

  private static List<String> elements(TextArray array) {
    return array.elements().stream()
        .map(one -> one == null ? "none" : "some " + new String(one, StandardCharsets.UTF_8))
        .toList();
  }

  private static void same(TextArray one, TextArray other) {
    assertThat(one.element()).isEqualTo(other.element());
    assertThat(one.dimensions()).isEqualTo(other.dimensions());
    assertThat(elements(one)).isEqualTo(elements(other));
  }

  private static Arbitrary<byte @Nullable []> texts() {
    return Arbitraries.strings()
        .withCharRange(' ', '~')
        .withChars('"', '\\', '{', '}', ',', '\t', '\n', '\u000b', 'ä', '€', '\u3000')
        .ofMaxLength(8)
        .edgeCases(edge -> edge.add("", "NULL", "null", "\\", "\"", "[1:1]={a}"))
        .map(TextArrayTest::utf8)
        .injectNull(0.2);
  }

  @Provide
  Arbitrary<TextArray> arrays() {
    Arbitrary<Dimension> dimension =
        Combinators.combine(
                Arbitraries.integers().between(1, 3),
                Arbitraries.integers().lessOrEqual(Integer.MAX_VALUE - 3).injectDuplicates(0.5))
            .as(Dimension::new);
    return dimension
        .list()
        .ofMaxSize(6)
        .flatMap(dimensions -> {
          int count = dimensions.isEmpty() ? 0 : 1;
          for (Dimension each : dimensions) {
            count *= each.size();
          }
          return texts()
              .list()
              .ofSize(count)
              .map(elements -> new TextArray(25, dimensions, elements));
        });
  }

  @Property(tries = 500)
  void readsWhatItWritesInEitherFormat(@ForAll("arrays") TextArray array) {
    byte[] text = array.written(false);
    byte[] binary = array.written(true);
    same(read(false, text), array);
    same(read(true, binary), array);
    assertThat(read(false, text).written(true)).isEqualTo(binary);
    assertThat(read(true, binary).written(false)).isEqualTo(text);
  }

  @Example
  void keepsTheTextTheServerWrote() {
    for (String written : WRITTEN) {
      TextArray array = read(false, utf8(written));
      assertThat(new String(array.written(false), StandardCharsets.UTF_8)).isEqualTo(written);
      same(read(true, array.written(true)), array);
    }
  }

  @Example
  void takesElementsOutOfTheirQuotes() {
    assertThat(elements(read(false, utf8("{a,\"b \\\"\\\\\",NULL,\"NULL\",\"\"}"))))
        .containsExactly("some a", "some b \"\\", "none", "some NULL", "some ");
    TextArray bounds = read(false, utf8("[2:3][-1:-1]={{a},{b}}"));
    assertThat(bounds.dimensions()).containsExactly(new Dimension(2, 2), new Dimension(1, -1));
  }

  @Example
  void putsSomethingInThePlaceOfElements() {
    TextArray array = read(false, utf8("[0:1][1:2]={{a,NULL},{\"\",\"b c\"}}"));
    TextArray changed = array.each(one -> one.length == 0 ? null : utf8(one.length + " long"));
    assertThat(new String(changed.written(false), StandardCharsets.UTF_8))
        .isEqualTo("[0:1][1:2]={{\"1 long\",NULL},{NULL,\"3 long\"}}");
  }

  @Example
  void takesNothingThatTheServerWouldNotHaveWritten() {
    for (String refused : REFUSED) {
      assertThat(TextArray.read(TEXTS, false, utf8(refused))).as(refused).isEmpty();
    }
  }

  @Example
  void takesNoBinaryThatDoesNotFit() {
    byte[] good = read(false, utf8("[2:3]={a,bc}")).written(true);
    assertThat(TextArray.read(TEXTS, true, good)).isPresent();
    assertThat(TextArray.read(1007, true, good)).as("numbers").isEmpty();
    assertThat(TextArray.read(1015, true, good)).as("another type").isEmpty();
    assertThat(TextArray.read(TEXTS, true, Arrays.copyOf(good, good.length + 1))).isEmpty();
    refusedWith(good, 0, -1, 0, 2, 7, Integer.MAX_VALUE);
    refusedWith(good, 4, -1, 2, 256);
    refusedWith(good, 8, 0, 23, 1043);
    refusedWith(good, 12, -1, 0, 1, 3, 1 << 30, Integer.MAX_VALUE);
    refusedWith(good, 16, Integer.MAX_VALUE, Integer.MAX_VALUE - 1);
    refusedWith(good, 20, -2, -1, 0, 2, 7, Integer.MAX_VALUE, Integer.MIN_VALUE);
  }

  private static void refusedWith(byte[] good, int at, int... numbers) {
    for (int number : numbers) {
      byte[] other = ByteBuffer.wrap(good.clone()).putInt(at, number).array();
      assertThat(TextArray.read(TEXTS, true, other)).as("%s at %s", number, at).isEmpty();
    }
  }

  @Example
  void isBounded() {
    String many = "{" + "a,".repeat(1 << 18) + "a}";
    assertThat(TextArray.read(TEXTS, false, utf8(many))).isEmpty();
    assertThat(TextArray.read(TEXTS, false, utf8("{".repeat(1 << 20)))).isEmpty();
    assertThat(TextArray.read(TEXTS, false, utf8("[1:1]".repeat(1 << 18)))).isEmpty();
    byte[] most = read(false, utf8("{" + "a,".repeat((1 << 18) - 1) + "a}")).written(true);
    assertThat(read(true, most).elements()).hasSize(1 << 18);
    int[] wide = {6, 0, 25, 1 << 30, 1, 1 << 30, 1, 1 << 30, 1, 1 << 30, 1, 4, 1, 4, 1};
    ByteBuffer product = ByteBuffer.allocate(4 * wide.length);
    for (int number : wide) {
      product.putInt(number);
    }
    assertThat(TextArray.read(TEXTS, true, product.array())).isEmpty();
  }

  @Example
  void aPartOfAnArrayIsNone() {
    for (String written : WRITTEN) {
      byte[] text = utf8(written);
      byte[] binary = read(false, text).written(true);
      for (int length = 0; length < text.length; length++) {
        assertThat(TextArray.read(TEXTS, false, Arrays.copyOf(text, length))).isEmpty();
      }
      for (int length = 0; length < binary.length; length++) {
        assertThat(TextArray.read(TEXTS, true, Arrays.copyOf(binary, length))).isEmpty();
      }
    }
  }

  @Property(tries = 20)
  void neverThrowsAndMakesNothingUp(@ForAll Random random) {
    List<byte[]> texts = new ArrayList<>();
    List<byte[]> binaries = new ArrayList<>();
    for (String written : WRITTEN) {
      texts.add(utf8(written));
      binaries.add(read(false, utf8(written)).written(true));
    }
    Mutation textual = new Mutation(random, texts);
    Mutation binary = new Mutation(random, binaries);
    for (int i = 0; i < 2_000; i++) {
      byte[] text = textual.next();
      TextArray.read(TEXTS, false, text)
          .ifPresent(array -> assertThat(array.written(false)).isEqualTo(text));
      byte[] bytes = binary.next();
      TextArray.read(TEXTS, true, bytes)
          .ifPresent(array -> {
            ByteBuffer flags = ByteBuffer.wrap(bytes.clone());
            flags.putInt(4, ByteBuffer.wrap(array.written(true)).getInt(4));
            assertThat(array.written(true)).isEqualTo(flags.array());
          });
    }
  }
}
