/** Training examples as data: kept for training on disk, and written as tables for other tools. */
package dev.freshet.local.examples;
