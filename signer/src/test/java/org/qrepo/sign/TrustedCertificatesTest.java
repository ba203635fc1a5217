package org.qrepo.sign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.RefusedException;
import org.qrepo.io.Digests;
import org.qrepo.publish.Verifier.Form;

/** Files, directories and pacman keyrings; for the last, the real pacman-key is the judge. */
class TrustedCertificatesTest {
  private static final String NO_ERROR = "";

  private final NewKey ann = TestKeys.ed25519();
  private final NewKey bob = TestKeys.ed25519();
  private final NewKey cid = TestKeys.ed25519();

  @TempDir Path scratch;
  private Path folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(scratch.resolve("keyrings"));
  }

  private void write(String name, String... lines) throws IOException {
    Files.write(folder.resolve(name), List.of(lines));
  }

  private void certificates(String name, NewKey... keys) throws IOException {
    byte[] all =
        Crafted.join(
            Stream.of(keys)
                .map(k -> TestKeys.certificate(k).export(TestKeys.now()))
                .toArray(byte[][]::new));
    Files.write(folder.resolve(name), all);
  }

  private void keyring() throws IOException {
    certificates("mine.gpg", ann, bob, cid);
    write("mine-trusted", ann.fingerprint() + ":4:", bob.fingerprint() + ":4:");
    write("mine-revoked", bob.fingerprint().hex());
  }

  @Test
  void ofAFileEveryCertificateCounts() throws IOException {
    certificates("both.asc", ann, bob);
    TrustedCertificates read = TrustedCertificates.read(folder.resolve("both.asc"));
    assertThat(read.trusted()).containsExactlyInAnyOrder(ann.fingerprint(), bob.fingerprint());
    assertThat(read.revoked()).isEmpty();
    assertThat(read.certificates().certificates()).hasSize(2);
  }

  @Test
  void ofAKeyringOnlyWhatIsListedCounts() throws IOException {
    keyring();
    for (Path path : List.of(folder, folder.resolve("mine.gpg"))) {
      TrustedCertificates read = TrustedCertificates.read(path);
      assertThat(read.trusted()).containsExactlyInAnyOrder(ann.fingerprint(), bob.fingerprint());
      assertThat(read.revoked()).containsExactly(bob.fingerprint());
      assertThat(read.certificates().find(cid.fingerprint())).isPresent();
    }
  }

  @Test
  void listsHaveCommentsAndBlanks() throws IOException {
    certificates("mine.gpg", ann, bob);
    write("mine-trusted", "# the first key", "", ann.fingerprint() + ":4:", " ");
    assertThat(TrustedCertificates.read(folder).trusted()).containsExactly(ann.fingerprint());
  }

  @Test
  void aDirectoryIsReadWhole() throws IOException {
    keyring();
    certificates("other.asc", cid);
    Files.createFile(folder.resolve("empty.gpg"));
    Files.createFile(folder.resolve("empty-trusted"));
    write("README.txt", "not a key");
    certificates(".hidden.asc", TestKeys.ed25519());
    Files.createDirectory(folder.resolve("below.asc"));
    TrustedCertificates read = TrustedCertificates.read(folder);
    assertThat(read.trusted())
        .containsExactlyInAnyOrder(ann.fingerprint(), bob.fingerprint(), cid.fingerprint());
    assertThat(read.revoked()).containsExactly(bob.fingerprint());
    assertThat(read.certificates().certificates()).hasSize(3);
  }

  @Test
  void aDirectoryWithoutCertificatesIsRefused() {
    assertThatThrownBy(() -> TrustedCertificates.read(folder))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("no file of certificates");
  }

  @Test
  void keyIdsAreRefusedByFileAndLine() throws IOException {
    certificates("mine.gpg", ann);
    String id = ann.fingerprint().hex().substring(24);
    write("mine-trusted", ann.fingerprint() + ":4:", id + ":4:");
    assertThatThrownBy(() -> TrustedCertificates.read(folder))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("mine-trusted:2: this line does not begin with a full fingerprint");
    write("mine-trusted", ann.fingerprint() + ":4:");
    write("mine-revoked", "<html>");
    assertThatThrownBy(() -> TrustedCertificates.read(folder))
        .hasMessageContaining("mine-revoked:1");
  }

  @Test
  void listsAreBounded() throws IOException {
    certificates("mine.gpg", ann);
    try (RandomAccessFile file =
        new RandomAccessFile(folder.resolve("mine-trusted").toFile(), "rw")) {
      file.setLength(TrustedCertificates.MAX_LIST + 1L);
    }
    assertThatThrownBy(() -> TrustedCertificates.read(folder)).hasMessageContaining("is larger");
  }

  @Test
  void aFileThatHoldsNoKeyIsRefused() throws IOException {
    write("page.asc", "<!DOCTYPE html>");
    assertThatThrownBy(() -> TrustedCertificates.read(folder))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("page.asc");
  }

  @Test
  void pacmanKeyMakesTheSameOfIt() throws IOException {
    Programs.need("pacman-key", "bash", "fakeroot", "pacman");
    keyring();
    try (PacmanJudge judge = new PacmanJudge(scratch)) {
      judge.populates(folder, "mine");
      assertThat(faults(judge, ann)).isEmpty();
      assertThat(faults(judge, bob)).containsExactly(SignatureFault.KEY_DISABLED);
      assertThat(faults(judge, cid)).containsExactly(SignatureFault.KEY_NOT_ALLOWED);
    }
  }

  /** What qrepo finds, once pacman has said the same. */
  private List<SignatureFault> faults(PacmanJudge judge, NewKey key) throws IOException {
    byte[] bytes = Files.readAllBytes(judge.packageFile());
    byte[] signature = TestKeys.signer(key).sign(TestKeys.signable(PacmanJudge.PACKAGE, bytes));
    TrustedCertificates trusted = TrustedCertificates.read(folder);
    KeyringVerifier verifier =
        new KeyringVerifier(
            trusted.certificates(), trusted.trusted(), trusted.revoked(), InstantSource.system());
    Digests digests = Digests.of(bytes, verifier.algorithms(signature));
    Examination ours = verifier.examine(PacmanJudge.PACKAGE, signature, digests, Form.BINARY);
    PacmanJudge.Judgement pacman = judge.ofPackage(Stream.of(signature));
    assertThat(pacman.accepted()).as(pacman.toString()).isEqualTo(ours.good().isPresent());
    String line =
        ours.findings().stream().flatMap(f -> f.pacman().stream()).findFirst().orElse(NO_ERROR);
    assertThat(String.join("\n", pacman.said())).contains(line);
    return ours.findings().stream().map(SignatureFinding::fault).toList();
  }
}
