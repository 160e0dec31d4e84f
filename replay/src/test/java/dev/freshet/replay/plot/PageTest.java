package dev.freshet.replay.plot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.evaluation.Estimate;
import java.io.StringReader;
import java.util.List;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** What pages are made of. */
class PageTest {

  private static Document parsed(Element element) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(element.toString())));
  }

  @Property
  void whateverTextComesOutAsItWas(@ForAll String text) throws Exception {
    Document read = parsed(Element.of("p", text).with("title", text));
    // Control characters and lone surrogates are no text.
    if (text.chars()
        .noneMatch(c -> Character.isISOControl(c) || c >= 0xd800 && c < 0xe000 || c >= 0xfffe)) {
      assertThat(read.getDocumentElement().getTextContent()).isEqualTo(text);
      assertThat(read.getDocumentElement().getAttribute("title")).isEqualTo(text);
    }
  }

  @Test
  void textNeverBecomesMarkup() {
    String evil = "</td><script>alert('x')</script>\"\u0000";
    assertThat(new Table(Set.of(0), evil).row(evil).draw().toString())
        .doesNotContain("<script")
        .doesNotContain("\u0000")
        .contains("&lt;script&gt;alert(&#39;x&#39;)");
    assertThat(Element.of("a", "x").with("href", evil).toString()).doesNotContain("\"\"");
  }

  @Property
  void ticksAreWithinTheAxisAndTheAxisHoldsTheValues(
      @ForAll @DoubleRange(min = -1e6, max = 1e6) double one,
      @ForAll @DoubleRange(min = -1e6, max = 1e6) double other) {
    double low = Math.min(one, other);
    double high = Math.max(one, other);
    for (Axis axis : List.of(Axis.linear("", low, high), Axis.tight("", low, high))) {
      double slack = 1e-6 * (axis.high() - axis.low());
      assertThat(axis.low()).isLessThanOrEqualTo(low + slack);
      assertThat(axis.high()).isGreaterThanOrEqualTo(high - slack);
      assertThat(axis.ticks()).hasSizeLessThan(12);
      assertThat(axis.ticks())
          .allSatisfy(tick -> assertThat(tick).isBetween(axis.low() - slack, axis.high() + slack));
    }
  }

  @Property
  void logarithmicAxesHoldTheValues(
      @ForAll @Scale(6) @DoubleRange(min = 1e-6, max = 1e6) double one,
      @ForAll @Scale(6) @DoubleRange(min = 1e-6, max = 1e6) double other) {
    double low = Math.min(one, other);
    double high = Math.max(one, other);
    Axis axis = Axis.log("", low, high);
    assertThat(axis.low()).isLessThanOrEqualTo(low * 1.001).isPositive();
    assertThat(axis.high()).isGreaterThanOrEqualTo(high * 0.999).isGreaterThan(axis.low());
    assertThat(axis.ticks()).hasSizeBetween(2, 14);
    assertThat(axis.at(axis.low())).isZero();
    assertThat(axis.at(axis.high())).isEqualTo(1);
  }

  @Test
  void aLineIsWhereItsValuesAre() throws Exception {
    LinePlot plot =
        new LinePlot("a line", Axis.linear("x", 0, 10), Axis.linear("y", 0, 1))
            .line(
                "y",
                Plot.Colour.FIRST,
                List.of(
                    new LinePlot.Point(0, new Estimate(0, 0, 0.5), "first"),
                    new LinePlot.Point(10, new Estimate(1, 0.5, 1), "last")));
    Document svg = parsed(plot.draw());
    String line = attribute(svg, "polyline", "points");
    assertThat(line)
        .isEqualTo("%.1f,%.1f %.1f,%.1f".formatted(plot.x(0), plot.y(0), plot.x(1), plot.y(1)));
    assertThat(attribute(svg, "polygon", "points"))
        .isEqualTo(
            "%.1f,%.1f %.1f,%.1f %.1f,%.1f %.1f,%.1f"
                .formatted(
                    plot.x(0),
                    plot.y(0.5),
                    plot.x(1),
                    plot.y(1),
                    plot.x(1),
                    plot.y(0.5),
                    plot.x(0),
                    plot.y(0)));
  }

  @Test
  void aBarIsAsLongAsItsValueAlsoBelowZero() throws Exception {
    BarPlot plot =
        new BarPlot("bars", Axis.linear("x", -1, 1), List.of(Plot.Colour.FIRST), 2)
            .row("up", Estimate.withoutInterval(1))
            .row("down", Estimate.withoutInterval(-0.5));
    Document svg = parsed(plot.draw());
    double whole = plot.x(1) - plot.x(0);
    assertThat(Double.parseDouble(attribute(svg, "rect", "width"))).isEqualTo(whole / 2);
    assertThat(
            Double.parseDouble(
                svg.getElementsByTagName("rect")
                    .item(1)
                    .getAttributes()
                    .getNamedItem("width")
                    .getNodeValue()))
        .isEqualTo(whole / 4);
  }

  private static String attribute(Document document, String element, String name) {
    return document
        .getElementsByTagName(element)
        .item(0)
        .getAttributes()
        .getNamedItem(name)
        .getNodeValue();
  }

  @Test
  void numbersAreShort() {
    assertThat(
            List.of(
                Numbers.tick(0),
                Numbers.tick(0.05),
                Numbers.tick(15_000),
                Numbers.tick(2_500_000),
                Numbers.tick(100),
                Numbers.tick(-0.02)))
        .containsExactly("0", "0.05", "15k", "2.5M", "100", "-0.02");
    assertThat(Numbers.share(Double.NaN)).isEqualTo(Numbers.UNKNOWN);
    assertThat(Numbers.withInterval(new Estimate(0.5, 0.25, 0.75)))
        .isEqualTo("0.5000 [0.2500, 0.7500]");
    assertThat(Numbers.probability(1e-9)).isEqualTo("< 0.0001");
  }
}
