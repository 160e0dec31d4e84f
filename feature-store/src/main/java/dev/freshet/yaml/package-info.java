/**
 * What every YAML file of Freshet is read with: nodes that know their line, values with units, and
 * problems that are reported all at once, each with its place and its remedy.
 */
package dev.freshet.yaml;
