package org.qrepo.sign;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.Finding;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;

/** Files on a disk, with the signatures beside them. */
class FileVerifierTest {
  private final NewKey key = TestKeys.ed25519();
  private final FileVerifier verifier = new FileVerifier(TestKeys.verifier(key));

  @TempDir Path folder;

  private Path sample(String name) {
    return SamplePackage.of(name, "1-1").file("usr/share/" + name, "text").writeTo(folder);
  }

  private Path signed(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    byte[] signature = TestKeys.signer(key).sign(TestKeys.signable(file.toString(), bytes));
    Files.write(SignedFiles.signatureOf(file), signature);
    return file;
  }

  private static List<String> faults(FileReport report) {
    return report.signature().stream().map(f -> f.fault().id()).toList();
  }

  private static List<String> content(FileReport report) {
    return report.content().stream().map(Finding::id).toList();
  }

  @Test
  void aGoodPackage() throws IOException {
    Path file = signed(sample("good"));
    FileReport report = verifier.verify(file);
    assertThat(report.ok()).isTrue();
    assertThat(report.good().orElseThrow().certificate()).isEqualTo(key.fingerprint());
    assertThat(report.sha256()).contains(Digests.of(Files.readAllBytes(file), List.of()).sha256());
    assertThat(report.name()).isEqualTo("good-1-1-any.pkg.tar.zst");
  }

  @Test
  void withoutSignature() {
    FileReport report = verifier.verify(sample("bare"));
    assertThat(report.ok()).isFalse();
    assertThat(faults(report)).containsExactly("signature-missing");
    assertThat(report.signature().get(0).pacman())
        .contains("error: failed retrieving file 'bare-1-1-any.pkg.tar.zst.sig'");
  }

  /** The signature is over all of the file, also where the archive cannot be read any further. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1, 0.5, 0.9, 1})
  void aChangedByteIsFoundInSignatureAndArchive(double where) throws IOException {
    Path file = signed(sample("changed"));
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) (where * (bytes.length - 1))] ^= 0x10;
    Files.write(file, bytes);
    FileReport report = verifier.verify(file);
    assertThat(faults(report)).containsExactly("signature-bad");
    assertThat(report.content()).hasSize(1);
    assertThat(report.sha256()).contains(Digests.of(bytes, List.of()).sha256());
  }

  @Test
  void aSignedFileThatIsNoPackage() throws IOException {
    Path file = signed(Files.writeString(folder.resolve("a-1-1-any.pkg.tar.zst"), "text"));
    FileReport report = verifier.verify(file);
    assertThat(report.signature()).isEmpty();
    assertThat(content(report)).containsExactly("package-format");
    assertThat(report.ok()).isFalse();
    assertThat(report.good()).isPresent();
  }

  @Test
  void databasesMayBeArmoredAndPackagesNot() throws IOException {
    Path database = signed(Files.writeString(folder.resolve("t.db"), "bytes"));
    Path file = signed(sample("armored"));
    assertThat(verifier.verify(database).ok()).isTrue();
    for (Path one : List.of(database, file)) {
      byte[] binary = Files.readAllBytes(SignedFiles.signatureOf(one));
      Files.write(
          SignedFiles.signatureOf(one),
          org.qrepo.sign.openpgp.Armor.encode(
              binary, org.qrepo.sign.openpgp.Armor.Block.SIGNATURE, List.of()));
    }
    assertThat(verifier.verify(database).ok()).isTrue();
    assertThat(faults(verifier.verify(file))).containsExactly("signature-armored");
  }

  @Test
  void theSignatureSaysWhichDigestIsComputed() throws IOException {
    try (Gnupg gnupg = Gnupg.inTemporaryHome()) {
      var owner = gnupg.generate("S <s@example.org>", "rsa2048", "cert,sign", "never", "");
      Keyring keyring = Keyring.parse("gpg", gnupg.export(owner));
      FileVerifier theirs =
          new FileVerifier(
              new KeyringVerifier(
                  keyring, java.util.Set.of(owner), java.time.InstantSource.system()));
      Path file = sample("sha");
      for (HashAlgorithm hash : List.of(HashAlgorithm.SHA384, HashAlgorithm.SHA512)) {
        byte[] signature = gnupg.sign(file, "-u", owner.hex(), "--digest-algo", hash.name());
        Files.write(SignedFiles.signatureOf(file), signature);
        assertThat(theirs.verify(file).ok()).as(hash.name()).isTrue();
      }
    }
  }

  @Test
  void whatCannotBeReadIsAFindingOfItsOwn() throws IOException {
    Path file = sample("odd");
    Files.createDirectory(SignedFiles.signatureOf(file));
    assertThat(content(verifier.verify(file))).containsExactly("file-unreadable");
    assertThat(content(verifier.verify(folder.resolve("gone.db"))))
        .containsExactly("file-unreadable");
    assertThat(content(verifier.verify(folder.resolve("gone-1-1-any.pkg.tar.zst"))))
        .containsExactly("file-unreadable");
  }

  @Test
  void linksIntoAPoolAreFollowed() throws IOException {
    Path pool = Files.createDirectory(folder.resolve("pool"));
    Path file = SamplePackage.of("pooled", "1-1").writeTo(pool);
    Path link = Files.createSymbolicLink(folder.resolve(file.getFileName()), file);
    signed(link);
    assertThat(verifier.verify(link).ok()).isTrue();
  }

  @Test
  void reportsComeInTheOrderOfTheFiles() throws Exception {
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      Path file = sample("p" + i);
      files.add(i % 3 == 0 ? file : signed(file));
    }
    AtomicInteger told = new AtomicInteger();
    List<FileReport> reports = verifier.verify(files, 4, r -> told.incrementAndGet());
    assertThat(reports.stream().map(FileReport::file)).containsExactlyElementsOf(files);
    assertThat(reports.stream().filter(FileReport::ok)).hasSize(26);
    assertThat(told.get()).isEqualTo(40);
  }

  @Test
  void aDirectoryHasFilesAndOrphans() throws IOException {
    for (String name :
        List.of(
            "b-1-1-any.pkg.tar.zst",
            "b-1-1-any.pkg.tar.zst.sig",
            "a-1-1-any.pkg.tar",
            "t.db",
            "t.db.sig",
            "t.files.tar.gz",
            "t.db.tar.gz.old",
            "t.db.tar.old",
            "t.db.tar.sig",
            ".tmp.t.db.tar.gz",
            "gone-1-1-any.pkg.tar.xz.sig",
            "notes.txt",
            "notes.txt.sig",
            "other.sig")) {
      Files.createFile(folder.resolve(name));
    }
    Files.createDirectory(folder.resolve("dir.db"));
    SignedFiles found = SignedFiles.in(folder);
    Function<List<Path>, List<String>> names =
        paths -> paths.stream().map(p -> p.getFileName().toString()).toList();
    assertThat(names.apply(found.files()))
        .containsExactly("a-1-1-any.pkg.tar", "b-1-1-any.pkg.tar.zst", "t.db", "t.files.tar.gz");
    assertThat(names.apply(found.orphans()))
        .containsExactly("gone-1-1-any.pkg.tar.xz.sig", "t.db.tar.sig");
  }

  @Test
  void trailingBytesOfTheFileAreSignedToo() throws IOException {
    Path file = signed(sample("longer"));
    Files.write(file, new byte[] {0}, StandardOpenOption.APPEND);
    FileReport report = verifier.verify(file);
    assertThat(faults(report)).containsExactly("signature-bad");
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 20));
    assertThat(faults(verifier.verify(file))).containsExactly("signature-bad");
  }
}
