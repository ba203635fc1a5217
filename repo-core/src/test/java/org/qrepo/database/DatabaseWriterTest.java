package org.qrepo.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qrepo.io.Compression;

class DatabaseWriterTest {
  @ParameterizedTest
  @EnumSource
  void isReadAgainAsItWasWritten(Compression compression) {
    for (Optional<Lineage> lineage :
        List.of(Optional.of(Samples.lineage()), Optional.<Lineage>empty())) {
      for (Database database : List.of(Samples.database(), Database.empty())) {
        byte[] bytes = Samples.write(database, lineage, compression);

        assertThat(Compression.detect(bytes)).isEqualTo(compression);
        assertThat(Samples.read(bytes)).isEqualTo(new DatabaseReader.Contents(database, lineage));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void givesTheSameBytesForTheSameDatabase(Compression compression) {
    List<DatabaseEntry> entries = new ArrayList<>(Samples.database().entries());
    byte[] bytes = Samples.write(Database.of(entries), Optional.of(Samples.lineage()), compression);
    java.util.Collections.reverse(entries);

    assertThat(Samples.write(Database.of(entries), Optional.of(Samples.lineage()), compression))
        .isEqualTo(bytes);
  }

  @Test
  void laysMembersOutAsClientsExpect() throws IOException {
    byte[] bytes = Samples.write(Samples.database(), Optional.empty(), Compression.NONE);
    List<String> seen = new ArrayList<>();
    try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(bytes))) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        assertThat(e.getLongUserId()).isZero();
        assertThat(e.getLongGroupId()).isZero();
        assertThat(e.getLastModifiedTime().toMillis()).isEqualTo(Samples.BUILD_DATE * 1000);
        assertThat(e.isCheckSumOK()).isTrue();
        assertThat(e.isPaxHeader()).isFalse();
        seen.add(Integer.toOctalString(e.getMode()) + " " + e.getName());
      }
    }

    assertThat(seen)
        .containsExactly(
            "755 alpha-1.0-1/",
            "644 alpha-1.0-1/desc",
            "755 beta-2:2.1-3/",
            "644 beta-2:2.1-3/desc",
            "755 libq++-0.1.r3.gabcdef-1/",
            "644 libq++-0.1.r3.gabcdef-1/desc");
    assertThat(bytes.length % 10240).isZero();
  }

  @Test
  void emptyDatabaseIsOneRecordOfZeros() {
    assertThat(Samples.write(Database.empty(), Optional.empty(), Compression.NONE))
        .isEqualTo(new byte[10240]);
  }

  @Test
  void lineageIsTheFirstThingInTheArchive() {
    byte[] bytes =
        Samples.write(Database.empty(), Optional.of(Samples.lineage()), Compression.NONE);

    assertThat((char) bytes[156]).isEqualTo('g');
    assertThat(new String(bytes, 512, 512, java.nio.charset.StandardCharsets.US_ASCII))
        .contains(" comment=" + Samples.lineage().format() + "\n");
  }

  @Test
  void writesPathsThatDoNotFitIntoUstar() {
    Database database =
        Database.of(
            List.of(
                Samples.entry("a".repeat(94), "1-1"),
                Samples.entry("b".repeat(95), "1-1"),
                Samples.entry("c".repeat(96), "1-1"),
                Samples.entry("d".repeat(151), "1-1"),
                Samples.entry("e".repeat(152), "1-1"),
                Samples.entry("f".repeat(230), "1-1")));
    byte[] bytes = Samples.write(database, Optional.empty(), Compression.NONE);

    assertThat(Samples.read(bytes).database()).isEqualTo(database);
  }

  @Test
  void keepsOtherFilesOfAnEntry() {
    byte[] foreign =
        new ForeignArchive()
            .entry("old", "1-1")
            .file("old-1-1/depends", "%DEPENDS%\nglibc\n\n")
            .file("old-1-1/deltas", "something of long ago")
            .toBytes();
    Database database = Samples.read(foreign).database();
    byte[] bytes = Samples.write(database, Optional.empty(), Compression.GZIP);

    assertThat(Samples.read(bytes).database()).isEqualTo(database);
    assertThat(database.entries().get(0).otherFiles()).containsOnlyKeys("deltas", "depends");
    assertThat(database.entries().get(0).values("DEPENDS")).containsExactly("glibc");
  }

  @ParameterizedTest
  @EnumSource
  void isListedByBsdtar(Compression compression, @TempDir Path directory) throws Exception {
    Program.require("bsdtar");
    DatabaseEntry longName = Samples.entry("x".repeat(200), "1-1");
    Database database = Samples.database().with(longName);
    Path file = directory.resolve("t.db");
    Files.write(file, Samples.write(database, Optional.of(Samples.lineage()), compression));

    String listing = Program.output(directory, "bsdtar", "--numeric-owner", "-tvf", "t.db");

    assertThat(listing.lines())
        .hasSize(8)
        .allMatch(l -> l.matches("[d-]rw[x-]r-[x-]r-[x-]  0 0 +0 .*"));
    for (DatabaseEntry entry : database.entries()) {
      assertThat(listing).contains(" " + entry.directory() + "/\n");
      String desc =
          Program.output(directory, "bsdtar", "-xOf", "t.db", entry.directory() + "/desc");
      assertThat(desc.getBytes(java.nio.charset.StandardCharsets.UTF_8)).isEqualTo(entry.desc());
    }
  }
}
