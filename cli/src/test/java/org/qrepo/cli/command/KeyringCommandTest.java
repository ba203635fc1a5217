package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.alpm.PackageFile;
import org.qrepo.cli.Run;
import org.qrepo.sign.TrustedCertificates;

class KeyringCommandTest {
  @TempDir private Path directory;
  private String own = "";
  private String other = "";

  @BeforeEach
  void makeKeys() throws IOException {
    own = key("own");
    other = key("other");
    configure("");
  }

  private String key(String name) throws IOException {
    Run run =
        Run.of(
            directory,
            "key",
            "generate",
            name + " <" + name + "@example.org>",
            "--no-passphrase",
            "--out",
            "keys");
    assertThat(run.code()).as(run.err()).isZero();
    String fingerprint = run.out().strip();
    for (String kind : List.of(".secret.asc", ".asc", ".revoke.asc")) {
      Files.copy(directory.resolve("keys/" + fingerprint + kind), directory.resolve(name + kind));
    }
    return fingerprint;
  }

  private void configure(String more) throws IOException {
    Files.writeString(
        directory.resolve("qrepo.yml"),
        """
        repository: {name: mine}
        signing: {key-file: own.secret.asc}
        targets: {web: {url: tree, server: 'https://example.org/mine'}}
        """
            + more);
  }

  private Run run(String... words) {
    return Run.of(directory, words);
  }

  private TrustedCertificates sources() throws IOException {
    Run run = run("keyring", "sources", "--out", "src");
    assertThat(run.code()).as(run.err()).isZero();
    Path folder = Files.createDirectories(directory.resolve("read"));
    for (String file : List.of("keys", "trusted", "revoked")) {
      Files.copy(
          directory.resolve("src/PKGBUILD-keyring-" + file),
          folder.resolve(file.equals("keys") ? "mine.gpg" : "mine-" + file));
    }
    return TrustedCertificates.read(folder.resolve("mine.gpg"));
  }

  @Test
  void theOwnKeyIsAlwaysInIt() throws IOException {
    TrustedCertificates keys = sources();
    assertThat(keys.trusted()).extracting(Object::toString).containsExactly(own);
    assertThat(keys.revoked()).isEmpty();
    assertThat(keys.certificates().certificates()).hasSize(1);
  }

  @Test
  void theNextKeyAndOthersAreTrustedToo() throws IOException {
    String third = key("third");
    configure("keyring: {next: other.asc, keys: [third.asc]}\n");
    assertThat(sources().trusted())
        .extracting(Object::toString)
        .containsExactlyInAnyOrder(own, other, third);
  }

  @Test
  void acceptedSignersAreTrustedIfTheirCertificateIsAtHand() throws IOException {
    configure("keyring: {}\n");
    String trusted =
        Files.readString(directory.resolve("qrepo.yml"))
            .replace("own.secret.asc", "own.secret.asc, trusted: [" + other + "]");
    Files.writeString(directory.resolve("qrepo.yml"), trusted);
    Run missing = run("keyring", "sources");
    assertThat(missing.code()).isEqualTo(3);
    assertThat(missing.err()).contains("its certificate is not at hand", "keyring.keys");
    Files.writeString(
        directory.resolve("qrepo.yml"),
        trusted.replace("trusted:", "certificates: [other.asc], trusted:"));
    assertThat(sources().trusted())
        .extracting(Object::toString)
        .containsExactlyInAnyOrder(own, other);
  }

  @Test
  void aRevokedKeyIsListedAndItsCertificateShipped() throws IOException {
    configure("keyring: {keys: [other.asc], revoked: [" + other + "]}\n");
    TrustedCertificates keys = sources();
    assertThat(keys.trusted()).extracting(Object::toString).containsExactly(own);
    assertThat(keys.revoked()).extracting(Object::toString).containsExactly(other);
    assertThat(keys.certificates().certificates()).hasSize(2);
  }

  @Test
  void theSigningKeyCannotBeRevoked() throws IOException {
    configure("keyring: {revoked: [" + own + "]}\n");
    Run run = run("keyring", "package");
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.err()).contains("keyring.revoked takes it away");
  }

  @Test
  void thePackageIsSignedAndMadeOnce() throws IOException {
    Run first = run("keyring", "package", "--out", "out");
    assertThat(first.code()).as(first.err()).isZero();
    Path file = Path.of(first.out().strip());
    assertThat(PackageFile.read(file, List.of()).info().description())
        .contains("Keys and pacman configuration of the repository mine");
    assertThat(run("verify", file.toString()).code()).isZero();
    Run second = run("keyring", "package", "--out", "out", "--json");
    assertThat(second.out())
        .contains(
            "\"schema\" : \"qrepo.keyring-package/1\"",
            "\"new\" : false",
            "\"trusted\" : [ \"" + own + "\" ]");
    configure("keyring: {next: other.asc}\n");
    assertThat(run("keyring", "package", "--out", "out").out())
        .isNotEqualTo(first.out())
        .contains(".2-1-any");
  }

  @Test
  void itIsPublishedWhenItChanges() throws IOException {
    configure("audit: {}\n");
    assertThat(run("publish", "--with-keyring", "--dry-run").err()).contains("mine-keyring 2");
    assertThat(run("list").out()).isEmpty();
    String server = "file://" + directory.resolve("tree");
    Run first = run("publish", "--with-keyring", "--server", server);
    assertThat(first.code()).as(first.err()).isZero();
    Run again = run("publish", "--with-keyring", "--server", server);
    assertThat(again.err()).contains("has these keys already", "Already published");
    configure("keyring: {next: other.asc}\n");
    assertThat(run("publish", "--with-keyring", "--server", server).code()).isZero();
    assertThat(run("list").out()).matches("mine-keyring [0-9]{8}\\.2-1\n");
    assertThat(run("publish", "--with-keyring", "--plan-out", "p").code()).isEqualTo(2);
  }

  @Test
  void whatReplacesTheOfficialOneComesFirst() throws IOException {
    assertThat(run("keyring", "package", "--replace-official").out())
        .contains("/qubes-vm-keyring-");
    configure("client: {priority: supplement}\n");
    Run run = run("keyring", "package", "--replace-official");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("has to come before Qubes' own repositories");
  }

  @Test
  void aNameThatIsTakenNeedsAnother() throws IOException {
    assertThat(run("keyring", "sources", "--name", "archlinux").err())
        .contains("belongs to a distribution", "keyring.name");
    configure("keyring: {name: ours, drop-in: false, description: 'a  b'}\n");
    assertThat(run("keyring", "sources").code()).isEqualTo(2);
    configure("keyring: {name: ours, drop-in: false}\n");
    assertThat(run("keyring", "sources").out()).contains("/ours-keyring/").doesNotContain(".conf");
  }
}
