package dev.freshet.embedded;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** 127.0.0.1, also where this JVM would prefer {@code ::1}: that is where the servers listen. */
final class Loopback {
  private Loopback() {}

  /**
   * @param port a port, or 0 for any that is free
   */
  static InetSocketAddress port(int port) {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("Four bytes are an address", e);
    }
  }
}
