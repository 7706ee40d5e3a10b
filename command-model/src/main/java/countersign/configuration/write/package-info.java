/** What a configuration file changes becomes events. */
@NullMarked
package countersign.configuration.write;

import org.jspecify.annotations.NullMarked;
