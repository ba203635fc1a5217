package org.qrepo.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.cli.Json;
import org.qrepo.cli.Run;
import org.qrepo.cli.Workplace;
import org.qrepo.rpm.SampleRpm;
import org.qrepo.sign.Programs;

/** {@code sign} and {@code verify} with template RPMs; rpm's own programs have the last word. */
class RpmTest {
  private static final String NAME = "qubes-template-archlinux-4.3.0-202611010101.noarch.rpm";

  @TempDir private Path directory;
  private Workplace here;
  private Path rpm;

  @BeforeEach
  void build() throws IOException {
    here = new Workplace(directory).configure("local: { url: repository }");
    rpm = Files.move(SampleRpm.template().build(directory), here.path(NAME));
  }

  private String checksig() throws IOException {
    Path database = Files.createTempDirectory(directory, "rpmdb");
    here.certificate();
    Programs.need("rpmkeys");
    Programs.run("rpmkeys", "--dbpath=" + database, "--import", here.path("cert.asc").toString())
        .ok();
    return Programs.run(
            "rpmkeys",
            "--dbpath=" + database,
            "--define=_pkgverify_level all",
            "--define=_pkgverify_flags 0x0",
            "--checksig",
            rpm.toString())
        .text();
  }

  @Test
  void signsInTheHeaderAndVerifies() throws IOException {
    Run unsigned = here.ended(3, "verify", NAME);
    assertThat(unsigned.err()).contains("header is not signed", "rpmcanon: header not signed");
    long size = Files.size(rpm);
    Run signed = here.ok("sign", NAME);
    assertThat(signed.err()).contains("==> Signing 1 RPM with", "  -> " + NAME);
    assertThat(signed.out()).isEqualTo(rpm + "\n");
    assertThat(Files.size(rpm)).isEqualTo(size);
    assertThat(checksig()).endsWith(": digests signatures OK\n");
    assertThat(here.ok("verify", NAME).out())
        .contains(NAME + ": digests signatures OK: header signed by");
    byte[] once = Files.readAllBytes(rpm);
    assertThat(here.ok("sign", NAME).err()).contains("(signed already)");
    assertThat(rpm).hasBinaryContent(once);
    assertThat(here.path(NAME + ".sig")).doesNotExist();
    Json json = here.json(0, "sign", "--force", NAME);
    assertThat(json.each("rpms", "file")).containsExactly(rpm.toString());
    assertThat(json.objects("rpms").get(0).get("new")).isEqualTo(true);
  }

  @Test
  void signsContentAndDetachedBesidesAndInPlace() throws IOException {
    Object inode = Files.getAttribute(rpm, "unix:ino");
    here.ok("sign", "--rpmv3", "--in-place", "--detached", NAME);
    assertThat(Files.getAttribute(rpm, "unix:ino")).isEqualTo(inode);
    assertThat(checksig()).endsWith(": digests signatures OK\n");
    here.ok("verify", NAME);
    Programs.need("gpg");
    Path home =
        Files.createDirectory(
            directory.resolve("g"),
            java.nio.file.attribute.PosixFilePermissions.asFileAttribute(
                java.nio.file.attribute.PosixFilePermissions.fromString("rwx------")));
    Programs.run(
            "gpg",
            "--homedir",
            home.toString(),
            "--batch",
            "-q",
            "--import",
            here.path("cert.asc") + "")
        .ok();
    assertThat(
            Programs.run(
                    "gpg", "--homedir", home.toString(), "--verify", rpm + ".sig", rpm.toString())
                .ok()
                .text())
        .contains("Good signature");
  }

  @Test
  void signsPackagesOfBothKindsAtOnce() {
    String hello = here.sample("hello", "1-1");
    assertThat(here.ok("sign", hello, NAME).out().lines())
        .containsExactly(here.path(hello) + ".sig", rpm.toString());
    assertThat(here.ok("verify", hello, NAME).out().lines())
        .hasSize(3)
        .last()
        .isEqualTo("2 files: 2 good");
  }

  @Test
  void aDirectoryOfBothKindsIsVerified() throws IOException {
    here.ok("sign", here.sample("hello", "1-1"), NAME);
    Files.copy(rpm, here.path("packages").resolve(NAME));
    assertThat(here.ok("verify", "packages").out()).endsWith("2 files: 2 good\n");
    byte[] bytes = Files.readAllBytes(rpm);
    bytes[bytes.length - 100] ^= 1;
    Files.write(here.path("packages").resolve(NAME), bytes);
    assertThat(here.ended(3, "verify", "packages").out()).endsWith("2 files: 1 good, 1 refused\n");
  }

  @Test
  void aDamagedPackageKeepsAllFromBeingSigned() throws IOException {
    String hello = here.sample("hello", "1-1");
    byte[] bytes = Files.readAllBytes(rpm);
    bytes[bytes.length - 100] ^= 1;
    Files.write(rpm, bytes);
    Run refused = here.ended(3, "sign", hello, NAME);
    assertThat(refused.err()).contains("digest of the payload does not match");
    assertThat(here.path(hello + ".sig")).doesNotExist();
    assertThat(rpm).hasBinaryContent(bytes);
    assertThat(here.ended(3, "verify", NAME).err()).contains("rpmkeys will say: DIGESTS");
  }

  @Test
  void somebodyElsesSignatureIsNotReplacedUnasked() throws IOException {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    new Workplace(elsewhere).configure("local: { url: r }").ok("sign", rpm.toString());
    byte[] theirs = Files.readAllBytes(rpm);
    Run refused = here.ended(3, "sign", NAME);
    assertThat(refused.err()).contains("not in the keyring", "No key available!", "--force");
    assertThat(rpm).hasBinaryContent(theirs);
    here.ok("sign", "--force", NAME);
    here.ok("verify", NAME);
  }

  @Test
  void saysWhatDom0WouldNotLike() throws IOException {
    Path bad =
        SampleRpm.template()
            .set("License", "GPL-2.0 AND MIT")
            .set("Version", "4.0.6")
            .build(directory);
    assertThat(here.ok("sign", bad.toString()).err())
        .contains("warning: ", "the license is 'GPL-2.0 AND MIT'", "unexpected data format");
    Run verified = here.ended(3, "verify", bad.toString(), "--installed", "4.3.0-202501010101");
    assertThat(verified.err())
        .contains("the license is", "4.0.6-202611010101 is older than 4.3.0-202501010101");
    assertThat(verified.out()).contains("digests signatures OK");
    assertThat(here.ended(2, "verify", NAME, "--installed", "new").err())
        .contains("'new' is not [EPOCH:]VERSION-RELEASE");
  }

  @Test
  void anInterruptedSigningInPlaceIsUndoneByTheNextCommand() throws Exception {
    byte[] before = Files.readAllBytes(rpm);
    org.qrepo.rpm.Interruptions.signHalf(rpm);
    assertThat(Files.readAllBytes(rpm)).isNotEqualTo(before);
    Run verified = here.ended(3, "verify", NAME);
    assertThat(verified.err()).contains("an interrupted signing in place was restored");
    assertThat(rpm).hasBinaryContent(before);
    here.ok("sign", NAME);
  }

  @Test
  void flagsForRpmsNeedOne() {
    String hello = here.sample("hello", "1-1");
    for (String flag : List.of("--detached", "--rpmv3", "--in-place")) {
      assertThat(here.ended(2, "sign", flag, hello).err()).contains("are for RPMs");
    }
  }
}
