/** How sure a figure is that says how good a model's lists were. */
package dev.freshet.model.evaluate;
