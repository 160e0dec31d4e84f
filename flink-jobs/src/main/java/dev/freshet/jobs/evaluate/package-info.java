/** How good lists are, by what users do next, while the job runs. */
package dev.freshet.jobs.evaluate;
