package dev.freshet.bench;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes results as JSON: six digits of each number, and null where there is none. */
final class BenchJson {

  private static final MathContext DIGITS = new MathContext(6);
  private static final ObjectWriter WRITER =
      new ObjectMapper()
          .registerModule(
              new SimpleModule()
                  .addSerializer(double.class, new Figure())
                  .addSerializer(Double.class, new Figure()))
          .writerWithDefaultPrettyPrinter();

  private BenchJson() {}

  private static final class Figure extends StdSerializer<Double> {
    private static final long serialVersionUID = 1;

    Figure() {
      super(Double.class);
    }

    @Override
    public void serialize(Double value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      if (Double.isFinite(value)) {
        out.writeNumber(new BigDecimal(value).round(DIGITS).stripTrailingZeros().toPlainString());
      } else {
        out.writeNull();
      }
    }
  }

  /** Writes a result; one of that name is replaced. */
  static void write(Path file, Object result) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    WRITER.writeValue(file.toFile(), result);
  }
}
