package countersign.edge.gate;

import countersign.identity.Principal;

/**
 * Who asks, and where.
 *
 * @param target name of the target
 * @param database database at the target
 * @param role role at the target
 * @param protocol {@code postgres}, …
 */
public record Caller(
    Principal principal, String target, String database, String role, String protocol) {}
