package countersign.wire.postgres;

/**
 * Bounds of a {@link FrameReader}. PostgreSQL's own: 10,000 B for startup and small messages,
 * 65,535 B for authentication, 1 GiB for the others (libpq/pqcomm.h, backend/libpq/auth.c).
 *
 * @param whole greatest length in bytes, its own four included, of a message that is held whole
 *     (Query, Parse, Bind …); longer ones are a {@link ProtocolViolation}
 * @param chunkFrom messages that may pass in chunks (DataRow, CopyData, errors, unknown ones) are
 *     handed out whole up to this length
 * @param runs whether DataRow and CopyData come as runs of many messages in one {@link Piece.Chunk}
 *     even when small: the fast way when nobody looks into rows
 */
public record Limits(int whole, int chunkFrom, boolean runs) {
  /** Longest startup message (MAX_STARTUP_PACKET_LENGTH). */
  public static final int STARTUP = 10_000;

  /** Longest message of the kinds that carry no data (PQ_SMALL_MESSAGE_LIMIT). */
  public static final int SMALL = 10_000;

  /** Longest authentication message (PG_MAX_AUTH_TOKEN_LENGTH). */
  public static final int AUTHENTICATION = 65_535;

  /** Longest message at all (PQ_LARGE_MESSAGE_LIMIT: MaxAllocSize - 1). */
  public static final int LARGE = 0x3fff_fffe;

  /** 64 MiB held whole, rows and copy data as runs: what an edge uses. */
  public static final Limits EDGE = new Limits(64 << 20, 64 << 10, true);

  /** Every row a frame of its own up to 1 MiB: what a replay uses. */
  public static final Limits REPLAY = new Limits(64 << 20, 1 << 20, false);

  public Limits {
    if (whole < SMALL || whole > LARGE) {
      throw new IllegalArgumentException(
          "whole: " + whole + " (expected: " + SMALL + " to " + LARGE + ")");
    }
    if (chunkFrom < SMALL || chunkFrom > whole) {
      throw new IllegalArgumentException(
          "chunkFrom: " + chunkFrom + " (expected: " + SMALL + " to " + whole + ")");
    }
  }
}
