/** The control of models: publishes them, and says which of them serve from when. */
package dev.freshet.client.model;
