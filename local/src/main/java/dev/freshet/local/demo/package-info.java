/**
 * Generated traffic and what is shown of it: a simulated shop with its shoppers, recordings of
 * them, live statistics and the terminal panel of {@code freshet demo}.
 */
package dev.freshet.local.demo;
