package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.rpm.SampleRpm;

/**
 * The program signs and verifies with a heap of 64 MiB what is larger than that; with {@code
 * -Dqrepo.full=true} an RPM of more than 4 GiB, whose sizes take 64 bits, and a package of 2 GiB.
 */
class LargeSigningIT {
  private static final boolean FULL = Boolean.getBoolean("qrepo.full");
  private static final long RPM_CONTENT = FULL ? (4L << 30) + (300 << 20) : 160 << 20;
  private static final long PACKAGE_CONTENT = FULL ? 2L << 30 : 160 << 20;

  private final Scratch scratch = new Scratch();
  private Path home;
  private QrepoCli qrepo;

  @BeforeEach
  void makeKey() {
    Programs.require("rpmbuild", "rpmkeys", "bsdtar");
    home = scratch.folder("home");
    qrepo = new QrepoCli(home);
    qrepo
        .run("init", "--name", "t", "--generate-key", "T <t@example.org>", "--no-passphrase")
        .expectSuccess();
    qrepo.run("key", "export", "--out", "t.asc").expectSuccess();
  }

  @AfterEach
  void tidy() {
    scratch.close();
  }

  private Command small(String... arguments) {
    return qrepo.commandInHeap("64m", arguments);
  }

  @ParameterizedTest
  @ValueSource(strings = {"w.ufdio", "w1.gzdio"})
  void signsAnRpmLargerThanItsMemory(String payload) throws IOException {
    Path rpm =
        SampleRpm.bare()
            .set("Name", "qubes-template-archlinux")
            .make(
                SampleRpm.FOLDER + "/root.img.part.00",
                "truncate -s " + RPM_CONTENT,
                SampleRpm.FOLDER + "/root.img.part.00")
            .payload(payload)
            .build(scratch.path());
    long size = Files.size(rpm);
    small("sign", "--rpmv3", rpm.toString()).run().expectSuccess();
    assertThat(Files.size(rpm)).isEqualTo(size);
    small("verify", rpm.toString()).run().expectSuccess();
    small("sign", "--force", "--in-place", rpm.toString()).run().expectSuccess();
    assertThat(Files.size(rpm)).isEqualTo(size);
    assertThat(checksig(rpm)).endsWith(": digests signatures OK\n");
    if (FULL && payload.equals("w.ufdio")) {
      flipped(rpm, size - 1);
    }
  }

  /** The last byte of more than 4 GiB counts. */
  private void flipped(Path rpm, long at) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(rpm.toFile(), "rw")) {
      file.seek(at);
      int old = file.read();
      file.seek(at);
      file.write(old ^ 1);
    }
    assertThat(small("sign", "--force", rpm.toString()).run().expectCode(3).err())
        .contains("does not match");
  }

  private String checksig(Path rpm) {
    Path database = scratch.folder("rpmdb");
    String path = "--dbpath=" + database;
    Command.of("rpmkeys", path, "--import", home.resolve("t.asc").toString()).run().expectSuccess();
    return Command.of(
            "rpmkeys",
            path,
            "--define=_pkgverify_level all",
            "--define=_pkgverify_flags 0x0",
            "--checksig",
            rpm.toString())
        .run()
        .out();
  }

  @Test
  void signsAPackageLargerThanItsMemory() throws IOException {
    Path tree = scratch.folder("tree/usr/share/large");
    scratch.file(
        "tree/.PKGINFO",
        """
        pkgname = large
        pkgbase = large
        pkgver = 1-1
        pkgdesc = Large
        builddate = 1700000000
        size = %d
        arch = any
        """
            .formatted(PACKAGE_CONTENT));
    try (RandomAccessFile file = new RandomAccessFile(tree.resolve("zeros").toFile(), "rw")) {
      file.setLength(PACKAGE_CONTENT);
    }
    Path file = scratch.path().resolve("large-1-1-any.pkg.tar");
    Command.of("bsdtar", "--no-read-sparse", "-cf", file.toString(), ".PKGINFO", "usr")
        .in(scratch.path().resolve("tree"))
        .run()
        .expectSuccess();
    assertThat(Files.size(file)).isGreaterThan(PACKAGE_CONTENT);
    small("sign", file.toString()).run().expectSuccess();
    small("verify", file.toString()).run().expectSuccess();
  }
}
