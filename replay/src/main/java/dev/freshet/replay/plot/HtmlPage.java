package dev.freshet.replay.plot;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** One self-contained page: a title, a table of contents, sections. */
public final class HtmlPage {

  private static final String STYLE =
      """
      :root { color-scheme: light dark; --bg: #ffffff; --fg: #1c2127; --muted: #5a6470;
        --grid: #e4e8ed; --card: #f4f6f8; --c1: #1f6feb; --c2: #bc4c00; --c3: #1a7f37; --c4: #8250df;
        --c5: #bf3989; --c6: #6e7781; --mark: #7d4fc4; }
      @media (prefers-color-scheme: dark) { :root { --bg: #10151b; --fg: #e3e8ed;
        --muted: #9ba6b2; --grid: #2b343e; --card: #19212a; --c1: #6cb0ff; --c2: #ff9f5a;
        --c3: #56d364; --c4: #d2a8ff; --c5: #ff9bce; --c6: #adbac7; --mark: #c4a0ff; } }
      * { box-sizing: border-box; }
      body { margin: 0 auto; padding: 1.5rem 1.25rem 4rem; max-width: 58rem; background: var(--bg);
        color: var(--fg); font: 16px/1.5 system-ui, sans-serif; }
      h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
      h2 { font-size: 1.25rem; margin: 2.75rem 0 .5rem; padding-top: .75rem;
        border-top: 1px solid var(--grid); }
      h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
      p { margin: .4rem 0 .8rem; max-width: 48rem; }
      .lead, .legend, summary, nav { color: var(--muted); }
      nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; margin: 1rem 0;
        padding: 0; }
      a { color: var(--c1); }
      code { font-size: .9em; overflow-wrap: anywhere; }
      .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr));
        gap: .75rem; margin: 1rem 0; }
      .card { background: var(--card); border-radius: .5rem; padding: .75rem .9rem; }
      .card b { display: block; font-size: 1.55rem; line-height: 1.3;
        font-variant-numeric: tabular-nums; }
      .card span { display: block; color: var(--muted); font-size: .85rem; }
      .warning { border-left: 4px solid var(--c2); padding: .5rem .9rem; background: var(--card); }
      .scroll { overflow-x: auto; margin: .75rem 0; }
      table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
      th, td { padding: .28rem .8rem .28rem 0; text-align: right; vertical-align: top;
        border-bottom: 1px solid var(--grid); white-space: nowrap; }
      th { color: var(--muted); font-weight: 600; }
      .text { text-align: left; white-space: normal; overflow-wrap: anywhere; min-width: 6rem; }
      summary { cursor: pointer; font-size: .9rem; }
      figure { margin: .75rem 0; }
      .plot { overflow-x: auto; }
      svg { display: block; width: 100%; min-width: 34rem; height: auto; font-size: 12px; }
      svg text { fill: var(--muted); }
      svg .label { fill: var(--fg); }
      svg .note { fill: var(--fg); font-size: 11px; }
      .legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; font-size: .88rem; margin: 0; }
      .swatch { display: inline-block; width: .8rem; height: .8rem; border-radius: .15rem;
        margin-right: .4rem; vertical-align: -.05rem; }
      .c1 { --c: var(--c1); } .c2 { --c: var(--c2); } .c3 { --c: var(--c3); }
      .c4 { --c: var(--c4); } .c5 { --c: var(--c5); } .c6 { --c: var(--c6); }
      .swatch { background: var(--c); }
      .grid { stroke: var(--grid); } .axis { stroke: var(--muted); }
      .shade { fill: var(--muted); opacity: .1; }
      .mark { stroke: var(--mark); stroke-dasharray: 4 3; }
      .ideal { stroke: var(--muted); stroke-dasharray: 2 4; stroke-width: 1.5; }
      .line { fill: none; stroke-width: 2; stroke-linejoin: round; } .band { opacity: .2; }
      .line, .error { stroke: var(--c); } .error { stroke-width: 2; }
      .fill, .band { fill: var(--c); }
      .whisker { stroke: var(--fg); stroke-width: 1.5; }
      .spot { fill: transparent; } .spot:hover { fill: var(--c); }
      @media print { body { max-width: none; } .plot, .scroll { overflow: visible; } }
      """;

  private final String title;
  private final String lead;
  private final List<String> names = new ArrayList<>();
  private final List<Element> sections = new ArrayList<>();

  public HtmlPage(String title, String lead) {
    this.title = title;
    this.lead = lead;
  }

  /** Appends a section; returns it, to be filled. */
  public Element section(String name) {
    Element section =
        Element.of("section", Element.of("h2", name)).with("id", "s" + (names.size() + 1));
    names.add(name);
    sections.add(section);
    return section;
  }

  public static Element paragraph(Object... content) {
    return Element.of("p", content);
  }

  /** Writes the page. It appears under its name when it is whole; one of that name is replaced. */
  public void write(Path file) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      try (BufferedWriter out = Files.newBufferedWriter(part, StandardCharsets.UTF_8)) {
        write(out);
      }
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  public void write(Appendable out) throws IOException {
    out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    out.append("<meta name=\"color-scheme\" content=\"light dark\">\n");
    Element.of("title", title).write(out);
    out.append("\n<style>\n").append(STYLE).append("</style>\n</head>\n<body>\n");
    Element.of("header", Element.of("h1", title), paragraph(lead).with("class", "lead"), contents())
        .write(out);
    Element main = Element.of("main");
    for (Element section : sections) {
      main.text("\n").add(section);
    }
    main.text("\n").write(out);
    out.append("\n</body>\n</html>\n");
  }

  private Element contents() {
    Element list = Element.of("ul");
    for (int i = 0; i < names.size(); i++) {
      list.add(Element.of("li", Element.of("a", names.get(i)).with("href", "#s" + (i + 1))));
    }
    return Element.of("nav", list);
  }
}
