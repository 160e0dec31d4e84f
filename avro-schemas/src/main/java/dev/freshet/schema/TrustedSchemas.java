package dev.freshet.schema;

import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;
import org.apache.avro.util.ClassSecurityValidator.ClassSecurityPredicate;

/**
 * Tells Avro that Freshet's own records may be made from a schema. Since 1.12.2 Avro refuses every
 * class that nobody vouches for, once for the whole JVM, so whoever reads or writes them calls
 * {@link #register} first. What others vouch for stays as it is.
 */
public final class TrustedSchemas {

  private static final String PACKAGE = TrustedSchemas.class.getPackageName();

  static {
    ClassSecurityPredicate others = ClassSecurityValidator.getGlobal();
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(others, type -> PACKAGE.equals(type.getPackageName())));
  }

  private TrustedSchemas() {}

  /** A reader of one of Freshet's records, as its class says. */
  public static <R extends SpecificRecord> SpecificDatumReader<R> reader(Class<R> type) {
    return new SpecificDatumReader<>(type);
  }

  /** Makes sure that the classes are registered. */
  public static void register() {
    // Loading the class does it, once.
  }
}
