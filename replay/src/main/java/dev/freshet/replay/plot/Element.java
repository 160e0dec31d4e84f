package dev.freshet.replay.plot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An element of HTML or SVG. All text of a page goes through one, so what it holds can't become
 * markup.
 */
public final class Element {
  private final String name;
  private final Map<String, String> attributes = new LinkedHashMap<>();

  /** Elements and texts. */
  private final List<Object> content = new ArrayList<>();

  private Element(String name) {
    this.name = name;
  }

  public static Element of(String name, Object... content) {
    Element element = new Element(name);
    for (Object each : content) {
      element.append(each);
    }
    return element;
  }

  private void append(Object each) {
    content.add(each instanceof Element ? each : String.valueOf(each));
  }

  /** Appends text. */
  Element text(String text) {
    content.add(text);
    return this;
  }

  /** Appends elements. */
  public Element add(Element... elements) {
    content.addAll(List.of(elements));
    return this;
  }

  public Element with(String attribute, String value) {
    attributes.put(attribute, value);
    return this;
  }

  /** A coordinate: two digits behind the point are enough to draw. */
  public Element with(String attribute, double value) {
    String text = String.format(Locale.ROOT, "%.2f", value);
    attributes.put(attribute, text.replaceFirst("\\.?0+$", ""));
    return this;
  }

  void write(Appendable out) throws IOException {
    out.append('<').append(name);
    for (Map.Entry<String, String> attribute : attributes.entrySet()) {
      out.append(' ').append(attribute.getKey()).append("=\"");
      escape(attribute.getValue(), out);
      out.append('"');
    }
    out.append('>');
    for (Object each : content) {
      if (each instanceof Element element) {
        element.write(out);
      } else {
        escape((String) each, out);
      }
    }
    out.append("</").append(name).append('>');
  }

  /** What HTML can't hold, such as control characters, becomes U+FFFD. */
  private static void escape(String text, Appendable out) throws IOException {
    for (int at = 0; at < text.length(); at++) {
      char next = text.charAt(at);
      switch (next) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> {
          boolean illegal =
              next < 0x20 && next != '\n' && next != '\t' || next >= 0x7f && next < 0xa0;
          out.append(illegal ? '\ufffd' : next);
        }
      }
    }
  }

  /** The markup. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    try {
      write(text);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written", e);
    }
    return text.toString();
  }
}
