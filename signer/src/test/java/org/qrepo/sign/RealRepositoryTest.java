package org.qrepo.sign;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.io.Digests;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.Verifier.Form;
import org.qrepo.publish.Verifier.Verdict;

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
  void everySignatureVerifies(@TempDir Path scratch) throws Exception {
    Path repository = repository();
    Keyring keyring = keyring(repository, scratch);
    Set<Fingerprint> allowed =
        keyring.certificates().stream().map(Certificate::fingerprint).collect(Collectors.toSet());
    KeyringVerifier verifier = new KeyringVerifier(keyring, allowed, InstantSource.system());
    List<Path> signed;
    try (Stream<Path> all = Files.list(repository)) {
      signed = all.filter(p -> Files.exists(signature(p))).sorted().toList();
    }
    assertThat(signed).hasSizeGreaterThan(10);
    for (Path file : signed) {
      byte[] signature = Files.readAllBytes(signature(file));
      Digests whole;
      Digests changed = new Digests(verifier.algorithms(signature));
      try (InputStream in = Files.newInputStream(file)) {
        whole = Digests.of(in, verifier.algorithms(signature));
      }
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 1;
      changed.update(bytes, 0, bytes.length);
      assertThat(verifier.verify(file.toString(), signature, whole, Form.BINARY))
          .isInstanceOf(Verdict.Good.class);
      Verdict other = verifier.verify(file.toString(), signature, changed, Form.BINARY);
      assertThat(other).isInstanceOf(Verdict.Bad.class);
      assertThat(((Verdict.Bad) other).finding().id()).isEqualTo("signature-bad");
    }
  }

  private static Path signature(Path file) {
    return file.resolveSibling(file.getFileName() + ".sig");
  }

  private static Keyring keyring(Path repository, Path scratch) throws IOException {
    Programs.need("bsdtar");
    try (Stream<Path> all = Files.list(repository)) {
      Path archive =
          all.filter(p -> p.getFileName().toString().matches("ctlos-keyring-.*\\.zst"))
              .findFirst()
              .orElseThrow();
      Programs.run("bsdtar", "-C", scratch.toString(), "-xf", archive.toString(), "usr").ok();
    }
    Path keys = scratch.resolve("usr/share/pacman/keyrings/ctlos.gpg");
    Keyring keyring = Keyring.read(keys);
    List<String> trusted =
        Arrays.stream(
                Files.readString(keys.resolveSibling("ctlos-trusted")).strip().split("\n", -1))
            .map(l -> l.split(":", -1)[0])
            .toList();
    assertThat(keyring.certificates().stream().map(c -> c.fingerprint().hex()).toList())
        .containsAll(trusted);
    return keyring;
  }
}
