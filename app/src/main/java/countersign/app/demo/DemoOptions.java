package countersign.app.demo;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What {@code countersign demo} was asked for.
 *
 * @param data directory of everything the demo keeps; made when it is missing
 * @param portOffset added to every port, 0 to 10,000
 * @param fresh whether what the directory holds is thrown away first
 * @param config file with own targets and duties, added to the demo's; null for none
 * @param printConfig print the whole demo as a configuration for {@code start} and end
 */
public record DemoOptions(
    Path data, int portOffset, boolean fresh, @Nullable Path config, boolean printConfig) {}
