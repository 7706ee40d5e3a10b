package countersign.masking;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Gathers what detectors find. */
final class Spans {
  private final List<Found> all = new ArrayList<>();

  void add(Detector detector, int from, int to) {
    all.add(new Found(detector, from, to));
  }

  /**
   * What was found, in order and without overlaps: of two that overlap one remains that covers
   * both, so nothing that anybody found stays visible.
   */
  List<Found> merged() {
    if (all.size() < 2) {
      return List.copyOf(all);
    }
    all.sort(
        Comparator.comparingInt(Found::from)
            .thenComparing(f -> -f.to())
            .thenComparing(Found::detector));
    List<Found> merged = new ArrayList<>();
    for (Found next : all) {
      Found last = merged.isEmpty() ? null : merged.getLast();
      if (last == null || next.from() >= last.to()) {
        merged.add(next);
      } else if (next.to() > last.to()) {
        merged.set(merged.size() - 1, new Found(last.detector(), last.from(), next.to()));
      }
    }
    return merged;
  }
}
