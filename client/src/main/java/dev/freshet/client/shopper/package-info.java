/** Generated traffic: a simulated shop, its shoppers, recordings of them, and live statistics. */
package dev.freshet.client.shopper;
