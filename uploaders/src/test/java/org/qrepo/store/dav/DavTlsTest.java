package org.qrepo.store.dav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.store.TargetException;
import org.qrepo.store.http.TlsFiles;

/** Whom we trust, and who we are, in TLS: with certificates that openssl made. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DavTlsTest {
  private static final String SECRET = "four words of passphrase";

  @TempDir static Path dir;
  private static Certificates own;
  private static Certificates other;

  @BeforeAll
  static void makeCertificates() throws Exception {
    own = Certificates.in(dir.resolve("own"));
    other = Certificates.in(dir.resolve("other"));
    own.server("server");
    own.sign("expired", "DNS:localhost", -1);
    own.sign("elsewhere", "DNS:elsewhere.example.org", 30);
    own.sign("you", "DNS:you", 30);
    other.sign("stranger", "DNS:you", 30);
    own.openssl(
        "pkcs8", "-topk8", "-in", "you.key", "-out", "you.locked", "-passout", "pass:" + SECRET);
    own.openssl(
        "pkcs12",
        "-export",
        "-in",
        "you.pem",
        "-inkey",
        "you.key",
        "-out",
        "you.p12",
        "-passout",
        "pass:" + SECRET);
    own.openssl("ec", "-in", "you.key", "-out", "you.old");
  }

  @ParameterizedTest
  @CsvSource({
    "expired, own, has expired",
    "elsewhere, own, is for another host name",
    "server, other, nobody whom this machine trusts",
    "server, java, nobody whom this machine trusts"
  })
  void serverThatCannotBeTrustedIsRefused(String certificate, String trust, String words)
      throws IOException {
    Optional<Path> authority =
        switch (trust) {
          case "own" -> Optional.of(own.authority());
          case "other" -> Optional.of(other.authority());
          default -> Optional.empty();
        };
    try (FakeServer server = serve(certificate, false);
        Store store = open(server, files(authority, Optional.empty(), Optional.empty()))) {
      StoreException e = catchThrowableOfType(StoreException.class, () -> look(store));
      assertThat(e.kind()).isEqualTo(Kind.PERMANENT);
      assertThat(e).hasMessageContaining(words);
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void serverThatIsTrustedWorks() throws IOException {
    try (FakeServer server = serve("server", false);
        Store store =
            open(server, files(Optional.of(own.authority()), Optional.empty(), Optional.empty()))) {
      look(store);
    }
  }

  @ParameterizedTest
  @CsvSource({"you.pem, you.key", "you.pem, you.locked", "you.p12, ''"})
  void ourCertificateIsShown(String certificate, String key) throws IOException {
    try (FakeServer server = serve("server", true);
        Store store = open(server, ours(own, certificate, key))) {
      look(store);
    }
  }

  @Test
  void keyAndCertificateInOneFile() throws IOException {
    Path both = dir.resolve("both.pem");
    Files.writeString(
        both, Files.readString(own.certificate("you")) + Files.readString(own.key("you")));
    try (FakeServer server = serve("server", true);
        Store store =
            open(
                server, files(Optional.of(own.authority()), Optional.of(both), Optional.empty()))) {
      look(store);
    }
  }

  @Test
  void certificateThatTheServerDoesNotTrustOrGetIsTold() throws IOException {
    try (FakeServer server = serve("server", true);
        Store none =
            open(server, files(Optional.of(own.authority()), Optional.empty(), Optional.empty()))) {
      StoreException e = catchThrowableOfType(StoreException.class, () -> look(none));
      assertThat(e).isNotNull();
      assertThat(server.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "you.pem, you.old, openssl pkcs8 -topk8",
    "you.pem, ca.pem, holds no private key",
    "you.csr, you.key, holds no certificate",
    "none.pem, you.key, cannot be read",
    "you.ext, '', neither PEM nor PKCS#12"
  })
  void filesThatCannotBeUsedAreTold(String certificate, String key, String words) {
    assertThatThrownBy(() -> ours(own, certificate, key).context())
        .isInstanceOf(TargetException.class)
        .hasMessageContaining(words)
        .hasMessageContaining(dir.toString());
  }

  @Test
  void wrongPassphraseIsTold() {
    for (String file : new String[] {"you.locked", "you.p12"}) {
      boolean pem = file.endsWith("locked");
      TlsFiles files =
          new TlsFiles(
              Optional.empty(),
              Optional.of(dir.resolve("own").resolve(pem ? "you.pem" : file)),
              pem ? Optional.of(dir.resolve("own").resolve(file)) : Optional.empty(),
              asked -> Optional.of("wrong".toCharArray()));
      assertThatThrownBy(files::context)
          .isInstanceOf(TargetException.class)
          .hasMessageContaining("passphrase");
    }
  }

  private static FakeServer serve(String certificate, boolean wants) throws IOException {
    TlsFiles files =
        files(
            Optional.of(own.authority()),
            Optional.of(own.certificate(certificate)),
            Optional.of(own.key(certificate)));
    return FakeServer.tls(files.context().orElseThrow(), wants);
  }

  private static TlsFiles ours(Certificates of, String certificate, String key) {
    Path folder = dir.resolve("own");
    return files(
        Optional.of(of.authority()),
        Optional.of(folder.resolve(certificate)),
        Optional.of(key).filter(name -> !name.isEmpty()).map(folder::resolve));
  }

  private static TlsFiles files(
      Optional<Path> authority, Optional<Path> certificate, Optional<Path> key) {
    return new TlsFiles(authority, certificate, key, file -> Optional.of(SECRET.toCharArray()));
  }

  private static Store open(FakeServer server, TlsFiles files) {
    DavSettings standard = DavSettings.standard();
    var web = standard.web().withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(3));
    return DavStore.open(
        server.url(), standard.withWeb(files.context().map(web::withTls).orElse(web)));
  }

  private static void look(Store store) throws IOException {
    assertThat(store.stat(new StoreKey("a"))).isEmpty();
  }
}
