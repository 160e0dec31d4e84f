/** How a job is told what to do when no configuration file is on its cluster. */
package dev.freshet.protocol.job;
