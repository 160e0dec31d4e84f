package dev.freshet.features.redis;

import java.io.Serializable;
import java.util.List;

/**
 * Whether and how connections are encrypted. Files are read where the connection is opened.
 *
 * @param enabled whether they are; without it all else must be empty
 * @param authorityFile the certificates (PEM) by which servers are trusted; empty: those that this
 *     Java trusts
 * @param certificateFile the client's own certificate: PEM beside a {@code keyFile}, or PKCS #12
 *     with the key in it; empty: none
 * @param keyFile the client's private key: PEM, PKCS #8, not encrypted; empty: none, or in the
 *     certificate's file
 * @param keyPassword the password of a PKCS #12 file, empty for none; never part of {@link
 *     #toString()}
 * @param verifyHost whether a server's certificate must be made out to the name or address by which
 *     it is reached. A cluster and the sentinels name servers by address, unless configured
 *     otherwise
 */
public record RedisTls(
    boolean enabled,
    String authorityFile,
    String certificateFile,
    String keyFile,
    String keyPassword,
    boolean verifyHost)
    implements Serializable {
  /** Connections in plain text. */
  public static final RedisTls OFF = new RedisTls(false, "", "", "", "", true);

  /** Encrypted; servers are trusted by the certificates that this Java trusts. */
  public static final RedisTls ON = new RedisTls(true, "", "", "", "", true);

  /** Returns a copy that trusts servers by the certificates in a file (PEM). */
  public RedisTls withAuthority(String file) {
    return new RedisTls(enabled, file, certificateFile, keyFile, keyPassword, verifyHost);
  }

  /** The same with a certificate of the client and its key, each in a file (PEM). */
  public RedisTls withCertificate(String newCertificateFile, String newKeyFile) {
    return new RedisTls(enabled, authorityFile, newCertificateFile, newKeyFile, "", verifyHost);
  }

  /** The same with a certificate of the client and its key in one file (PKCS #12). */
  public RedisTls withPkcs12(String file, String password) {
    return new RedisTls(enabled, authorityFile, file, "", password, verifyHost);
  }

  /** The same, and the certificate may be made out to any name. */
  public RedisTls withAnyHost() {
    return new RedisTls(enabled, authorityFile, certificateFile, keyFile, keyPassword, false);
  }

  void check(List<String> errors) {
    if (!enabled && !equals(OFF)) {
      errors.add("there are TLS settings but TLS is off");
    }
    if (!keyFile.isEmpty() && certificateFile.isEmpty()) {
      errors.add("there is a client's key but no certificate");
    }
    if (!keyFile.isEmpty() && !keyPassword.isEmpty()) {
      errors.add("there is a password for the client's key, which must not be encrypted in PEM");
    }
    if (!keyPassword.isEmpty() && certificateFile.isEmpty()) {
      errors.add("there is a password for a client's key but no certificate");
    }
  }

  @Override
  public String toString() {
    return enabled ? "TLS" : "plain text";
  }
}
