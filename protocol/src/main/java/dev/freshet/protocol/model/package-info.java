/** The control topic: models, and the plans that say which of them serve from when. */
package dev.freshet.protocol.model;
