package dev.freshet.yaml;

import java.io.Serializable;

/**
 * An amount of memory or of data. Written with a binary unit: {@code 512B}, {@code 64KiB}, {@code
 * 1MiB}, {@code 2GiB}.
 *
 * @param bytes at least 0
 */
public record ByteSize(long bytes) implements Serializable, Comparable<ByteSize> {
  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("A size can't be negative: " + bytes + " bytes.");
    }
  }

  @Override
  public int compareTo(ByteSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** In the largest unit that gives a whole number, as the configuration file takes it. */
  @Override
  public String toString() {
    int power = bytes == 0 ? 0 : Math.min(3, Long.numberOfTrailingZeros(bytes) / 10);
    return (bytes >> (10 * power)) + Scalars.BYTE_UNITS.get(power);
  }
}
