package countersign.edge.protocol.postgres;

import countersign.edge.mask.ColumnMask;
import countersign.edge.mask.MaskRules;
import countersign.masking.Found;
import countersign.masking.Method;
import countersign.wire.postgres.TextArray;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Masks one value: a text, or each element of an array of texts. What is neither has no place for a
 * token and becomes NULL, and so do JSON and rows: their keys and their structure are data too.
 * Confined to the event loop.
 */
final class MaskedValue {
  private final MaskRules rules;

  MaskedValue(MaskRules rules) {
    this.rules = rules;
  }

  /**
   * A value of a masked column.
   *
   * @return null for NULL
   */
  byte @Nullable [] whole(ColumnMask mask, int type, boolean binary, byte[] value) {
    if (FieldTypes.text(type)) {
      return whole(mask.method(), value);
    }
    Optional<TextArray> array =
        mask.elements() ? TextArray.read(type, binary, value) : Optional.empty();
    return array.isEmpty()
        ? null
        : array.get().each(element -> whole(mask.method(), element)).written(binary);
  }

  private byte @Nullable [] whole(Method method, byte[] text) {
    return rules.masked().instead(method, text, 0, text.length);
  }

  /**
   * What detectors find in a text is replaced.
   *
   * @return the very same array when they find nothing; null for NULL
   */
  byte @Nullable [] searched(byte[] text, String name, MaskedRow.Tally tally) {
    List<Found> found = rules.scan().find(text, text.length, name);
    if (found.isEmpty()) {
      return text;
    }
    Method strictest = Method.last4;
    for (Found one : found) {
      ColumnMask how = rules.found(one.detector());
      tally.masked(how, name, one.detector().name());
      strictest = strictest.stricter(how.method());
    }
    return strictest == Method.nothing
        ? null
        : rules.masked().instead(strictest, text, text.length, found);
  }

  /** The same in each element of an array of texts; NULL whole where one element would be. */
  byte @Nullable [] searched(
      int type, boolean binary, byte[] value, String name, MaskedRow.Tally tally) {
    Optional<TextArray> read = TextArray.read(type, binary, value);
    if (read.isEmpty()) {
      tally.masked(ColumnMask.DOUBT, name, "");
      return null;
    }
    TextArray array = read.get();
    TextArray shown = array.each(element -> searched(element, name, tally));
    if (shown.elements().equals(array.elements())) { // the very same ones
      return value;
    }
    return nulls(shown) == nulls(array) ? shown.written(binary) : null;
  }

  private static int nulls(TextArray array) {
    return Collections.frequency(array.elements(), null);
  }
}
