package countersign.app.observe;

import countersign.log.Integrity;
import countersign.port.MerkleLog;
import io.micrometer.core.instrument.MeterRegistry;

/** How the Merkle log stands, as metrics: counts only. */
public final class LogMetrics {
  private LogMetrics() {}

  /** Measures a log. */
  public static void register(MerkleLog log, MeterRegistry metrics) {
    metrics.gauge("countersign.log.problems", log, l -> l.integrity().problems().size());
    metrics.gauge("countersign.log.size", log, l -> l.integrity().size());
    metrics.gauge("countersign.log.signed", log, l -> l.integrity().signedSize());
    metrics.gauge("countersign.log.verified", log, l -> l.integrity().verified());
    metrics.gauge("countersign.log.witnesses.missing", log, LogMetrics::missing);
  }

  /** Witnesses that did not cosign the newest checkpoint they were shown. */
  private static long missing(MerkleLog log) {
    Integrity now = log.integrity();
    return now.witnesses().stream().filter(w -> !w.trouble().isEmpty()).count();
  }
}
