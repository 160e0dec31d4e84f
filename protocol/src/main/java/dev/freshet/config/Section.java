package dev.freshet.config;

/**
 * A record of the configuration that knows which values are legal. Its types are checked before; it
 * is called with every value bound, a wrong one replaced by its default.
 */
interface Section {
  /** Reports every illegal value of this section. */
  void check(Check check);
}
