/**
 * Plots and tables for report pages: one self-contained HTML file each, which needs no network and
 * no JavaScript.
 */
package dev.freshet.replay.plot;
