/** The YAML file: read whole or refused with the line of every mistake. */
@NullMarked
package countersign.deciding.configuration;

import org.jspecify.annotations.NullMarked;
