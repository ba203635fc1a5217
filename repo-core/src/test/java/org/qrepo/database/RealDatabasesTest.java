package org.qrepo.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.alpm.FileList;
import org.qrepo.io.Compression;

/** Databases that others have published lose nothing when they are read and written again. */
class RealDatabasesTest {
  @ParameterizedTest
  @ValueSource(strings = {"archdb/core.db", "archdb/multilib.db", "archdb/extra.db"})
  void everyEntryIsKeptToTheByte(String name) throws Exception {
    Path file = RealRepositories.folder("archdb").resolveSibling(name);
    Map<String, byte[]> published = members(Files.readAllBytes(file));

    DatabaseReader.Contents contents = DatabaseReader.read(file, ReadLimits.database());

    assertThat(contents.lineage()).isEmpty();
    assertThat(contents.database().size()).isEqualTo(published.size());
    for (Compression compression : Compression.values()) {
      byte[] written =
          Samples.write(contents.database(), Optional.of(Samples.lineage()), compression);
      assertSame(published, members(written));
      assertThat(Samples.read(written).database()).isEqualTo(contents.database());
    }
    for (DatabaseEntry entry : contents.database().entries()) {
      assertThat(entry.sha256()).isPresent();
      assertThat(entry.compressedSize()).isPositive();
      assertThat(entry.values("PGPSIG")).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void filesDatabaseKeepsEveryMember(Compression compression) throws Exception {
    Path folder = RealRepositories.folder("ctlos");
    byte[] published = Files.readAllBytes(folder.resolve("ctlos_repo.files"));
    Database database =
        DatabaseReader.read(folder.resolve("ctlos_repo.db"), ReadLimits.database()).database();
    Map<String, FileList> lists = new HashMap<>();
    FilesDatabaseReader.read(
        () -> new ByteArrayInputStream(published),
        "ctlos_repo.files",
        ReadLimits.files(),
        (directory, size, list) -> lists.put(directory, FileList.ofStored(list.readAllBytes())));

    byte[] written =
        Samples.bytes(
            out ->
                FilesDatabaseWriter.write(
                    database, FileLists.of(lists), Optional.empty(), compression, out));

    assertSame(members(published), members(written));
    byte[] copied =
        Samples.bytes(
            out ->
                FilesDatabaseWriter.write(
                    database,
                    FileLists.none(),
                    Optional.of(
                        new FilesBase("ctlos.files", () -> new ByteArrayInputStream(written))),
                    compression,
                    out));
    assertThat(copied).isEqualTo(written);
  }

  @Test
  void filesDatabaseBelongsToItsDatabase() throws Exception {
    Path folder = RealRepositories.folder("ctlos");
    Database database =
        DatabaseReader.read(folder.resolve("ctlos_repo.db"), ReadLimits.database()).database();

    FilesDatabaseReader.check(
        () -> Files.newInputStream(folder.resolve("ctlos_repo.files")),
        "ctlos_repo.files",
        ReadLimits.files(),
        database);
    assertThat(database.size()).isEqualTo(28);
  }

  private static void assertSame(Map<String, byte[]> expected, Map<String, byte[]> actual) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (path, content) ->
            assertThat(new String(actual.get(path), StandardCharsets.ISO_8859_1))
                .as(path)
                .isEqualTo(new String(content, StandardCharsets.ISO_8859_1)));
  }

  /** The files of an archive by path, read by a library. */
  private static Map<String, byte[]> members(byte[] bytes) throws Exception {
    Map<String, byte[]> members = new HashMap<>();
    try (InputStream in = Compression.detect(bytes).decode(new ByteArrayInputStream(bytes));
        TarArchiveInputStream tar = new TarArchiveInputStream(in)) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        if (!e.isDirectory()) {
          ByteArrayOutputStream content = new ByteArrayOutputStream();
          tar.transferTo(content);
          members.put(e.getName(), content.toByteArray());
        }
      }
    }
    return members;
  }
}
