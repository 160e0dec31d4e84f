package dev.freshet.cli;

import dev.freshet.client.feature.ConsistencyReport;
import dev.freshet.client.feature.FeatureConsistency;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A consistency report for people. */
final class ConsistencyTable {

  private static final List<String> HEAD =
      List.of("entity", "feature", "equal", "differ", "missing", "extra", "largest difference");

  private ConsistencyTable() {}

  static void print(ConsistencyReport report, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "Stored features against %s, as of %s%n",
        report.record(),
        Instant.ofEpochMilli(report.asOf()));
    out.printf(
        Locale.ROOT,
        "%,d actions and %,d item updates; left out as the job does: %,d duplicates, %,d"
            + " refused%n%n",
        report.actions(),
        report.itemUpdates(),
        report.duplicates(),
        report.refused());
    TextTable table = new TextTable(HEAD, Set.of(2, 3, 4, 5));
    for (FeatureConsistency feature : report.features()) {
      table.add(
          List.of(
              feature.entity().key(),
              feature.feature(),
              count(feature.equal()),
              count(feature.differing()),
              count(feature.missing()),
              count(feature.extra()),
              difference(feature)));
      for (FeatureConsistency.Example example : feature.examples()) {
        table.addLine(
            "  e.g. %s: recomputed %s, stored %s"
                .formatted(
                    example.id(),
                    FeatureText.exactValue(example.recomputed()),
                    FeatureText.exactValue(example.stored())));
      }
    }
    table.print(out);
    out.println();
    if (report.newer() > 0) {
      out.printf(
          Locale.ROOT,
          "%,d entities were left out: they had events after the record was read.%n",
          report.newer());
    }
    if (report.isConsistent()) {
      out.printf(
          Locale.ROOT,
          "All %,d values of %,d entities are equal.%n",
          report.equal(),
          report.entities());
    } else {
      out.printf(
          Locale.ROOT,
          "%,d values of %,d entities are equal, %,d are not (missing: not in the store; extra:"
              + " only there).%n",
          report.equal(),
          report.entities(),
          report.unequal());
    }
    out.flush();
  }

  private static String count(long count) {
    return count == 0 ? "-" : String.format(Locale.ROOT, "%,d", count);
  }

  private static String difference(FeatureConsistency feature) {
    return feature.largestAbsolute() == 0
        ? ""
        : String.format(
            Locale.ROOT,
            "%.4g (%.2g%%)",
            feature.largestAbsolute(),
            100 * feature.largestRelative());
  }
}
