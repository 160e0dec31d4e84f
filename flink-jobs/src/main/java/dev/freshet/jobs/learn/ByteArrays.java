package dev.freshet.jobs.learn;

import java.nio.ByteBuffer;

/** Bytes as arrays. */
final class ByteArrays {

  private ByteArrays() {}

  /** What remains in a buffer, which stays as it is. */
  static byte[] of(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
