/**
 * Pages that tell of replays: one HTML file each, which needs no network and no JavaScript, with
 * plots as inline SVG and their figures as tables.
 *
 * <p>{@link dev.freshet.local.report.ReplayReport} and {@link
 * dev.freshet.local.report.ComparisonReport} say what is on the pages. The rest draws: everything
 * becomes an {@link dev.freshet.local.report.Element}, which is where text is escaped.
 */
package dev.freshet.local.report;
