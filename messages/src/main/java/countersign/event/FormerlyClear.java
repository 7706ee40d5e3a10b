package countersign.event;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a record component of an {@link Event} that was {@link Clear} in older versions and is
 * sealed since.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface FormerlyClear {
  /** The last version in which it was clear. */
  int until();
}
