/**
 * The configuration: one file, {@code freshet.yaml}, read and checked completely before anything
 * starts. {@link dev.freshet.config.FreshetConfig} declares every key with its default and its
 * legal values; {@code docs/configuration.md} lists them for a person.
 */
package dev.freshet.config;
