package countersign.event;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a record component of an {@link Event} that is stored unencrypted. Only opaque ids, counts,
 * times and kinds may be clear: never a name, a text or a byte that a person or a target produced.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Clear {}
