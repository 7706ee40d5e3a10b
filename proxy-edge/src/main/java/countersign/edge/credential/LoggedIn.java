package countersign.edge.credential;

import countersign.wire.postgres.FrameReader;
import io.netty.channel.Channel;
import java.util.Map;

/**
 * A connection to a target that is ready for its first operation.
 *
 * @param channel the connection, reading off
 * @param reader what cuts its bytes into messages; may hold bytes already
 * @param settings what the target reported of its settings, in order
 * @param processId for cancel requests
 * @param key for cancel requests
 */
public record LoggedIn(
    Channel channel, FrameReader reader, Map<String, String> settings, int processId, byte[] key) {
  @Override
  public String toString() {
    return "LoggedIn[processId=" + processId + "]";
  }
}
