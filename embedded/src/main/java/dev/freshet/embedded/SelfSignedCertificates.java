package dev.freshet.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Certificates for tests and demos, made on the spot by the {@code keytool} of the running Java: an
 * authority of their own, a server that is 127.0.0.1 and localhost, and a client. They are valid
 * for a week. All files go on {@link #close()}.
 */
public final class SelfSignedCertificates implements AutoCloseable {
  /** The password of {@link #clientPkcs12()}. */
  public static final String PKCS12_PASSWORD = "in-memory-only";

  private static final String AUTHORITY = "authority";
  private static final String SERVER = "server";
  private static final String CLIENT = "client";
  private static final int KEYTOOL_TIMEOUT_SECONDS = 60;

  private final TemporaryFolder folder;

  private SelfSignedCertificates(TemporaryFolder folder) {
    this.folder = folder;
  }

  /**
   * Makes all of them, which takes about 2 s.
   *
   * @param parent where their folder is created
   * @throws IOException if {@code keytool} is missing or fails, with what it printed; nothing is
   *     left behind
   */
  public static SelfSignedCertificates create(Path parent) throws IOException {
    SelfSignedCertificates certificates =
        new SelfSignedCertificates(TemporaryFolder.create(parent, "certificates-"));
    boolean created = false;
    try {
      certificates.generate();
      created = true;
      return certificates;
    } finally {
      if (!created) {
        certificates.close();
      }
    }
  }

  /** The authority's certificate (PEM), by which a client believes the server. */
  public Path authorityCertificate() {
    return file(AUTHORITY + ".crt");
  }

  /** The server's certificate (PEM), for the names 127.0.0.1 and localhost. */
  public Path serverCertificate() {
    return file(SERVER + ".crt");
  }

  /** The server's private key (PEM, PKCS #8, not encrypted). */
  public Path serverKey() {
    return file(SERVER + ".key");
  }

  /** A client's certificate (PEM). */
  public Path clientCertificate() {
    return file(CLIENT + ".crt");
  }

  /** The client's private key (PEM, PKCS #8, not encrypted). */
  public Path clientKey() {
    return file(CLIENT + ".key");
  }

  /** The client's certificate and key in one PKCS #12 file, under {@link #PKCS12_PASSWORD}. */
  public Path clientPkcs12() {
    return file(CLIENT + ".p12");
  }

  @Override
  public void close() {
    folder.close();
  }

  private Path file(String name) {
    return folder.path().resolve(name);
  }

  private void generate() throws IOException {
    Path all = file("all.p12");
    generatePair(all, AUTHORITY, "-ext", "bc:critical=ca:true");
    generatePair(all, SERVER, "-signer", AUTHORITY, "-ext", "san=ip:127.0.0.1,dns:localhost");
    generatePair(all, CLIENT, "-signer", AUTHORITY);
    char[] password = PKCS12_PASSWORD.toCharArray();
    try (InputStream in = Files.newInputStream(all)) {
      KeyStore pairs = KeyStore.getInstance("PKCS12");
      pairs.load(in, password);
      for (String name : List.of(AUTHORITY, SERVER, CLIENT)) {
        Files.writeString(
            file(name + ".crt"), pem("CERTIFICATE", pairs.getCertificate(name).getEncoded()));
      }
      for (String name : List.of(SERVER, CLIENT)) {
        Files.writeString(
            file(name + ".key"), pem("PRIVATE KEY", pairs.getKey(name, password).getEncoded()));
      }
      KeyStore client = KeyStore.getInstance("PKCS12");
      client.load(null, null);
      client.setKeyEntry(
          CLIENT, pairs.getKey(CLIENT, password), password, pairs.getCertificateChain(CLIENT));
      try (var out = Files.newOutputStream(clientPkcs12())) {
        client.store(out, password);
      }
    } catch (GeneralSecurityException e) {
      throw new IOException("This Java cannot read the certificates it made: " + e.getMessage(), e);
    }
    Files.delete(all);
  }

  private void generatePair(Path store, String name, String... options) throws IOException {
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    List<String> command = new ArrayList<>(List.of(keytool.toString(), "-genkeypair"));
    command.addAll(List.of("-alias", name, "-dname", "CN=Freshet " + name));
    command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "7"));
    command.addAll(List.of("-storetype", "PKCS12", "-keystore", store.toString()));
    command.addAll(List.of("-storepass", PKCS12_PASSWORD));
    command.addAll(List.of(options));
    Path output = file("keytool.log");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      if (!process.waitFor(KEYTOOL_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(
            keytool
                + " did not end within "
                + KEYTOOL_TIMEOUT_SECONDS
                + " s: is the machine busy?");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while " + keytool + " ran", e);
    } finally {
      process.destroyForcibly();
    }
    if (process.exitValue() != 0) {
      throw new IOException(
          keytool
              + " could not make the certificate of the "
              + name
              + ". It printed:\n"
              + Files.readString(output));
    }
    Files.delete(output);
  }

  private static String pem(String kind, byte[] der) {
    Base64.Encoder lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    return "-----BEGIN "
        + kind
        + "-----\n"
        + lines.encodeToString(der)
        + "\n-----END "
        + kind
        + "-----\n";
  }
}
