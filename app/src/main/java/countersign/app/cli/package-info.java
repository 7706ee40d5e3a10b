/**
 * The command line. Each command is a picocli class that speaks the REST API; data goes to stdout,
 * talk to stderr, nothing here starts Quarkus.
 */
@NullMarked
package countersign.app.cli;

import org.jspecify.annotations.NullMarked;
