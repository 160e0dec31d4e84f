/** Serving: turns a request into scored lists with the models that a plan names. */
package dev.freshet.ranking.serving;
