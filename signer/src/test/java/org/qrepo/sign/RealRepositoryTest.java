package org.qrepo.sign;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signatures of a real publisher, against the keyring that it ships. */
class RealRepositoryTest {
  private static Path repository() {
    String named = System.getProperty("QREPO_REALREPO", System.getenv("QREPO_REALREPO"));
    Path root = Path.of("").toAbsolutePath();
    while (named == null && root != null) {
      Path sibling = root.resolveSibling("shared/realrepo");
      if (root.getParent() != null && Files.isDirectory(sibling)) {
        named = sibling.toString();
      }
      root = root.getParent();
    }
    Assumptions.assumeTrue(named != null, "no real repository: QREPO_REALREPO names none");
    return Path.of(named, "ctlos");
  }

  @Test
  void everySignatureVerifiesAndNoneOfAChangedFile(@TempDir Path scratch) throws Exception {
    Path repository = repository();
    FileVerifier verifier = new FileVerifier(verifier(repository, scratch));
    SignedFiles found = SignedFiles.in(repository);
    assertThat(found.files()).hasSizeGreaterThan(20);
    assertThat(found.orphans()).isNotEmpty();
    int changes = 0;
    for (Path file : found.files()) {
      FileReport report = verifier.verify(file);
      assertThat(report.signature()).as(file.toString()).isEmpty();
      assertThat(report.ok()).isTrue();
      byte[] bytes = Files.readAllBytes(file);
      for (int at : new int[] {0, bytes.length / 3, bytes.length - 1}) {
        assertThat(changed(verifier, file, bytes, at, scratch)).containsExactly("signature-bad");
        changes++;
      }
    }
    System.out.printf(
        "%d files of a real repository verify, none of %d copies with one byte changed%n",
        found.files().size(), changes);
  }

  private static List<String> changed(
      FileVerifier verifier, Path file, byte[] bytes, int at, Path scratch) throws IOException {
    byte[] other = bytes.clone();
    other[at] ^= 1;
    Path copy = Files.write(scratch.resolve(file.getFileName()), other);
    Files.copy(signature(file), signature(copy), StandardCopyOption.REPLACE_EXISTING);
    return verifier.verify(copy).signature().stream().map(f -> f.fault().id()).toList();
  }

  private static KeyringVerifier verifier(Path repository, Path scratch) throws IOException {
    TrustedCertificates trusted = TrustedCertificates.read(keyrings(repository, scratch));
    assertThat(trusted.trusted()).hasSize(2);
    return new KeyringVerifier(
        trusted.certificates(), trusted.trusted(), trusted.revoked(), InstantSource.system());
  }

  private static Path signature(Path file) {
    return file.resolveSibling(file.getFileName() + ".sig");
  }

  private static Path keyrings(Path repository, Path scratch) throws IOException {
    Programs.need("bsdtar");
    try (Stream<Path> all = Files.list(repository)) {
      Path archive =
          all.filter(p -> p.getFileName().toString().matches("ctlos-keyring-.*\\.zst"))
              .findFirst()
              .orElseThrow();
      Programs.run("bsdtar", "-C", scratch.toString(), "-xf", archive.toString(), "usr").ok();
    }
    return scratch.resolve("usr/share/pacman/keyrings");
  }
}
