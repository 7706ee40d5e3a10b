package countersign.wire.recording;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import countersign.wire.recording.SegmentCodec.Direction;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PcapngTest {
  private static final Instant OPENED = Instant.parse("2026-11-21T14:00:00.000123Z");

  private record Piece(Direction direction, long micros, byte[] bytes, List<String> comments) {}

  @Provide
  Arbitrary<List<Piece>> recordings() {
    Arbitrary<Piece> piece =
        Combinators.combine(
                Arbitraries.of(Direction.class),
                Arbitraries.longs().between(0, 5_000_000),
                Arbitraries.frequencyOf(
                    net.jqwik.api.Tuple.of(20, Arbitraries.integers().between(1, 40)),
                    net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(65_490, 65_536))),
                Arbitraries.strings().ofMaxLength(9).list().ofMaxSize(2))
            .as((direction, micros, length, comments) -> {
              byte[] bytes = new byte[length];
              for (int i = 0; i < length; i++) {
                bytes[i] = (byte) (i * 31 + micros);
              }
              return new Piece(direction, micros, bytes, comments);
            });
    return piece.list().ofMaxSize(30);
  }

  @Property(tries = 200)
  void holdsEveryByteTimeAndCommentAndRightChecksums(@ForAll("recordings") List<Piece> recording) {
    Capture capture = new Capture(write(recording), Pcapng.POSTGRES);

    for (Direction direction : Direction.values()) {
      ByteArrayOutputStream expected = new ByteArrayOutputStream();
      recording.stream()
          .filter(piece -> piece.direction == direction)
          .forEach(piece -> expected.writeBytes(piece.bytes));
      assertThat(capture.stream(direction)).isEqualTo(expected.toByteArray());
    }
    List<String> comments = new ArrayList<>();
    recording.forEach(piece -> comments.addAll(piece.comments));
    assertThat(capture.packets.stream().flatMap(packet -> packet.comments().stream()))
        .containsExactlyElementsOf(
            comments.stream().map(text -> new String(text.getBytes(UTF_8), UTF_8)).toList());
    long before = 0;
    long acknowledgedIn = 0;
    long acknowledgedOut = 0;
    for (Capture.Packet packet : capture.packets) {
      assertThat(packet.micros()).isGreaterThanOrEqualTo(before);
      before = packet.micros();
      // Nobody acknowledges what was not yet sent, or less than before.
      if (packet.direction() == Direction.in) {
        assertThat(packet.acknowledged()).isGreaterThanOrEqualTo(acknowledgedIn);
        acknowledgedIn = packet.acknowledged();
      } else {
        assertThat(packet.acknowledged()).isGreaterThanOrEqualTo(acknowledgedOut);
        acknowledgedOut = packet.acknowledged();
      }
    }
    assertThat(capture.packets.getFirst().flags()).isEqualTo(0x02);
    assertThat(capture.comments).containsExactly("a session");
  }

  @Test
  void aHoleStaysOneAndSequenceNumbersBeginAgainAfterFourGigabytes() {
    Pcapng capture = new Pcapng(OPENED, Pcapng.POSTGRES);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(capture.begin(List.of()));
    file.writeBytes(capture.packet(Direction.out, 700, 5, new byte[9], List.of()));
    file.writeBytes(capture.packet(Direction.out, (1L << 32) + 6, 9, new byte[1], List.of()));
    file.writeBytes(capture.packet(Direction.in, 0, 7, new byte[1], List.of()));
    List<Capture.Packet> packets = new Capture(file.toByteArray(), Pcapng.POSTGRES).packets;
    assertThat(packets.get(3).sequence()).isEqualTo(701);
    assertThat(packets.get(4).sequence()).isEqualTo(7);
    assertThat(packets.get(5).acknowledged()).isEqualTo(8);
    assertThat(packets.get(5).micros())
        .as("time does not go back")
        .isEqualTo(packets.get(4).micros());
    assertThat(packets.get(3).micros()).isEqualTo(OPENED.getEpochSecond() * 1_000_000 + 123 + 5);
  }

  @Test
  void aLongCommentIsCutBetweenCharacters() {
    Pcapng capture = new Pcapng(OPENED, 1);
    String comment = "x" + "é".repeat(Pcapng.LONGEST_COMMENT);
    assertThat(new Capture(capture.begin(List.of(comment)), 1).comments)
        .containsExactly("x" + "é".repeat(Pcapng.LONGEST_COMMENT / 2 - 1));
  }

  @Test
  void wiresharkReadsItAsPostgres(@TempDir Path directory) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/tshark")), "not run: needs Debian's tshark");
    List<Piece> recording =
        List.of(
            piece(Direction.out, message('R', new byte[4]), message('Z', new byte[] {'I'})),
            piece(Direction.in, message('Q', text("select name from people"))),
            piece(Direction.out, message('T', columns("name")), message('D', row("Ada"))),
            piece(Direction.out, message('D', row("x".repeat(65_000)))),
            piece(Direction.out, message('C', text("SELECT 2")), message('Z', new byte[] {'I'})),
            piece(Direction.in, message('X', new byte[0])));
    Path file = Files.write(directory.resolve("a.pcapng"), write(recording));

    String read =
        tshark(
            file,
            "-o",
            "tcp.check_checksum:TRUE",
            "-o",
            "ip.check_checksum:TRUE",
            "-T",
            "fields",
            "-E",
            "separator=|",
            "-e",
            "pgsql.query",
            "-e",
            "pgsql.col.name",
            "-e",
            "pgsql.tag",
            "-e",
            "frame.comment",
            "-e",
            "tcp.checksum.status",
            "-e",
            "ip.checksum.status",
            "-e",
            "tcp.analysis.flags");
    List<String> lines = read.lines().toList();
    assertThat(lines).hasSize(3 + 6 + 3);
    // 1 is good; nothing in the last column: no retransmission, no lost segment, no full window.
    assertThat(lines).allMatch(line -> line.endsWith("|1|1|"));
    assertThat(lines.get(4)).startsWith("select name from people||").contains("|event 1|");
    assertThat(lines).anyMatch(line -> line.startsWith("|name|"));
    assertThat(lines).anyMatch(line -> line.startsWith("||SELECT 2|"));
    assertThat(tshark(file, "-Y", "pgsql", "-T", "fields", "-e", "frame.number").lines())
        .hasSizeGreaterThanOrEqualTo(5);
    ByteArrayOutputStream in = new ByteArrayOutputStream();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    tshark(file, "-q", "-z", "follow,tcp,raw,0")
        .lines()
        .filter(line -> line.matches("\\t?([0-9a-f]{2})+"))
        .forEach(line ->
            (line.startsWith("\t") ? out : in).writeBytes(HexFormat.of().parseHex(line.strip())));
    assertThat(in.toByteArray()).isEqualTo(joined(recording, Direction.in));
    assertThat(out.toByteArray()).isEqualTo(joined(recording, Direction.out));
  }

  private static byte[] write(List<Piece> recording) {
    Pcapng capture = new Pcapng(OPENED, Pcapng.POSTGRES);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(capture.begin(List.of("a session")));
    long in = 0;
    long out = 0;
    for (Piece piece : recording) {
      boolean inwards = piece.direction == Direction.in;
      file.writeBytes(
          capture.packet(
              piece.direction, inwards ? in : out, piece.micros, piece.bytes, piece.comments));
      in += inwards ? piece.bytes.length : 0;
      out += inwards ? 0 : piece.bytes.length;
    }
    file.writeBytes(capture.end(9_000_000, List.of()));
    return file.toByteArray();
  }

  private static byte[] joined(List<Piece> recording, Direction direction) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    recording.stream()
        .filter(piece -> piece.direction == direction)
        .forEach(piece -> all.writeBytes(piece.bytes));
    return all.toByteArray();
  }

  private static Piece piece(Direction direction, byte[]... messages) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] message : messages) {
      all.writeBytes(message);
    }
    return new Piece(direction, 0, all.toByteArray(), List.of("event 1"));
  }

  private static byte[] message(char type, byte[] body) {
    return ByteBuffer.allocate(5 + body.length)
        .put((byte) type)
        .putInt(4 + body.length)
        .put(body)
        .array();
  }

  private static byte[] text(String text) {
    return (text + "\0").getBytes(UTF_8);
  }

  private static byte[] columns(String name) {
    byte[] text = text(name);
    return ByteBuffer.allocate(2 + text.length + 18)
        .putShort((short) 1)
        .put(text)
        .putInt(0)
        .putShort((short) 0)
        .putInt(25)
        .putShort((short) -1)
        .putInt(-1)
        .putShort((short) 0)
        .array();
  }

  private static byte[] row(String value) {
    byte[] bytes = value.getBytes(UTF_8);
    return ByteBuffer.allocate(6 + bytes.length)
        .putShort((short) 1)
        .putInt(bytes.length)
        .put(bytes)
        .array();
  }

  private static String tshark(Path file, String... arguments) throws Exception {
    List<String> line = new ArrayList<>(List.of("tshark", "-r", file.toString()));
    line.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("LC_ALL", "C.UTF-8");
    Path err = file.resolveSibling("err");
    Process process = builder.redirectError(err.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(err)).isZero();
    return out;
  }
}
