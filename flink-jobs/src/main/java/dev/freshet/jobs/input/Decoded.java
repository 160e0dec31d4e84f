package dev.freshet.jobs.input;

import dev.freshet.schema.DeadLetter;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * A record of a topic: what it says, or why it can't be used. Exactly one of the two is there.
 *
 * @param <T> what a good record becomes
 */
public class Decoded<T> {

  public T value;
  public DeadLetter deadLetter;

  public Decoded() {}

  public static <T> Decoded<T> good(T value) {
    Decoded<T> decoded = new Decoded<>();
    decoded.value = value;
    return decoded;
  }

  public static <T> Decoded<T> bad(DeadLetter deadLetter) {
    Decoded<T> decoded = new Decoded<>();
    decoded.deadLetter = deadLetter;
    return decoded;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // a class literal has no type argument
  public static <T> TypeInformation<Decoded<T>> typeOf(Class<T> type) {
    return (TypeInformation)
        Types.POJO(
            Decoded.class,
            Map.of(
                "value",
                TypeInformation.of(type),
                "deadLetter",
                TypeInformation.of(DeadLetter.class)));
  }
}
