package countersign.edge.mask;

import countersign.masking.Detector;
import countersign.masking.Masked;
import countersign.masking.Method;
import countersign.masking.Scan;
import countersign.target.Target;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The masks of one target as a session applies them. Immutable but for the hash in it: one loop.
 */
public final class MaskRules {
  private final List<Target.Mask> masks;
  private final List<Columns.Rule> columns = new ArrayList<>();
  private final Map<Detector, ColumnMask> detect = new EnumMap<>(Detector.class);
  private final Scan scan;
  private final Masked masked;

  private MaskRules(Target target, Masked masked) {
    this.masks = target.protection().masks();
    this.masked = masked;
    for (int i = 0; i < masks.size(); i++) {
      Target.Mask mask = masks.get(i);
      ColumnMask how =
          new ColumnMask(
              target.name() + "/mask " + (i + 1), Method.of(mask.with()), mask.shownOnly());
      mask.columns().forEach(glob -> columns.add(new Columns.Rule(glob, how)));
      mask.detect()
          .forEach(word -> detect.merge(Detector.valueOf(word), how, ColumnMask::stricter));
    }
    this.scan = new Scan(detect.keySet());
  }

  /**
   * The masks of a target.
   *
   * @param key of the edge; hashes under it and the names of the duties are equal for equal values
   * @param duties names of the duties that the caller has here
   * @return null when nothing is masked there
   */
  public static @Nullable MaskRules of(Target target, byte[] key, Collection<String> duties) {
    return target.protection().masks().isEmpty()
        ? null
        : new MaskRules(target, new Masked(key(key, target.name(), duties)));
  }

  private static byte[] key(byte[] key, String target, Collection<String> duties) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update(target.getBytes(StandardCharsets.UTF_8));
      for (String duty : duties.stream().sorted().toList()) {
        mac.update((byte) 0);
        mac.update(duty.getBytes(StandardCharsets.UTF_8));
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256: (expected: in every JDK)", e);
    }
  }

  /** Whether a target's masks are still the ones these were made from. */
  public boolean still(Target target) {
    return target.protection().masks().equals(masks);
  }

  /** Rules over columns; empty when values are only looked through. */
  public List<Columns.Rule> columns() {
    return columns;
  }

  /** Whether values are looked through. */
  public boolean detects() {
    return !detect.isEmpty();
  }

  /** Whether a detector is wanted. */
  public boolean detects(Detector detector) {
    return detect.containsKey(detector);
  }

  /** What finds what is looked for. */
  public Scan scan() {
    return scan;
  }

  /** How what a detector found is masked. */
  public ColumnMask found(Detector detector) {
    return detect.getOrDefault(detector, ColumnMask.DOUBT);
  }

  /** What makes the tokens. */
  public Masked masked() {
    return masked;
  }
}
