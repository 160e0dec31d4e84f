/** What every input has: decoded records, their watermarks, and dead letters. */
package dev.freshet.jobs.input;
