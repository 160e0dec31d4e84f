package dev.freshet.features.type;

import dev.freshet.features.ByteReader;
import dev.freshet.features.ByteWriter;
import dev.freshet.features.FeatureEvent;
import dev.freshet.features.FeatureLayoutException;
import dev.freshet.features.ValueType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code given}: a value that another system computes and writes to the store as a whole. */
public final class GivenType implements FeatureType {
  private static final int MAX_LENGTH = 4_096;

  private static final Pattern SHAPE =
      Pattern.compile("(integer|number|text|texts)|numbers\\[([1-9][0-9]{0,3})]");

  @Override
  public String name() {
    return "given";
  }

  @Override
  public String description() {
    return "A value that a batch job or another team writes to the store.";
  }

  @Override
  public Aggregation configure(Parameters parameters) {
    String shape =
        parameters.requiredText(
            "shape", "Write integer, number, text, texts or numbers[N], as numbers[32].");
    Matcher matcher = SHAPE.matcher(shape);
    if (!matcher.matches()) {
      if (!shape.isEmpty()) {
        parameters.problem(
            "shape",
            "'" + shape + "' is no shape",
            "Write integer, number, text, texts or numbers[N], as numbers[32].");
      }
      return new Given(ValueType.DOUBLE, 1);
    }
    if (matcher.group(2) != null) {
      int length = Integer.parseInt(matcher.group(2));
      if (length > MAX_LENGTH) {
        parameters.problem(
            "shape", length + " numbers are too many", "Write at most numbers[" + MAX_LENGTH + "]");
      }
      return new Given(ValueType.NUMBERS, Math.min(length, MAX_LENGTH));
    }
    return new Given(
        switch (matcher.group(1).toLowerCase(Locale.ROOT)) {
          case "integer" -> ValueType.LONG;
          case "text" -> ValueType.TEXT;
          case "texts" -> ValueType.TEXTS;
          default -> ValueType.DOUBLE;
        },
        1);
  }

  /** Given values of a type; {@code length} numbers for {@link ValueType#NUMBERS}, otherwise 1. */
  public static Aggregation of(ValueType valueType, int length) {
    return new Given(valueType, length);
  }

  /** An accumulator whose value is set, not computed. */
  public interface Settable extends Accumulator {

    /**
     * Sets the value.
     *
     * @throws IllegalArgumentException if it isn't of the feature's type and length
     */
    void set(Object value);

    /**
     * How many bytes are written if all numbers are floats, which then lie there one after the
     * other as {@link ByteReader#floatAt} reads them; -1 if the value isn't one of numbers.
     */
    int floatBytes();
  }

  private record Given(ValueType valueType, int length) implements Aggregation {
    @Override
    public boolean takes(FeatureEvent event) {
      return false;
    }

    @Override
    public Accumulator newAccumulator() {
      return new Holder(this);
    }
  }

  private static final class Holder implements Settable {
    private final Given given;
    private final double[] numbers;
    private long integer;
    private Object other;
    private boolean empty = true;

    Holder(Given given) {
      this.given = given;
      numbers = new double[given.length];
    }

    @Override
    public void set(Object value) {
      boolean fits =
          switch (given.valueType) {
            case LONG -> value instanceof Long || value instanceof Integer;
            case DOUBLE -> value instanceof Number number && !Double.isNaN(number.doubleValue());
            case TEXT -> value instanceof String;
            case TEXTS -> value instanceof List<?> list && list.stream().allMatch(isText());
            case NUMBERS -> value instanceof double[] array && array.length == given.length;
            case WEIGHTS -> value instanceof Map<?, ?>;
          };
      if (!fits) {
        throw new IllegalArgumentException(
            (value instanceof double[] array ? array.length + " numbers" : value)
                + " is no "
                + given.valueType
                + (given.valueType == ValueType.NUMBERS ? " of " + given.length : ""));
      }
      empty = false;
      switch (given.valueType) {
        case LONG -> integer = ((Number) value).longValue();
        case DOUBLE -> numbers[0] = ((Number) value).doubleValue();
        case NUMBERS -> System.arraycopy((double[]) value, 0, numbers, 0, numbers.length);
        default -> other = value;
      }
    }

    private static Predicate<Object> isText() {
      return element -> element instanceof String;
    }

    @Override
    public void clear() {
      empty = true;
      other = null;
    }

    @Override
    public boolean isEmpty() {
      return empty;
    }

    @Override
    public void add(FeatureEvent event) {
      throw new IllegalStateException("A given value takes no events");
    }

    @Override
    public void merge(Accumulator from) {
      throw new IllegalStateException("Given values can't be merged");
    }

    /** Numbers that are floats take four bytes each, otherwise eight: the length says which. */
    @Override
    public void write(ByteWriter out) {
      switch (given.valueType) {
        case LONG -> out.writeSigned(integer);
        case DOUBLE, NUMBERS -> writeNumbers(out);
        case TEXT -> out.writeText((String) other);
        case TEXTS -> {
          List<?> texts = (List<?>) other;
          out.writeVarint(texts.size());
          for (Object text : texts) {
            out.writeText((String) text);
          }
        }
        case WEIGHTS -> {
          Map<?, ?> weights = (Map<?, ?>) other;
          out.writeVarint(weights.size());
          weights.forEach(
              (text, weight) -> {
                out.writeText((String) text);
                out.writeDouble((Double) weight);
              });
        }
      }
    }

    private void writeNumbers(ByteWriter out) {
      boolean floats = true;
      for (double number : numbers) {
        floats &= Double.compare((float) number, number) == 0;
      }
      for (double number : numbers) {
        if (floats) {
          out.writeInt(Float.floatToIntBits((float) number));
        } else {
          out.writeDouble(number);
        }
      }
    }

    @Override
    public void read(ByteReader in) {
      empty = false;
      switch (given.valueType) {
        case LONG -> integer = in.readSigned();
        case DOUBLE, NUMBERS -> readNumbers(in);
        case TEXT -> other = in.readText();
        case TEXTS -> {
          List<String> texts = new ArrayList<>();
          for (int left = in.readLength(); left > 0; left--) {
            texts.add(in.readText());
          }
          other = List.copyOf(texts);
        }
        case WEIGHTS -> {
          Map<String, Double> weights = new LinkedHashMap<>();
          for (int left = in.readLength(); left > 0; left--) {
            weights.put(in.readText(), in.readDouble());
          }
          other = Collections.unmodifiableMap(weights);
        }
      }
    }

    private void readNumbers(ByteReader in) {
      boolean floats = in.remaining() == numbers.length * Float.BYTES;
      if (!floats && in.remaining() != numbers.length * Double.BYTES) {
        throw new FeatureLayoutException(
            in.remaining() + " bytes for " + numbers.length + " numbers");
      }
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = floats ? Float.intBitsToFloat(in.readInt()) : in.readDouble();
      }
    }

    @Override
    public int floatBytes() {
      return given.valueType == ValueType.DOUBLE || given.valueType == ValueType.NUMBERS
          ? given.length * Float.BYTES
          : -1;
    }

    @Override
    public Object valueAt(long time) {
      if (empty) {
        return null;
      }
      return switch (given.valueType) {
        case LONG -> integer;
        case DOUBLE -> numbers[0];
        case NUMBERS -> numbers.clone();
        default -> other;
      };
    }

    @Override
    public double numberAt(long time) {
      if (empty) {
        return Double.NaN;
      }
      return switch (given.valueType) {
        case LONG -> integer;
        case DOUBLE -> numbers[0];
        default -> throw new UnsupportedOperationException(given.valueType + " is not a number");
      };
    }

    @Override
    public boolean numbersAt(long time, float[] to, int offset) {
      if (empty) {
        return false;
      }
      for (int i = 0; i < numbers.length; i++) {
        to[offset + i] = (float) numbers[i];
      }
      return true;
    }
  }
}
