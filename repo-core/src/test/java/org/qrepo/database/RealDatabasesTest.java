package org.qrepo.database;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.alpm.FileList;
import org.qrepo.alpm.PackageFile;
import org.qrepo.io.Compression;

/** Databases that others have published lose nothing when they are read and written again. */
class RealDatabasesTest {
  @ParameterizedTest
  @ValueSource(strings = {"archdb/core.db", "archdb/multilib.db", "archdb/extra.db"})
  void everyEntryIsKeptToTheByte(String name) throws Exception {
    Path file = RealRepositories.folder("archdb").resolveSibling(name);
    SortedMap<String, String> published = Archives.files(Files.readAllBytes(file));

    DatabaseReader.Contents contents = DatabaseReader.read(file, ReadLimits.database());

    assertThat(contents.lineage()).isEmpty();
    assertThat(contents.database().size()).isEqualTo(published.size());
    for (Compression compression : List.of(Compression.GZIP, Compression.ZSTD)) {
      byte[] written =
          Samples.write(contents.database(), Optional.of(Samples.lineage()), compression);
      assertThat(Archives.files(written)).isEqualTo(published);
      assertThat(Samples.read(written).database()).isEqualTo(contents.database());
    }
    for (DatabaseEntry entry : contents.database().entries()) {
      assertThat(entry.sha256()).isPresent();
      assertThat(entry.compressedSize()).isPositive();
      assertThat(entry.values("PGPSIG")).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD"})
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

    assertThat(Archives.files(written)).isEqualTo(Archives.files(published));
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

  @Test
  void packagesAreDescribedAsPublished() throws Exception {
    Path folder = RealRepositories.folder("ctlos");
    SortedMap<String, String> published =
        Archives.files(Files.readAllBytes(folder.resolve("ctlos_repo.files")));
    List<Path> packages = packages(folder);
    assertThat(packages).hasSizeGreaterThan(20);

    for (Path file : packages) {
      PackageFile read = PackageFile.read(file, Set.of());
      DatabaseEntry entry =
          DatabaseEntry.describe(
              read.info(),
              read.fileName().value(),
              read.size(),
              read.digests(),
              Optional.empty(),
              DescOptions.DEFAULT);
      ByteArrayOutputStream list = new ByteArrayOutputStream();
      read.files().writeTo(list);

      assertThat(new String(entry.desc(), ISO_8859_1))
          .isEqualTo(published.get(entry.directory() + "/desc"));
      assertThat(list.toString(ISO_8859_1)).isEqualTo(published.get(entry.directory() + "/files"));
    }
  }

  private static List<Path> packages(Path folder) throws Exception {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(p -> p.toString().endsWith(".pkg.tar.zst")).sorted().toList();
    }
  }
}
