package org.qrepo.store;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** The authorities that a user trusts to tell who a server is, in place of those of this Java. */
public final class Authorities {
  private static final int MOST_BYTES = 8 << 20;

  private Authorities() {}

  /**
   * Reads them.
   *
   * @param file certificates in PEM, one or more, at most 8 MiB
   * @return what trusts them and nobody else
   * @throws TargetException if it cannot be read, or holds none
   */
  public static TrustManager[] read(Path file) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      if (Files.size(file) > MOST_BYTES) {
        throw new TargetException("ca-file " + file + " is too big to hold certificates");
      }
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (certificates.isEmpty()) {
        throw new TargetException("ca-file " + file + " holds no certificate in PEM");
      }
      return trusting(certificates);
    } catch (GeneralSecurityException e) {
      throw new TargetException("ca-file " + file + " holds no certificate in PEM");
    } catch (IOException e) {
      throw new TargetException("ca-file " + file + " cannot be read: " + e);
    }
  }

  private static TrustManager[] trusting(Collection<? extends Certificate> certificates)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int number = 0;
    for (Certificate certificate : certificates) {
      store.setCertificateEntry("authority-" + number++, certificate);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }
}
