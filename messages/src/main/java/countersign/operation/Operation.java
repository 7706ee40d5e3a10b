package countersign.operation;

import countersign.identity.Principal;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An operation as the gate judges it.
 *
 * @param principal who asks, with the chain
 * @param target name of the target
 * @param database database at the target
 * @param role role at the target
 * @param text the exact text
 * @param bytes the exact bytes the target would get for it, bind values and formats included
 * @param binds bind values decoded for reading
 * @param effects what it does
 * @param facts what was read out of it
 * @param statedReason the caller's stated reason, empty for none
 */
public record Operation(
    Principal principal,
    String target,
    String database,
    String role,
    String text,
    byte[] bytes,
    List<@Nullable String> binds,
    Set<Effect> effects,
    Facts facts,
    String statedReason) {

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Operation that
        && principal.equals(that.principal)
        && target.equals(that.target)
        && database.equals(that.database)
        && role.equals(that.role)
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes) * 31 + target.hashCode();
  }
}
