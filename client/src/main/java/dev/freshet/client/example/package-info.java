/** Training examples as data: kept on disk for training, and exported as tables for other tools. */
package dev.freshet.client.example;
