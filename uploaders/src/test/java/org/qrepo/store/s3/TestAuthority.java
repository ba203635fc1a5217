package org.qrepo.store.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.NullMarked;
import org.qrepo.store.Programs;

/** A private authority, which openssl makes, and the certificates that it gives to servers. */
@NullMarked
public final class TestAuthority {
  private static final char[] PASSWORD = "x".toCharArray();

  private final Path folder;

  private TestAuthority(Path folder) {
    this.folder = folder;
  }

  /** Makes one, with its files in a folder. */
  public static TestAuthority in(Path folder) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    TestAuthority authority = new TestAuthority(folder);
    authority.openssl(
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-subj",
        "/CN=An authority of tests",
        "-days",
        "30",
        "-keyout",
        authority.file("ca.key"),
        "-out",
        authority.file("ca.pem"));
    return authority;
  }

  /** Its own certificate, in PEM. */
  public Path certificate() {
    return folder.resolve("ca.pem");
  }

  /**
   * What a server needs.
   *
   * @param names as in {@code IP:127.0.0.1,DNS:localhost}
   * @param days for which its certificate is valid; less than 0: it has expired
   */
  public SSLContext server(String names, int days)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path extensions = Files.writeString(folder.resolve("names"), "subjectAltName=" + names + "\n");
    openssl(
        "req",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-subj",
        "/CN=A server of tests",
        "-keyout",
        file("server.key"),
        "-out",
        file("server.csr"));
    openssl(
        "x509",
        "-req",
        "-in",
        file("server.csr"),
        "-CA",
        file("ca.pem"),
        "-CAkey",
        file("ca.key"),
        "-CAcreateserial",
        "-days",
        String.valueOf(days),
        "-extfile",
        extensions.toString(),
        "-out",
        file("server.pem"));
    openssl(
        "pkcs12",
        "-export",
        "-in",
        file("server.pem"),
        "-inkey",
        file("server.key"),
        "-passout",
        "pass:x",
        "-out",
        file("server.p12"));
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve("server.p12"))) {
      store.load(in, PASSWORD);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private void openssl(String... arguments) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of(Programs.need("openssl")));
    words.addAll(List.of(arguments));
    Programs.Outcome made = Programs.run(words);
    assertThat(made.status()).as(made.output()).isZero();
  }
}
