package org.qrepo.alpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.io.Compression;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.tar.RawTar;

class PackageFileTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource
  void readsEverythingInOnePass(Compression compression) throws IOException {
    Path file =
        SamplePackage.of("libq++", "1:2.3-4")
            .architecture("x86_64")
            .compression(compression)
            .field("depend", "glibc>=2.38")
            .field("xdata", "pkgtype=pkg")
            .field("unknown", "kept")
            .file("usr/lib/libq.so", "library")
            .symlink("usr/lib/libq.so.1", "libq.so")
            .hardLink("usr/lib/libq.so.2", "usr/lib/libq.so")
            .directory("var/lib/empty")
            .randomFile("usr/share/large", 300_000, 1)
            .install("post_install() { :; }\n")
            .writeTo(directory);

    PackageFile read = PackageFile.read(file, Set.of(HashAlgorithm.MD5));

    byte[] bytes = Files.readAllBytes(file);
    assertThat(read.path()).isEqualTo(file);
    assertThat(read.fileName().value())
        .isEqualTo("libq++-1:2.3-4-x86_64.pkg.tar" + compression.suffix());
    assertThat(read.size()).isEqualTo(bytes.length);
    assertThat(read.sha256()).isEqualTo(Digests.of(bytes, Set.of()).sha256());
    assertThat(read.digests().hex(HashAlgorithm.MD5))
        .isEqualTo(Digests.of(bytes, Set.of(HashAlgorithm.MD5)).hex(HashAlgorithm.MD5));
    assertThat(read.compression()).isEqualTo(compression);
    assertThat(read.hasInstall()).isTrue();
    assertThat(read.info().name()).isEqualTo(new PackageName("libq++"));
    assertThat(read.info().version()).isEqualTo(new PackageVersion("1:2.3-4"));
    assertThat(read.info().values("depend")).containsExactly("glibc>=2.38");
    assertThat(read.info().first("unknown")).contains("kept");
    assertThat(read.buildInfo().orElseThrow().first("builddir")).contains("/build");
    assertThat(read.files().paths())
        .containsExactly(
            "usr/",
            "usr/lib/",
            "usr/lib/libq.so",
            "usr/lib/libq.so.1",
            "usr/lib/libq.so.2",
            "usr/share/",
            "usr/share/large",
            "var/",
            "var/lib/",
            "var/lib/empty/");
    assertThat(read.nameMismatch()).isEmpty();
    assertThat(read.blob().size()).isEqualTo(bytes.length);
    assertThat(read.blob().open().readAllBytes()).isEqualTo(bytes);
  }

  @Test
  void readsThePackageThatHasNothing() throws IOException {
    Path file =
        SamplePackage.of("meta", "1-1")
            .info("pkgname = meta\npkgver = 1-1\n")
            .withoutBuildInfo()
            .writeTo(directory);

    PackageFile read = PackageFile.read(file, Set.of());

    assertThat(read.files().paths()).isEmpty();
    assertThat(read.files().size()).isEqualTo("%FILES%\n".length());
    assertThat(read.buildInfo()).isEmpty();
    assertThat(read.hasInstall()).isFalse();
    assertThat(read.info().architecture()).isEmpty();
    assertThat(read.info().size()).isEmpty();
    assertThat(read.nameMismatch()).isEmpty();
  }

  @Test
  void knowsCompressionByContentNotByName() throws IOException {
    Path file = directory.resolve("a-1-1-any.pkg.tar.zst");
    SamplePackage.of("a", "1-1").compression(Compression.XZ).writeAs(file);

    assertThat(PackageFile.read(file, Set.of()).compression()).isEqualTo(Compression.XZ);
  }

  @Test
  void readsMetadataThatFollowTheFiles() throws IOException {
    Path file =
        SamplePackage.of("late", "1-1")
            .withoutInfo()
            .file("usr/share/late", "x")
            .member(
                ".PKGINFO",
                TarConstants.LF_NORMAL,
                "",
                "pkgname = late\npkgver = 1-1\n".getBytes(StandardCharsets.UTF_8))
            .writeTo(directory);

    assertThat(PackageFile.read(file, Set.of()).info().name()).hasToString("late");
  }

  @ParameterizedTest
  @CsvSource({
    "a-1:2-1-any.pkg.tar.zst, true",
    "a-1.2-1-any.pkg.tar.zst, true",
    "a-1_2-1-any.pkg.tar.zst, true",
    "a-1%3A2-1-any.pkg.tar.zst, true",
    "a-1:2-1-any.pkg.tar, true",
    "a-1:2-1-any.pkg.tar.xz, true",
    "a-1:2-1-x86_64.pkg.tar.zst, false",
    "a-2-1-any.pkg.tar.zst, false",
    "b-1:2-1-any.pkg.tar.zst, false",
    "a-1:2-2-any.pkg.tar.zst, false",
    "ax1:2-1-any.pkg.tar.zst, false",
    "a-1:2-1-any-any.pkg.tar.zst, false",
    "a-1:2-1.pkg.tar.zst, false",
  })
  void comparesTheFileNameWithTheMetadata(String name, boolean matches) throws IOException {
    Path file = SamplePackage.of("a", "1:2-1").writeAs(directory.resolve(name));
    PackageFile read = PackageFile.read(file, Set.of());

    assertThat(read.nameMismatch().map(Finding::id))
        .isEqualTo(matches ? Optional.empty() : Optional.of("package-name-mismatch"));
    read.nameMismatch().ifPresent(f -> assertThat(f.details().toString()).contains("a-1:2-1-any"));
  }

  @Test
  void refusesWhatIsNoFile() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("d-1-1-any.pkg.tar.zst"));
    Path target = SamplePackage.of("t", "1-1").writeTo(directory);
    Path link = Files.createSymbolicLink(directory.resolve("l-1-1-any.pkg.tar.zst"), target);

    assertRefused(folder, "package-not-a-file", "is a directory, not a file");
    assertRefused(link, "package-not-a-file", "is a symbolic link, not a file");
    assertRefused(Path.of("/dev/null"), "package-not-a-file", "is a device, pipe or socket");
    assertRefused(
        directory.resolve("none-1-1-any.pkg.tar.zst"), "package-missing", "there is no such file");
  }

  @ParameterizedTest
  @CsvSource({
    "a-1-1-any.tar.zst, does not end in",
    "a-1-1-any.pkg.tar.zst.sig, does not end in",
    "a-1-1-any.zip, does not end in",
    "a b-1-1-any.pkg.tar.zst, has characters that clients cannot fetch",
    "a#-1-1-any.pkg.tar.zst, has characters that clients cannot fetch",
    ".a-1-1-any.pkg.tar.zst, starts with '.'",
    "-a-1-1-any.pkg.tar.zst, starts with '-'",
  })
  void refusesFileNamesThatClientsCannotFetch(String name, String reason) {
    Path file = SamplePackage.of("a", "1-1").writeAs(directory.resolve(name));
    assertRefused(file, "package-file-name", reason);
  }

  @Test
  void refusesOtherContent() throws IOException {
    assertRefused(write(new byte[0]), "package-empty", "is an empty file");
    assertRefused(
        write("This is a text.\n".getBytes(StandardCharsets.UTF_8)),
        "package-format",
        "is not a tar archive");
    byte[] html = "<!DOCTYPE html><title>404</title>".getBytes(StandardCharsets.UTF_8);
    assertRefused(write(html), "package-format", "its content is HTML");
    byte[] noise = new byte[5000];
    new Random(3).nextBytes(noise);
    assertRefused(write(noise), "package-format", "is not a tar archive");
    assertRefused(write(new byte[10240]), "pkginfo-missing", "has no .PKGINFO");
  }

  @ParameterizedTest
  @CsvSource({
    "894c5a4f000d0a1a0a10, lzop (.lzo)",
    "4c525a4900060000, lrzip (.lrz)",
    "4c5a495001, lzip (.lz)",
    "1f9d90, compress (.Z)",
    "377abcaf271c, 7z",
    "504b0304, zip",
    "526172211a0701, rar",
  })
  void namesCompressionsThatItDoesNotRead(String head, String name) throws IOException {
    byte[] bytes = Arrays.copyOf(HexFormat.of().parseHex(head), 100);
    assertRefused(write(bytes), "package-format", "its content is " + name);
  }

  @Test
  void refusesToGuessTheMetadata() {
    byte[] info = "pkgname = a\npkgver = 1-1\n".getBytes(StandardCharsets.UTF_8);
    SamplePackage none = SamplePackage.of("a", "1-1").withoutInfo().file("usr/x", "x");
    assertRefused(none, "pkginfo-missing", "has no .PKGINFO");
    SamplePackage dotSlash =
        SamplePackage.of("a", "1-1")
            .withoutInfo()
            .member("./.PKGINFO", TarConstants.LF_NORMAL, "", info);
    assertRefused(dotSlash, "package-member-name", ".PKGINFO is stored with './' before its name");
    SamplePackage two =
        SamplePackage.of("a", "1-1").member(".PKGINFO", TarConstants.LF_NORMAL, "", info);
    assertRefused(two, "package-member-duplicate", "has two members .PKGINFO");
    SamplePackage link =
        SamplePackage.of("a", "1-1")
            .withoutInfo()
            .member(".PKGINFO", TarConstants.LF_SYMLINK, "/etc/passwd", new byte[0]);
    assertRefused(link, "package-member-unsupported", ".PKGINFO is not an ordinary file");
    SamplePackage twoScripts = SamplePackage.of("a", "1-1").install("a").install("b");
    assertRefused(twoScripts, "package-member-duplicate", "has two members .INSTALL");
    SamplePackage huge = SamplePackage.of("a", "1-1").info(new byte[PackageInfo.MAX_SIZE + 1]);
    assertRefused(huge, "package-too-large", "member '.PKGINFO' has more than 1048576 bytes");
  }

  @Test
  void refusesPathsThatLeadOutOfTheRoot() {
    assertRefused(
        SamplePackage.of("a", "1-1").member("../../etc/x", TarConstants.LF_NORMAL, "", new byte[0]),
        "package-path",
        "path '../../etc/x' leads out of its directory with '..'");
    assertRefused(
        SamplePackage.of("a", "1-1").file("usr/a\nb", "x"), "package-path", "has a newline");
  }

  /** Metadata that clients refuse or cannot read: the finding names the line. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pkgname = a|pkginfo-incomplete|there is no pkgver",
        "pkgver = 1-1|pkginfo-incomplete|there is no pkgname",
        "pkgname = a~pkgver = 1|pkginfo-invalid|does not have exactly one '-'",
        "pkgname = a~pkgver = 1-2-3|pkginfo-invalid|does not have exactly one '-'",
        "pkgname = a~pkgver = 1/2-1|pkginfo-invalid|has a slash",
        "pkgname = .x~pkgver = 1-1|pkginfo-invalid|package name '.x' starts with '.'",
        "pkgname = -x~pkgver = 1-1|pkginfo-invalid|package name '-x' starts with '-'",
        "pkgname = a b~pkgver = 1-1|pkginfo-invalid|package name 'a b' has other characters",
        "pkgname = ../e~pkgver = 1-1|pkginfo-invalid|package name '../e' has other characters",
        "pkgname = qté~pkgver = 1-1|pkginfo-invalid|package name 'qté' has other characters",
        "pkgname = a\r~pkgver = 1-1\r|pkginfo-malformed|line ends in a carriage return",
        "pkgname=a~pkgver = 1-1|pkginfo-malformed|is not of the form",
        "pkgname = a~pkgname = b~pkgver = 1-1|pkginfo-invalid|'b' contradicts line 1, 'a'",
        "pkgname = a~pkgver = 1-1~group = my  group|pkginfo-invalid|group 'my  group' has white",
        "pkgname = a~pkgver = 1-1~depend = x_|pkginfo-invalid|depend 'x ' has whitespace",
        "pkgname = a~pkgver = 1-1~depend =_|pkginfo-invalid|depend is empty",
      })
  void refusesMetadataThatClientsRefuse(String lines, String id, String reason) {
    String info = lines.replace('_', ' ').replace('~', '\n') + "\n";
    assertRefused(SamplePackage.of("a", "1-1").info(info), id, reason);
  }

  @Test
  void acceptsMetadataWithoutFinalNewline() throws IOException {
    SamplePackage sample = SamplePackage.of("a", "1-1").info("pkgname = a\npkgver = 1-1");
    assertThat(PackageFile.read(sample.writeTo(directory), Set.of()).info().version())
        .hasToString("1-1");
  }

  /** An at sign may begin a name; other tools take it for a file with more names. */
  @Test
  void acceptsNamesThatConfuseOtherTools() throws IOException {
    Path file = SamplePackage.of("@x", "1-1").writeTo(directory);
    assertThat(PackageFile.read(file, Set.of()).info().name()).hasToString("@x");
  }

  @ParameterizedTest
  @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void refusesEveryTruncation(Compression compression) throws IOException {
    byte[] whole = small(compression);
    for (int length = 1; length < whole.length; length++) {
      Path file = write(Arrays.copyOf(whole, length));
      RefusedException refused =
          catchThrowableOfType(RefusedException.class, () -> PackageFile.read(file, Set.of()));
      assertThat(refused).as("%d of %d bytes", length, whole.length).isNotNull();
      assertThat(refused.findings().get(0).id()).isIn("package-truncated", "package-format");
    }
  }

  /** Of an archive without compression only zeros behind its two end blocks can be missed. */
  @Test
  void refusesEveryTruncationOfPlainTar() throws IOException {
    byte[] whole = small(Compression.NONE);
    int content = whole.length;
    while (whole[content - 1] == 0) {
      content--;
    }
    int end = (content + 511) / 512 * 512 + 2 * 512;
    assertThat(end).isLessThan(whole.length);
    for (int length = 1; length < whole.length; length++) {
      PackageWalk walk =
          new PackageWalk("a", new ByteArrayInputStream(Arrays.copyOf(whole, length)));
      if (length >= end && length % 512 == 0) {
        assertThat(walk.run().files().paths()).contains("usr/share/a");
      } else {
        assertThatThrownBy(walk::run)
            .as("%d of %d bytes", length, whole.length)
            .isInstanceOf(ArchiveException.class);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesWhatFollowsTheArchive(Compression compression) throws IOException {
    byte[] whole = small(compression);
    byte[] more = Arrays.copyOf(whole, whole.length + 512);
    more[whole.length + 100] = 1;
    assertThatThrownBy(() -> PackageFile.read(write(more), Set.of()))
        .isInstanceOf(RefusedException.class);

    ByteArrayOutputStream second = new ByteArrayOutputStream();
    try (OutputStream out = compression.encode(second)) {
      out.write(new RawTar().file("usr/hidden", "x").end());
    }
    byte[] two = Arrays.copyOf(whole, whole.length + second.size());
    System.arraycopy(second.toByteArray(), 0, two, whole.length, second.size());
    assertRefused(write(two), "package-damaged", "something follows the end of the archive");
  }

  @ParameterizedTest
  @EnumSource
  void readsOrRefusesDamage(Compression compression) throws IOException {
    byte[] whole = small(compression);
    Random random = new Random(2024);
    for (int i = 0; i < 150; i++) {
      byte[] damaged = whole.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        int bit = random.nextInt(damaged.length * Byte.SIZE);
        damaged[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      }
      try {
        PackageFile.read(write(damaged), Set.of());
      } catch (RefusedException e) {
        assertThat(e.findings()).isNotEmpty();
      }
    }
  }

  @Test
  void looksAtAllBytesOfWhatItRefuses() throws IOException {
    Path file = SamplePackage.of("hello", "1-1").randomFile("usr/x", 3000, 1).writeTo(directory);
    byte[] whole = Files.readAllBytes(file);
    PackageLook good = PackageFile.look(file, Set.of(HashAlgorithm.SHA512));
    assertThat(good.refusals()).isEmpty();
    assertThat(good.file().orElseThrow().sha256()).isEqualTo(good.digests().sha256());
    for (int at = 0; at < whole.length; at += 7) {
      byte[] changed = whole.clone();
      changed[at] ^= 0x55;
      Files.write(file, changed);
      PackageLook look = PackageFile.look(file, Set.of(HashAlgorithm.SHA512));
      Digests expected = Digests.of(changed, Set.of(HashAlgorithm.SHA512));
      assertThat(look.digests().hex(HashAlgorithm.SHA512))
          .isEqualTo(expected.hex(HashAlgorithm.SHA512));
      assertThat(look.file().isEmpty()).isEqualTo(!look.refusals().isEmpty());
      if (look.file().isEmpty()) {
        assertThatThrownBy(() -> PackageFile.read(file, Set.of()))
            .isInstanceOfSatisfying(
                RefusedException.class, e -> assertThat(e.findings()).isEqualTo(look.refusals()));
      }
    }
  }

  @Test
  void noticesThatTheFileChanges() throws IOException {
    Path file = SamplePackage.of("a", "1-1").randomFile("usr/x", 2_000_000, 1).writeTo(directory);
    Path other = SamplePackage.of("a", "1-1").writeAs(directory.resolve("o-1-1-any.pkg.tar.zst"));

    assertThatThrownBy(
            () ->
                PackageFile.read(
                    file,
                    whenAsked(() -> Files.setLastModifiedTime(file, FileTime.fromMillis(1000)))))
        .hasMessageContaining("changed while it was read");
    assertThatThrownBy(
            () ->
                PackageFile.read(
                    file,
                    whenAsked(() -> Files.move(other, file, StandardCopyOption.REPLACE_EXISTING))))
        .hasMessageContaining("changed while it was read");
  }

  /** No further digests; asking for them, which happens between look and read, does something. */
  private static Set<HashAlgorithm> whenAsked(ThrowingRunnable action) {
    return new AbstractSet<>() {
      @Override
      public Iterator<HashAlgorithm> iterator() {
        try {
          action.run();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        return Collections.emptyIterator();
      }

      @Override
      public int size() {
        return 0;
      }
    };
  }

  @FunctionalInterface
  private interface ThrowingRunnable {
    void run() throws IOException;
  }

  private byte[] small(Compression compression) {
    return SamplePackage.of("a", "1-1")
        .compression(compression)
        .withoutBuildInfo()
        .file("usr/share/a", "a")
        .bytes();
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(directory.resolve("a-1-1-any.pkg.tar.zst"), bytes);
  }

  private void assertRefused(SamplePackage sample, String id, String reason) {
    assertRefused(sample.writeAs(directory.resolve("a-1-1-any.pkg.tar.zst")), id, reason);
  }

  private static void assertRefused(Path file, String id, String reason) {
    RefusedException refused =
        catchThrowableOfType(RefusedException.class, () -> PackageFile.read(file, Set.of()));
    assertThat(refused).isNotNull();
    Finding finding = refused.findings().get(0);
    assertThat(finding.id()).isEqualTo(id);
    assertThat(finding.reason()).contains(reason).doesNotContain("\n").doesNotContain("\r");
    assertThat(finding.subject())
        .startsWith(String.valueOf(id.equals("package-missing") ? file : file.getFileName()));
  }
}
