package org.qrepo.sign.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.SigningException;
import org.qrepo.sign.Gnupg;

class CertificateExportTest {
  private static Gnupg gnupg;
  private static Fingerprint key;
  private static Fingerprint subkey;
  private static Fingerprint other;
  private static Path gpg;

  @TempDir private Path directory;

  @BeforeAll
  static void open() {
    gnupg = Gnupg.inTemporaryHome();
    key = gnupg.generate("Mine <m@example.org>", "ed25519", "cert,sign", "never", "");
    subkey = gnupg.addSubkey(key, "ed25519", "sign", "never", "");
    other = gnupg.generate("Other <o@example.org>", "ed25519", "cert,sign", "never", "");
    gpg = ProgramFile.find("gpg", System.getenv("PATH")).orElseThrow();
  }

  @AfterAll
  static void close() {
    gnupg.close();
  }

  private static CertificateExport of(Backend backend) {
    return new CertificateExport(
        backend,
        new ProgramSettings(
            Map.of("PATH", System.getenv("PATH")),
            Duration.ofSeconds(20),
            Notices.NONE,
            InstantSource.system()));
  }

  @Test
  void theWantedCertificateIsFetched() {
    CertificateExport export = of(new GpgBackend(gpg, Optional.of(gnupg.home())));
    assertThat(export.fetch(key).orElseThrow().fingerprint()).isEqualTo(key);
    assertThat(export.fetch(subkey).orElseThrow().fingerprint()).isEqualTo(key);
    assertThat(of(new QubesGpgSignBackend(gpg, QubeName.DEFAULT)).fetch(key)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "certificate-missing,exit 0",
    "certificate-unexpected,$GPG --export OTHER",
    "certificate-unreadable,echo hello",
    "certificate-unreadable,$GPG --export KEY | head -c 40",
    "signing-output-too-long,head -c 5000000 /dev/zero",
    "signing-program-failed,$GPG --export KEY; exit 1"
  })
  void anythingElseIsRefused(String id, String line) {
    Path script =
        Script.in(
            directory,
            "fake",
            "GPG='" + gpg + " --homedir " + gnupg.home() + " --batch'",
            line.replace("KEY", key.hex()).replace("OTHER", other.hex()));
    CertificateExport export = of(new GpgBackend(script, Optional.empty()));
    assertThatThrownBy(() -> export.fetch(key))
        .isInstanceOfSatisfying(
            SigningException.class, e -> assertThat(e.finding().orElseThrow().id()).isEqualTo(id));
  }
}
