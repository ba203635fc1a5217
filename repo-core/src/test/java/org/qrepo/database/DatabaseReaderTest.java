package org.qrepo.database;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.io.Compression;
import org.qrepo.tar.RawTar;

class DatabaseReaderTest {
  @Test
  void readsConcatenatedGzipMembers() {
    byte[] plain =
        Samples.write(Samples.database(), Optional.of(Samples.lineage()), Compression.NONE);
    ByteArrayOutputStream pieces = new ByteArrayOutputStream();
    for (int at = 0; at < plain.length; at += 777) {
      byte[] piece = Arrays.copyOfRange(plain, at, Math.min(plain.length, at + 777));
      pieces.writeBytes(gzip(piece));
    }

    assertThat(Samples.read(pieces.toByteArray()))
        .isEqualTo(new DatabaseReader.Contents(Samples.database(), Optional.of(Samples.lineage())));
  }

  @ParameterizedTest
  @ValueSource(ints = {TarArchiveOutputStream.LONGFILE_GNU, TarArchiveOutputStream.LONGFILE_POSIX})
  void readsWhatOtherToolsWrite(int longFileMode) {
    String name = "n".repeat(180);
    byte[] bytes =
        new ForeignArchive(longFileMode)
            .pax('g', "comment", "somebody else's")
            .file("b-1-1/desc", ForeignArchive.desc("b", "1-1"))
            .entry(name, "1-1")
            .entry("a", "1-1")
            .toBytes(Compression.XZ);

    DatabaseReader.Contents contents = Samples.read(bytes);

    assertThat(contents.lineage()).isEmpty();
    assertThat(contents.database().entries())
        .extracting(DatabaseEntry::directory)
        .containsExactly("a-1-1", "b-1-1", name + "-1-1");
  }

  @Test
  void readsPastFileListsThatStandInTheDatabase() {
    byte[] bytes =
        new ForeignArchive().entry("a", "1-1").file("a-1-1/files", "%FILES%\nusr/\n").toBytes();

    assertThat(Samples.read(bytes).database().entries().get(0).otherFiles()).isEmpty();
  }

  @Test
  void readsAFileByPath(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("t.db");
    Files.write(file, Samples.write(Samples.database(), Optional.empty(), Compression.ZSTD));
    assertThat(DatabaseReader.read(file, ReadLimits.database()).database())
        .isEqualTo(Samples.database());

    Files.write(file, new byte[0]);
    assertThatThrownBy(() -> DatabaseReader.read(file, ReadLimits.database()))
        .hasMessage("t.db: the file has no bytes");
  }

  @Test
  void refusesAnEmptyFile() {
    refuses(new byte[0], "database-empty-file", "the file has no bytes");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!DOCTYPE html><html><body>404</body></html>",
        "\n  <html>",
        "\ufeff<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>"
      })
  void refusesAWebPage(String page) {
    refuses(page.getBytes(UTF_8), "database-html", "is a web page, not a database");
    refuses(gzip(page.getBytes(UTF_8)), "database-html", "is a web page, not a database");
  }

  @Test
  void refusesJunk() {
    byte[] junk = new byte[4096];
    new java.util.Random(1).nextBytes(junk);
    junk[0] = 'j';
    for (byte[] bytes : List.of(junk, "x".getBytes(US_ASCII), gzip(junk), gzip(new byte[0]))) {
      refuses(bytes, "database-junk", "is not a database: no tar archive is in it");
    }
  }

  @Test
  void namesFormatsThatItDoesNotRead() {
    refuses("LRZI and so on".getBytes(US_ASCII), "database-format", "lrzip");
  }

  @Test
  void refusesAForeignArchive() {
    refuses(
        new ForeignArchive().directory("usr").file("usr/bin/x", "x").toBytes(),
        "database-foreign",
        "is an archive of something else: it holds 'usr/'");
    refuses(
        new ForeignArchive().entry("a", "1-1").file("a-1-1/x/y", "").toBytes(),
        "database-foreign",
        "it holds 'a-1-1/x/y'");
  }

  @Test
  void refusesAPackage() {
    refuses(
        new ForeignArchive().file(".PKGINFO", "pkgname = a\n").toBytes(Compression.ZSTD),
        "database-stray-file",
        "'.PKGINFO' lies beside the entries");
  }

  @Test
  void refusesAStrayFile() {
    refuses(
        new ForeignArchive().entry("a", "1-1").file("README", "hi").toBytes(),
        "database-stray-file",
        "'README' lies beside the entries");
  }

  @Test
  void refusesNamesThatBeginWithADot() {
    refuses(
        new ForeignArchive()
            .directory(".")
            .directory("./a-1-1")
            .file("./a-1-1/desc", ForeignArchive.desc("a", "1-1"))
            .toBytes(),
        "database-dot-slash",
        "members are named './...'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/a-1-1/desc", "../a-1-1/desc", "a-1-1/../desc", "a-1-1\\desc", "a-1-1/.."})
  void refusesPathsThatLeaveTheirDirectory(String path) {
    refuses(
        new ForeignArchive().file(path, "x").toBytes(),
        "database-path",
        "a member leaves its directory: '" + path + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-x-1-1", ".x-1-1", "a b-1-1", "\u00e9-1-1", "a-x:1-1", "a-1", "a-1-"})
  void refusesEntriesThatClientsCannotRead(String directory) {
    refuses(
        new ForeignArchive().entry("a", "1-1").directory(directory).toBytes(),
        "database-entry-name",
        "an entry has a name that clients cannot read");
  }

  @Test
  void refusesNamesThatAreTooLong() {
    String name = "n".repeat(252);
    refuses(
        new ForeignArchive().entry("a", "1-1").entry(name, "1-1").toBytes(),
        "database-entry-name",
        "longer than 251");
    refuses(
        new ForeignArchive().entry("n".repeat(1100), "1-1").toBytes(),
        "database-path-length",
        "longer than 1024 bytes");
    refuses(
        new ForeignArchive(TarArchiveOutputStream.LONGFILE_GNU)
            .entry("n".repeat(1100), "1-1")
            .toBytes(),
        "database-path-length",
        "longer than 1024 bytes");
  }

  @ParameterizedTest
  @ValueSource(
      bytes = {
        TarConstants.LF_SYMLINK,
        TarConstants.LF_LINK,
        TarConstants.LF_FIFO,
        TarConstants.LF_CHR,
        TarConstants.LF_GNUTYPE_SPARSE
      })
  void refusesLinksAndDevices(byte type) {
    refuses(
        new ForeignArchive().directory("a-1-1").member("a-1-1/desc", type, new byte[0]).toBytes(),
        "database-member-type",
        "'a-1-1/desc' is neither a file nor a directory");
  }

  @Test
  void refusesTheSameMemberTwice() {
    refuses(
        new ForeignArchive()
            .entry("a", "1-1")
            .file("a-1-1/desc", ForeignArchive.desc("a", "1-1"))
            .toBytes(),
        "database-duplicate-member",
        "'a-1-1/desc' is there twice");
  }

  @Test
  void refusesTwoVersionsOfOnePackage() {
    refuses(
        new ForeignArchive().entry("a", "1-1").entry("a", "2-1").toBytes(),
        "database-duplicate-name",
        "two versions of 'a': 1-1 and 2-1");
  }

  @Test
  void refusesTwoEntriesForOneFile() {
    String desc = ForeignArchive.desc("b", "1-1").replace("b-1-1-any", "a-1-1-any");
    refuses(
        new ForeignArchive().entry("a", "1-1").file("b-1-1/desc", desc).toBytes(),
        "database-duplicate-file",
        "'a-1-1' and 'b-1-1' both claim the file 'a-1-1-any.pkg.tar.zst'");
  }

  @Test
  void refusesAnEntryWithoutDesc() {
    refuses(
        new ForeignArchive().entry("a", "1-1").directory("b-1-1").toBytes(),
        "entry-without-desc",
        "the entry 'b-1-1' has no 'desc'");
  }

  @Test
  void tellsAllThatIsWrongWithEntries() {
    byte[] bytes =
        new ForeignArchive()
            .file("a-1-1/desc", ForeignArchive.desc("x", "1-1"))
            .file("b-1-1/desc", ForeignArchive.desc("b", "1-2"))
            .file("c-1-1/desc", ForeignArchive.desc("c", "1-1").replace("\n", "\r\n"))
            .file("d-1-1/desc", "%NAME%\nd\n\n%VERSION%\n1-1\n\n")
            .file("e-1-1/desc", ForeignArchive.desc("e", "1-1").replace("e-1-1-any", "../e"))
            .toBytes();

    RefusedException refused =
        catchThrowableOfType(RefusedException.class, () -> Samples.read(bytes));

    assertThat(refused.findings())
        .extracting(Finding::id)
        .containsExactly(
            "entry-mismatch",
            "entry-mismatch",
            "desc-line-ends",
            "desc-field-missing",
            "entry-file-name");
    assertThat(refused.findings())
        .extracting(Finding::subject)
        .contains("sample.db:a-1-1/desc", "sample.db:c-1-1/desc:1");
  }

  @Test
  void refusesBytesAfterTheEnd() {
    byte[] sound = new ForeignArchive().entry("a", "1-1").toBytes();
    byte[] longer = Arrays.copyOf(sound, sound.length + 1);
    assertThat(Samples.read(longer).database().size()).isEqualTo(1);

    longer[sound.length] = 'x';
    refuses(longer, "database-damaged", "something follows the end of the archive");
    byte[] twice = Arrays.copyOf(gzip(sound), gzip(sound).length + 1);
    twice[twice.length - 1] = 'x';
    refuses(twice, "database-damaged", "damaged");
  }

  @Test
  void refusesASecondLineage() {
    Database database = Samples.database();
    byte[] plain = Samples.write(database, Optional.of(Samples.lineage()), Compression.NONE);
    byte[] header = Arrays.copyOf(plain, 1024);
    byte[] twice = new byte[plain.length + 1024];
    System.arraycopy(header, 0, twice, 0, 1024);
    System.arraycopy(plain, 0, twice, 1024, plain.length);

    refuses(twice, "lineage-misplaced", "a lineage that does not stand at its very start");
  }

  @Test
  void refusesALineageItCannotRead() {
    refuses(
        new ForeignArchive().pax('g', "comment", "qrepo/1 nonsense").toBytes(),
        "lineage-malformed",
        "the lineage in the database");
    refuses(
        new ForeignArchive().pax('g', "comment", "qrepo/3 x").toBytes(),
        "lineage-version",
        "a newer qrepo");
  }

  @Test
  void refusesHeadersThatReadersDisagreeAbout() {
    refuses(
        new ForeignArchive().pax('g', "path", "a-1-1/desc").entry("a", "1-1").toBytes(),
        "database-damaged",
        "a global header renames or resizes every member");
    refuses(
        new ForeignArchive().pax('x', "GNU.sparse.major", "1").entry("a", "1-1").toBytes(),
        "database-damaged",
        "sparse");
    refuses(
        new ForeignArchive().pax('x', "size", "-1").entry("a", "1-1").toBytes(),
        "database-damaged",
        "a member's size is no number");
    refuses(
        new ForeignArchive().raw('x', "nonsense".getBytes(US_ASCII)).toBytes(),
        "database-damaged",
        "an extended header is malformed");
    refuses(
        new ForeignArchive()
            .pax('x', "path", "a-1-1/desc")
            .pax('x', "path", "b-1-1/desc")
            .entry("a", "1-1")
            .toBytes(),
        "database-damaged",
        "a member has two names");
    refuses(
        new ForeignArchive().raw('5', new byte[1]).toBytes(),
        "database-damaged",
        "a directory has content");
    refuses(
        new ForeignArchive().pax('x', "path", "b-1-1/desc").toBytes(),
        "database-truncated",
        "the archive ends early");
  }

  @Test
  void refusesArchivesThatAreDamaged() {
    byte[] sound = new ForeignArchive().entry("a", "1-1").toBytes();
    byte[] garbled = sound.clone();
    garbled[1024 + 512] ^= 1;
    refuses(garbled, "database-damaged", "a member's header is garbled");
    refuses(Arrays.copyOf(sound, 700), "database-truncated", "the archive ends early");
    refuses(
        new RawTar().header("a", '0', "x").end(),
        "database-damaged",
        "a member's size is no number");
    refuses(
        new RawTar().pax("path", "").file("a").end(),
        "database-damaged",
        "a member has no readable name");
    refuses(
        new RawTar().pax("path", "a\u00ff").file("a").end(),
        "database-damaged",
        "a member's name is not UTF-8: 'a\u00ff'");
    refuses(
        new RawTar().file("a\u00ff").end(),
        "database-damaged",
        "a member's name is not UTF-8: 'a\u00ff'");
    refuses(
        new RawTar().member("a", '2', new byte[1]).end(),
        "database-damaged",
        "a link or device has content");
    refuses(
        new RawTar().header("x", 'x', "00017777777").end(),
        "database-damaged",
        "an extended header of 4194303 bytes is absurd");
    refuses(
        new RawTar().header("x", 'L', "00017777777").end(),
        "database-path-length",
        "longer than 1024 bytes");
  }

  @ParameterizedTest
  @EnumSource
  void boundsWhatItReads(Compression compression) {
    byte[] bytes = Samples.write(Samples.database(), Optional.empty(), compression);
    int size = bytes.length;

    assertThat(Samples.read(bytes, limits(size, 10240, 3, 512)).database().size()).isEqualTo(3);
    refuses(bytes, limits(size - 1, 10240, 3, 512), "database-too-large");
    refuses(bytes, limits(size, 10239, 3, 512), "database-too-large");
    refuses(bytes, limits(size, 10240, 2, 512), "database-too-many-entries");
    refuses(bytes, limits(size, 10240, 3, 100), "database-member-size");
  }

  @Test
  void refusesAnArchiveThatExpandsWithoutEnd() {
    byte[] bomb =
        Samples.bytes(
            out -> {
              try (var gzip = Compression.GZIP.encode(out)) {
                byte[] zeros = new byte[1 << 20];
                for (int i = 0; i < 80; i++) {
                  gzip.write(zeros);
                }
              }
            });

    refuses(bomb, "database-too-large", "it expands to more than 250 times its size");
  }

  @Test
  void passesFailuresOfTheSourceOn() {
    byte[] bytes = Samples.write(Samples.database(), Optional.empty(), Compression.GZIP);
    IOException broken = new IOException("the network is gone");
    InputStream source =
        new FilterInputStream(new ByteArrayInputStream(bytes)) {
          private int left = 100;

          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            if (left == 0) {
              throw broken;
            }
            int n = super.read(buffer, offset, Math.min(length, left));
            left -= n;
            return n;
          }
        };

    assertThatThrownBy(() -> DatabaseReader.read(() -> source, "t.db", ReadLimits.database()))
        .isSameAs(broken);
  }

  private static ReadLimits limits(long compressed, long expanded, int entries, int desc) {
    return new ReadLimits(compressed, expanded, entries, desc, 1 << 20, 1024, 250);
  }

  private static void refuses(byte[] bytes, ReadLimits limits, String id) {
    assertThat(catchThrowableOfType(RefusedException.class, () -> Samples.read(bytes, limits)))
        .extracting(e -> e.findings().get(0).id())
        .isEqualTo(id);
  }

  private static void refuses(byte[] bytes, String id, String reason) {
    RefusedException refused =
        catchThrowableOfType(RefusedException.class, () -> Samples.read(bytes));
    assertThat(refused).as(id).isNotNull();
    Finding finding = refused.findings().get(0);
    assertThat(finding.id()).isEqualTo(id);
    assertThat(finding.headline()).startsWith("sample.db").contains(reason);
    assertThat(finding.details()).isNotEmpty();
  }

  private static byte[] gzip(byte[] content) {
    return Samples.bytes(
        out -> {
          try (var gzip = Compression.GZIP.encode(out)) {
            gzip.write(content);
          }
        });
  }
}
