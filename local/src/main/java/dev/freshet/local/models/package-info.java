/** What operators do with models: publish them, and say which of them serve from when. */
package dev.freshet.local.models;
