package countersign.app.start;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What {@code countersign start} was asked for.
 *
 * @param config the YAML file
 * @param role {@code all}, {@code edge} or {@code control}
 * @param data directory of keys, certificates and the embedded store; null for {@code
 *     ~/.countersign/data}
 */
public record StartOptions(Path config, String role, @Nullable Path data) {}
