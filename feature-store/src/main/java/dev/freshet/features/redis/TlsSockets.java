package dev.freshet.features.redis;

import dev.freshet.features.FeatureStoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** What {@link RedisTls} means to Java: sockets with certificates from PEM and PKCS #12 files. */
final class TlsSockets {
  private static final Pattern PEM_KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----(.+?)-----END PRIVATE KEY-----", Pattern.DOTALL);

  private static final List<String> KEY_ALGORITHMS = List.of("EC", "RSA", "EdDSA");

  private final SSLContext context;
  private final boolean verifyHost;

  private TlsSockets(SSLContext context, boolean verifyHost) {
    this.context = context;
    this.verifyHost = verifyHost;
  }

  /**
   * Reads the files.
   *
   * @throws FeatureStoreException if one can't be read, with its path and what to do
   */
  static TlsSockets of(RedisTls tls) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(tls), trust(tls), null);
      return new TlsSockets(context, tls.verifyHost());
    } catch (GeneralSecurityException e) {
      throw new FeatureStoreException(
          "TLS to Redis cannot be set up: " + e.getMessage() + ": check the certificates' files",
          e);
    }
  }

  SSLSocketFactory factory() {
    return context.getSocketFactory();
  }

  SSLParameters parameters() {
    SSLParameters parameters = context.getDefaultSSLParameters();
    parameters.setEndpointIdentificationAlgorithm(verifyHost ? "HTTPS" : null);
    return parameters;
  }

  /** Null, which means this Java's own to an SSLContext, without a file. */
  private static TrustManager[] trust(RedisTls tls) throws GeneralSecurityException {
    if (tls.authorityFile().isEmpty()) {
      return null;
    }
    KeyStore trusted = emptyStore();
    int i = 0;
    for (Certificate certificate : certificates(tls.authorityFile())) {
      trusted.setCertificateEntry("authority-" + i++, certificate);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    return factory.getTrustManagers();
  }

  private static KeyManager[] keys(RedisTls tls) throws GeneralSecurityException {
    if (tls.certificateFile().isEmpty()) {
      return new KeyManager[0];
    }
    char[] password = tls.keyPassword().toCharArray();
    KeyStore own = tls.keyFile().isEmpty() ? pkcs12(tls.certificateFile(), password) : pem(tls);
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(own, password);
    return factory.getKeyManagers();
  }

  private static KeyStore pkcs12(String file, char[] password) throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      store.load(in, password);
      return store;
    } catch (IOException e) {
      throw unreadable(
          file, "a PKCS #12 file under the given password (a PEM file needs one for its key)", e);
    }
  }

  private static KeyStore pem(RedisTls tls) throws GeneralSecurityException {
    KeyStore store = emptyStore();
    store.setKeyEntry(
        "client",
        key(tls.keyFile()),
        new char[0],
        certificates(tls.certificateFile()).toArray(Certificate[]::new));
    return store;
  }

  private static KeyStore emptyStore() throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try {
      store.load(null, null);
    } catch (IOException e) {
      throw new IllegalStateException("An empty store is read from nowhere", e);
    }
    return store;
  }

  private static Collection<? extends Certificate> certificates(String file)
      throws CertificateException {
    String expected = "a file of certificates (PEM)";
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      Collection<? extends Certificate> certificates = factory.generateCertificates(in);
      if (certificates.isEmpty()) {
        throw unreadable(file, expected, null);
      }
      return certificates;
    } catch (IOException | CertificateException e) {
      throw unreadable(file, expected, e);
    }
  }

  private static PrivateKey key(String file) throws GeneralSecurityException {
    String expected =
        "a file of a private key (PEM, PKCS #8, not encrypted): make one by openssl pkcs8 -topk8"
            + " -nocrypt";
    try {
      Matcher key = PEM_KEY.matcher(Files.readString(Path.of(file), StandardCharsets.ISO_8859_1));
      if (!key.find()) {
        throw unreadable(file, expected, null);
      }
      byte[] der = Base64.getMimeDecoder().decode(key.group(1));
      for (String algorithm : KEY_ALGORITHMS) {
        try {
          return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (InvalidKeySpecException ofAnotherKind) {
          // The next one.
        }
      }
      throw unreadable(file, expected, null);
    } catch (IOException e) {
      throw unreadable(file, expected, e);
    }
  }

  private static FeatureStoreException unreadable(String file, String expected, Exception e) {
    String reason =
        e instanceof NoSuchFileException
            ? "does not exist; it must be "
            : (e == null ? "" : "cannot be read (" + e.getMessage() + "); it ") + "must be ";
    return new FeatureStoreException("The TLS file " + file + " " + reason + expected, e);
  }
}
