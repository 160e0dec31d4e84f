package dev.freshet.features.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Accumulators as bytes, and back. */
final class Streams {
  interface Writer {
    void write(DataOutput out) throws IOException;
  }

  interface Reader {
    void read(DataInput in) throws IOException;
  }

  private Streams() {}

  static byte[] write(Writer writer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      writer.write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Reads, and checks that nothing was left unread. */
  static void read(byte[] bytes, Reader reader) throws IOException {
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    reader.read(new DataInputStream(in));
    assertThat(in.available()).isZero();
  }
}
