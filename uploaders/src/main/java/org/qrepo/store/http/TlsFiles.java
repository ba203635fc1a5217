package org.qrepo.store.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.qrepo.store.Authorities;
import org.qrepo.store.TargetException;

/**
 * Files that say whom to trust and who we are in TLS.
 *
 * @param authorities certificates in PEM, which then are the only ones that are trusted
 * @param certificate ours: PEM, or PKCS#12 with the key
 * @param key ours in PEM (PKCS#8), if it is not with the certificate
 * @param passphrase of the key; asked for once
 */
public record TlsFiles(
    Optional<Path> authorities,
    Optional<Path> certificate,
    Optional<Path> key,
    Passphrase passphrase) {
  private static final int LONGEST = 1 << 20;
  private static final char[] INNER = {};
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----([^-]*)-----END \\1-----");

  /** Asks for the passphrase of a key. */
  @FunctionalInterface
  public interface Passphrase {
    /** Knows none. */
    Passphrase NONE = file -> Optional.empty();

    /** Empty if there is none, or nobody to ask. The caller wipes it. */
    Optional<char[]> of(Path file);
  }

  /** What this Java trusts, and no certificate of ours. */
  public static TlsFiles none() {
    return new TlsFiles(Optional.empty(), Optional.empty(), Optional.empty(), Passphrase.NONE);
  }

  /**
   * What they say together; empty if they say nothing.
   *
   * @throws TargetException if one cannot be used
   */
  public Optional<SSLContext> context() {
    if (authorities.isEmpty() && certificate.isEmpty() && key.isEmpty()) {
      return Optional.empty();
    }
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(), trusted(), null);
      return Optional.of(context);
    } catch (GeneralSecurityException e) {
      throw new TargetException("TLS cannot be set up: " + e.getMessage());
    }
  }

  private TrustManager @Nullable [] trusted() {
    return authorities.isPresent() ? Authorities.read(authorities.get()) : null;
  }

  private KeyManager @Nullable [] keys() throws GeneralSecurityException {
    if (certificate.isEmpty()) {
      if (key.isPresent()) {
        throw new TargetException(key.get() + ": a key is of no use without its certificate");
      }
      return null;
    }
    Path file = certificate.get();
    byte[] bytes = bytes(file);
    return isPem(bytes) ? pem(file, bytes) : pkcs12(file, bytes);
  }

  private static boolean isPem(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1).contains("-----BEGIN ");
  }

  private KeyManager[] pkcs12(Path file, byte[] bytes) throws GeneralSecurityException {
    char[] secret = passphrase.of(file).orElse(INNER);
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(new java.io.ByteArrayInputStream(bytes), secret);
      return managers(store, secret);
    } catch (IOException e) {
      throw new TargetException(
          file + " is neither PEM nor PKCS#12, or its passphrase is another one");
    } finally {
      Arrays.fill(secret, '\0');
    }
  }

  private KeyManager[] pem(Path file, byte[] bytes) throws GeneralSecurityException {
    Certificate[] chain = certificates(file).toArray(new Certificate[0]);
    Path keyFile = key.orElse(file);
    byte[] keyBytes = key.isPresent() ? bytes(keyFile) : bytes;
    KeyStore store = empty();
    Key secret = privateKey(keyFile, keyBytes, chain[0].getPublicKey().getAlgorithm());
    store.setKeyEntry("own", secret, INNER, chain);
    return managers(store, INNER);
  }

  private PrivateKey privateKey(Path file, byte[] bytes, String algorithm) {
    Matcher pem = PEM.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
    if (!pem.find()) {
      throw new TargetException(file + " holds no private key; name its file");
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(pem.group(2));
      return switch (pem.group(1)) {
        case "PRIVATE KEY" ->
            KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
        case "ENCRYPTED PRIVATE KEY" ->
            KeyFactory.getInstance(algorithm).generatePrivate(decrypted(file, der));
        default ->
            throw new TargetException(
                file
                    + ": its key has an old form; make the new one: openssl pkcs8 -topk8 -in "
                    + file
                    + " -out NEW");
      };
    } catch (GeneralSecurityException | IllegalArgumentException | IOException e) {
      throw new TargetException(
          file
              + ": its key cannot be read, or does not belong to the certificate, or has another"
              + " passphrase");
    }
  }

  private PKCS8EncodedKeySpec decrypted(Path file, byte[] der)
      throws GeneralSecurityException, IOException {
    char[] secret =
        passphrase
            .of(file)
            .orElseThrow(
                () ->
                    new TargetException(
                        file + " has a passphrase, and there is nobody to ask for it"));
    try {
      EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(der);
      // The name of the scheme is among its parameters: PBES2 says too little.
      String scheme = String.valueOf(info.getAlgParameters());
      Cipher cipher = Cipher.getInstance(scheme);
      cipher.init(
          Cipher.DECRYPT_MODE,
          SecretKeyFactory.getInstance(scheme).generateSecret(new PBEKeySpec(secret)),
          info.getAlgParameters());
      return info.getKeySpec(cipher);
    } finally {
      Arrays.fill(secret, '\0');
    }
  }

  private static KeyManager[] managers(KeyStore store, char[] secret)
      throws GeneralSecurityException {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, secret);
    return factory.getKeyManagers();
  }

  private static KeyStore empty() throws GeneralSecurityException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, INNER);
      return store;
    } catch (IOException e) {
      throw new GeneralSecurityException("no store for keys can be made", e);
    }
  }

  private static Collection<? extends Certificate> certificates(Path file) {
    try (InputStream in = new java.io.ByteArrayInputStream(certificateText(bytes(file)))) {
      Collection<? extends Certificate> found =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (found.isEmpty()) {
        throw new TargetException(file + " holds no certificate");
      }
      return found;
    } catch (GeneralSecurityException | IOException e) {
      throw new TargetException(file + " holds no certificate that can be read");
    }
  }

  /** Without the keys that may stand between them. */
  private static byte[] certificateText(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    return PEM.matcher(text).replaceAll("").getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] bytes(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LONGEST + 1);
      if (bytes.length > LONGEST) {
        throw new TargetException(file + " is longer than 1 MiB, which no certificate is");
      }
      return bytes;
    } catch (IOException e) {
      throw new TargetException(file + " cannot be read: " + e.getMessage());
    }
  }
}
