package org.qrepo.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.alpm.BuildInfo;
import org.qrepo.alpm.PackageFile;
import org.qrepo.alpm.PackageInfo;
import org.qrepo.alpm.PackageVersion;
import org.qrepo.io.Digests;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.RepositoryName;

class KeyringPackageTest {
  private static final Fingerprint A = new Fingerprint("A".repeat(40));
  private static final Fingerprint B = new Fingerprint("B".repeat(40));
  private static final Fingerprint C = new Fingerprint("C".repeat(40));
  private static final Instant NOW = Instant.parse("2026-11-22T04:00:00Z");
  private static final PackageVersion FIRST = new PackageVersion("20261122.1-1");

  @TempDir private Path folder;

  private static KeyringContent content(List<Fingerprint> trusted, List<Fingerprint> revoked) {
    String armored =
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n";
    return new KeyringContent(new byte[] {1, 2, 3}, armored, trusted, revoked);
  }

  private static KeyringPackage keyring(KeyringIdentity identity, KeyringContent content) {
    DropIn dropIn =
        DropIn.of(
            new RepositoryName("mine"),
            DropInPriority.OVERRIDE,
            Optional.empty(),
            List.of(new ServerUrl("https://example.org/$repo")));
    return new KeyringPackage(
        identity, content, "It's a keyring", "T <t@example.org>", Optional.of(dropIn));
  }

  private static KeyringPackage own() {
    return keyring(
        KeyringIdentity.own(new KeyringName("mine")), content(List.of(A, B), List.of(C)));
  }

  private PackageFile read(KeyringPackage keyring) throws IOException {
    Path file = folder.resolve(keyring.fileName(FIRST));
    Files.write(file, keyring.bytes(FIRST, NOW));
    return PackageFile.read(file, Set.of());
  }

  @Test
  void listsAreWrittenAsPacmanKeyReadsThem() {
    KeyringContent content = content(List.of(A, B), List.of(C));
    assertThat(content.trustedFile()).isEqualTo(A + ":4:\n" + B + ":4:\n");
    assertThat(content.revokedFile()).isEqualTo(C + "\n");
    assertThat(content(List.of(A), List.of()).revokedFile()).isEmpty();
  }

  @Test
  void aKeyIsTrustedOrRevokedAndThereIsOne() {
    assertThatThrownBy(() -> content(List.of(), List.of(A)))
        .hasMessage("a keyring needs a key that is trusted");
    assertThatThrownBy(() -> content(List.of(A, B), List.of(A)))
        .hasMessageContaining("is listed twice, as trusted or revoked");
  }

  @Test
  void thePackageHoldsTheKeyringAndTheDropIn() throws IOException {
    PackageFile file = read(own());
    assertThat(file.nameMismatch()).isEmpty();
    assertThat(file.files().paths())
        .containsExactly(
            "etc/",
            "etc/pacman.d/",
            "etc/pacman.d/80-mine.conf",
            "usr/",
            "usr/share/",
            "usr/share/pacman/",
            "usr/share/pacman/keyrings/",
            "usr/share/pacman/keyrings/mine-revoked",
            "usr/share/pacman/keyrings/mine-trusted",
            "usr/share/pacman/keyrings/mine.gpg");
    PackageInfo info = file.info();
    assertThat(info.url()).contains("https://example.org/mine");
    assertThat(info.values("backup")).containsExactly("etc/pacman.d/80-mine.conf");
    assertThat(info.values("conflict")).isEmpty();
    BuildInfo build = file.buildInfo().orElseThrow();
    String pkgbuild = new KeyringSources(own()).pkgbuild(FIRST);
    assertThat(build.first("pkgbuild_sha256sum"))
        .contains(Digests.of(pkgbuild.getBytes(StandardCharsets.UTF_8), Set.of()).sha256().hex());
    assertThat(build.values("buildtoolver")).hasSize(1);
    assertThat(file.hasInstall()).isTrue();
  }

  @Test
  void theOfficialOneHasItsNamesAndTakesItsPlace() throws IOException {
    PackageFile file = read(keyring(KeyringIdentity.official(), content(List.of(A), List.of())));
    assertThat(file.files().paths()).contains("usr/share/pacman/keyrings/qubesos-vm.gpg");
    for (String key : List.of("provides", "conflict", "replaces")) {
      assertThat(file.info().values(key)).as(key).containsExactly("qubes-vm-repo");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"archlinux", "qubesos-vm"})
  void aDistributionsKeyringIsNotTaken(String name) {
    assertThatThrownBy(() -> KeyringIdentity.own(new KeyringName(name)))
        .hasMessageContaining("belongs to a distribution");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-x", ".x", "+x", "a b", "a/b", "a'b", "ä", "a\n"})
  void aNameThatCouldMeanMoreIsRefused(String name) {
    assertThatThrownBy(() -> new KeyringName(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theSameCallsGiveTheSameBytes() {
    assertThat(own().bytes(FIRST, NOW)).isEqualTo(own().bytes(FIRST, NOW));
  }

  @Test
  void sourcesQuoteWhatTheShellWouldRead() {
    String pkgbuild = new KeyringSources(own()).pkgbuild(new PackageVersion("2:1.5-3"));
    assertThat(pkgbuild)
        .contains(
            "pkgdesc='It'\\''s a keyring'\n", "epoch=2\npkgver=1.5\npkgrel=3\n", "arch=(any)\n");
  }

  @Test
  void theSameContentIsTheSameVersion() {
    KeyringRelease first = KeyringRelease.of(own(), Optional.empty(), NOW, Optional.empty());
    assertThat(first.version()).isEqualTo(FIRST);
    assertThat(first.fresh()).isTrue();
    KeyringRelease.Previous previous = previous(first, Instant.parse("2026-11-22T00:00:00Z"));
    KeyringRelease later =
        KeyringRelease.of(
            own(), Optional.of(previous), NOW.plusSeconds(9_000_000), Optional.of(NOW));
    assertThat(later.fresh()).isFalse();
    assertThat(later.version()).isEqualTo(FIRST);
    assertThat(later.bytes()).isEqualTo(first.bytes());
  }

  @Test
  void otherContentIsANewVersion() {
    KeyringRelease first = KeyringRelease.of(own(), Optional.empty(), NOW, Optional.empty());
    KeyringRelease.Previous previous = previous(first, Instant.parse("2026-11-22T00:00:00Z"));
    KeyringPackage other =
        keyring(KeyringIdentity.own(new KeyringName("mine")), content(List.of(A), List.of(C)));
    KeyringRelease second = KeyringRelease.of(other, Optional.of(previous), NOW, Optional.empty());
    assertThat(second.fresh()).isTrue();
    assertThat(second.fileName()).isEqualTo("mine-keyring-20261122.2-1-any.pkg.tar.zst");
  }

  private static KeyringRelease.Previous previous(KeyringRelease release, Instant built) {
    return new KeyringRelease.Previous(
        release.version(), built.getEpochSecond(), Digests.of(release.bytes(), Set.of()).sha256());
  }

  @ParameterizedTest
  @CsvSource({
    "4.3.46-1, 20261122.1-1",
    "20261121.7-1, 20261122.1-1",
    "20261122.1-1, 20261122.2-1",
    "20261122.9-2, 20261122.10-1",
    "20270101.3-1, 20270101.4-1",
    "1:20261122.1-1, 1:20261122.2-1",
    "1:4.3-1, 1:20261122.1-1",
    "99999999-1, 1:20261122.1-1",
    "1:99999999-1, 2:20261122.1-1",
    "20261122-1, 20261122.1-1"
  })
  void versionsGrow(String before, String next) {
    PackageVersion previous = new PackageVersion(before);
    PackageVersion version = KeyringVersion.after(Optional.of(previous), NOW);
    assertThat(version).isEqualTo(new PackageVersion(next));
    assertThat(version).isGreaterThan(previous);
  }

  @Test
  void versionsGrowPastAnything() {
    Random random = new Random(20_261_122);
    String signs = "0123456789.abz_+~";
    for (int i = 0; i < 3000; i++) {
      StringBuilder text =
          new StringBuilder(random.nextInt(4) == 0 ? random.nextInt(30) + ":" : "");
      for (int n = 1 + random.nextInt(10); n > 0; n--) {
        text.append(signs.charAt(random.nextInt(signs.length())));
      }
      PackageVersion previous = new PackageVersion(text + "-" + (1 + random.nextInt(99)));
      assertThat(KeyringVersion.after(Optional.of(previous), NOW)).isGreaterThan(previous);
    }
  }

  @Test
  void theStepsNameTheFullFingerprintAndTheDropInOfThePackage() {
    DropIn dropIn = own().dropIn().orElseThrow();
    ClientSteps steps = new ClientSteps(dropIn, List.of(A), own().identity().packageName());
    assertThat(steps.all("mine.asc"))
        .startsWith("pacman-key --init", "pacman-key --add mine.asc", "pacman-key --lsign-key " + A)
        .contains("cat > /etc/pacman.d/80-mine.conf <<'END'")
        .endsWith("pacman -Syu mine-keyring")
        .containsSubsequence(dropIn.text().lines().toList());
  }
}
