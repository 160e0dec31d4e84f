package dev.freshet.jobs.flow;

/** When an element is handled. */
public enum EventOrder {
  /** When the watermark has passed its event time: exact, {@code watermark.max-delay} later. */
  BY_WATERMARK,
  /** At once, with what is known: {@code watermark.max-delay} is 0 and the job runs live. */
  ON_ARRIVAL
}
