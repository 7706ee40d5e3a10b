package countersign.evidence.make;

import countersign.verifier.bundle.ReplayForm;
import countersign.wire.recording.Pcapng;
import countersign.wire.recording.SegmentCodec.Direction;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Recordings of PostgreSQL as captures for Wireshark, each event a comment of a packet. */
final class CaptureForm implements ReplayForm {
  @Override
  public String name() {
    return "wire.pcapng";
  }

  @Override
  public String mediaType() {
    return "application/x-pcapng";
  }

  @Override
  public Optional<Replay> begin(UUID session, String protocol, Instant opened) {
    if (!protocol.equals("postgres")) {
      return Optional.empty();
    }
    Pcapng capture = new Pcapng(opened, Pcapng.POSTGRES);
    return Optional.of(new Capture(session, capture));
  }

  private record Capture(UUID session, Pcapng capture) implements Replay {
    @Override
    public byte[] begin() {
      return capture.begin(
          List.of(
              "session " + session,
              "made from the events of this bundle, in plain text, after the log-in; addresses,"
                  + " ports and TCP itself are made up"));
    }

    @Override
    public byte[] bytes(
        boolean outwards, long offset, long micros, byte[] bytes, List<String> about) {
      return capture.packet(outwards ? Direction.out : Direction.in, offset, micros, bytes, about);
    }

    @Override
    public byte[] end(long micros, List<String> about) {
      return capture.end(micros, about);
    }
  }
}
