package countersign.view;

/** Where one piece of a recording stands. */
public record SegmentView(
    String session,
    long number,
    long position,
    long inFrom,
    long inLength,
    long outFrom,
    long outLength,
    long fromMicros,
    long toMicros) {}
