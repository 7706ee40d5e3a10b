package countersign.evidence.make;

import countersign.log.LogKeeping;
import countersign.verifier.bundle.BundleLog;
import countersign.verifier.tree.Tile;
import java.io.IOException;
import java.util.Optional;

/** The log that this process keeps, as evidence is proven against it. */
public record KeptLog(LogKeeping log) implements LogAtHand {
  @Override
  public String vkey() {
    return log.vkey();
  }

  @Override
  public Optional<String> checkpoint() {
    return log.checkpoint();
  }

  @Override
  public boolean cosigned(String checkpoint) {
    return log.cosigned(checkpoint);
  }

  @Override
  public byte[] sign(byte[] statement) {
    return log.sign(statement);
  }

  @Override
  public Optional<BundleLog.Timestamp> stamp(String checkpoint) throws InterruptedException {
    return log.stamp(checkpoint);
  }

  @Override
  public Optional<String> policy() {
    return log.policy();
  }

  @Override
  public byte[] read(Tile tile) throws IOException {
    return log.tile(tile.level(), tile.index(), tile.width())
        .orElseThrow(() -> new IOException(tile.path() + ": not there"));
  }
}
