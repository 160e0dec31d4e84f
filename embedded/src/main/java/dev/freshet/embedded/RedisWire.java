package dev.freshet.embedded;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Single commands to a Redis of this machine in Redis' own protocol, each on a new connection. */
final class RedisWire {
  private static final int TIMEOUT_MILLIS = 1000;

  private RedisWire() {}

  /** Whether a server answers on the port; one that wants a password does. */
  static boolean answersPing(int port) {
    try {
      String answer = ask(port, "PING");
      return answer.equals("+PONG") || answer.startsWith("-NOAUTH");
    } catch (IOException notYet) {
      return false;
    }
  }

  /**
   * Sends a command and returns its answer as text, the elements of a list in lines.
   *
   * @throws IOException if there is no answer, or it is an error
   */
  static String command(int port, String... words) throws IOException {
    String answer = ask(port, words);
    if (answer.startsWith("-")) {
      throw new IOException(
          "Redis at 127.0.0.1:" + port + " refuses " + words[0] + ": " + answer.substring(1));
    }
    return answer;
  }

  private static String ask(int port, String... words) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(Loopback.port(port), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      ByteArrayOutputStream request = new ByteArrayOutputStream();
      request.writeBytes(ascii("*" + words.length + "\r\n"));
      for (String word : words) {
        byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
        request.writeBytes(ascii("$" + bytes.length + "\r\n"));
        request.writeBytes(bytes);
        request.writeBytes(ascii("\r\n"));
      }
      socket.getOutputStream().write(request.toByteArray());
      return answer(new BufferedInputStream(socket.getInputStream()));
    }
  }

  private static String answer(InputStream in) throws IOException {
    String line = line(in);
    if (line.startsWith("$") && !line.equals("$-1")) {
      byte[] bytes = in.readNBytes(Integer.parseInt(line.substring(1)));
      line(in);
      return new String(bytes, StandardCharsets.UTF_8);
    }
    if (line.startsWith("*") && !line.equals("*-1")) {
      StringBuilder elements = new StringBuilder();
      for (int left = Integer.parseInt(line.substring(1)); left > 0; left--) {
        elements.append(answer(in)).append('\n');
      }
      return elements.toString();
    }
    return line;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c == -1) {
        throw new EOFException("Redis closed the connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
