package dev.freshet.yaml;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a key that may have no value: {@code null}, {@code ~} or an empty value in the file, or an
 * empty environment variable, bind to {@code null}. Every other key needs a value. {@code Optional}
 * isn't used for this because sections are serializable and {@code Optional} isn't.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({
  ElementType.RECORD_COMPONENT,
  ElementType.FIELD,
  ElementType.METHOD,
  ElementType.PARAMETER
})
public @interface Nullable {}
