/**
 * The demo: everything in one process, with people, a target and an identity provider of its own.
 */
@NullMarked
package countersign.app.demo;

import org.jspecify.annotations.NullMarked;
