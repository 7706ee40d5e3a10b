package countersign.masking;

/**
 * A place in a value.
 *
 * @param from first byte, from the start of the value
 * @param to the byte after the last one
 */
public record Found(Detector detector, int from, int to) {}
