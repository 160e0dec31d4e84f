package dev.freshet.cli;

import dev.freshet.model.ServingPlan;
import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a share of the users, such as 10% or 0.5%, as 1/10,000 of all. */
final class ShareConverter implements ITypeConverter<Integer> {

  private static final Pattern FORM = Pattern.compile("(\\d{1,3}(\\.\\d{1,2})?)%");

  @Override
  public Integer convert(String text) {
    Matcher matcher = FORM.matcher(text);
    int share =
        matcher.matches() ? new BigDecimal(matcher.group(1)).movePointRight(2).intValueExact() : 0;
    if (share < 1 || share > ServingPlan.WHOLE) {
      throw new TypeConversionException(
          "'" + text + "' is not a share: write 0.01% to 100%, such as 10% or 0.5%");
    }
    return share;
  }

  /** The same the other way. */
  static String write(int share) {
    return BigDecimal.valueOf(share, 2).stripTrailingZeros().toPlainString() + "%";
  }
}
