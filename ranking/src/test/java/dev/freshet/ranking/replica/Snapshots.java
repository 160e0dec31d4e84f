package dev.freshet.ranking.replica;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** Structures of the replica as a snapshot contains them, for tests. */
public final class Snapshots {

  private Snapshots() {}

  public static byte[] written(SessionLog log, int items) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ReplicaFormat.writeSessions(new DataOutputStream(bytes), log, items);
    return bytes.toByteArray();
  }

  public static void read(byte[] bytes, SessionLog log, int items) throws IOException {
    ReplicaFormat.readSessions(input(bytes), log, items);
  }

  public static byte[] written(ItemVectors vectors, int items) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ReplicaFormat.writeVectors(new DataOutputStream(bytes), vectors, items);
    return bytes.toByteArray();
  }

  public static void read(byte[] bytes, ItemVectors vectors, int items) throws IOException {
    ReplicaFormat.readVectors(input(bytes), vectors, items);
  }

  private static DataInput input(byte[] bytes) {
    return new DataInputStream(new ByteArrayInputStream(bytes));
  }
}
