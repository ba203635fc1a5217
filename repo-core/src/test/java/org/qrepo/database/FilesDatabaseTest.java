package org.qrepo.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qrepo.RefusedException;
import org.qrepo.alpm.FileList;
import org.qrepo.alpm.PackageName;
import org.qrepo.io.Compression;

class FilesDatabaseTest {
  private final Database before = Samples.database();

  @ParameterizedTest
  @EnumSource
  void isReadAgainAsItWasWritten(Compression compression) throws IOException {
    byte[] bytes = write(before, Samples.filesOf(before), Optional.empty(), compression);

    Map<String, String> lists = new LinkedHashMap<>();
    List<String> descs = new ArrayList<>();
    FilesDatabaseReader.read(
        () -> new ByteArrayInputStream(bytes),
        "sample.files",
        ReadLimits.files(),
        new FilesDatabaseReader.Visitor() {
          @Override
          public void desc(String directory, byte[] desc) {
            descs.add(directory + new String(desc, UTF_8));
          }

          @Override
          public void files(String directory, long size, InputStream list) throws IOException {
            byte[] content = list.readAllBytes();
            assertThat(content).hasSize((int) size);
            lists.put(directory, new String(content, UTF_8));
          }
        });

    assertThat(descs)
        .containsExactlyElementsOf(
            before.entries().stream()
                .map(e -> e.directory() + new String(e.desc(), UTF_8))
                .toList());
    assertThat(lists.keySet())
        .containsExactlyElementsOf(before.entries().stream().map(e -> e.directory()).toList());
    assertThat(lists.get("alpha-1.0-1"))
        .isEqualTo("%FILES%\nusr/\nusr/share/\nusr/share/alpha-1.0-1\n");
    check(bytes, before);
  }

  @ParameterizedTest
  @EnumSource
  void copiesWhatIsNotNew(Compression compression) throws IOException {
    byte[] base = write(before, Samples.filesOf(before), Optional.empty(), Compression.GZIP);
    DatabaseEntry first = Samples.entry("aaa", "1-1");
    DatabaseEntry upgraded = Samples.entry("beta", "3-1");
    DatabaseEntry last = Samples.entry("zzz", "1-1");
    Database after = before.with(List.of(first, upgraded, last)).without(new PackageName("alpha"));
    FileLists fresh = Samples.filesOf(Database.of(List.of(first, upgraded, last)));

    byte[] merged = write(after, fresh, Optional.of(base), compression);

    assertThat(merged)
        .isEqualTo(write(after, Samples.filesOf(after), Optional.empty(), compression));
    check(merged, after);
  }

  @Test
  void prefersTheListThatIsNew() throws IOException {
    byte[] base = write(before, Samples.filesOf(before), Optional.empty(), Compression.GZIP);
    FileList rebuilt = Samples.files("usr/", "usr/rebuilt");
    FileLists fresh = FileLists.of(Map.of("beta-2:2.1-3", rebuilt));

    byte[] merged = write(before, fresh, Optional.of(base), Compression.NONE);

    assertThat(new String(merged, UTF_8))
        .contains("%FILES%\nusr/\nusr/rebuilt\n")
        .contains("usr/share/alpha-1.0-1\n")
        .doesNotContain("usr/share/beta");
  }

  @Test
  void mergesEveryPairOfRandomDatabases() throws IOException {
    java.util.Random random = new java.util.Random(99);
    for (int round = 0; round < 60; round++) {
      Database old = random(random);
      Database next = random(random);
      List<DatabaseEntry> fresh =
          next.entries().stream()
              .filter(e -> !old.entries().contains(e) || random.nextInt(5) == 0)
              .toList();
      byte[] base = write(old, Samples.filesOf(old), Optional.empty(), Compression.NONE);

      assertThat(
              write(next, Samples.filesOf(Database.of(fresh)), Optional.of(base), Compression.NONE))
          .isEqualTo(write(next, Samples.filesOf(next), Optional.empty(), Compression.NONE));
    }
  }

  @Test
  void neverDropsAnEntryWhoseListIsNowhere() {
    byte[] base = write(before, Samples.filesOf(before), Optional.empty(), Compression.GZIP);
    for (String name : List.of("aaa", "carrot", "zzz")) {
      Database after = before.with(Samples.entry(name, "1-1"));

      RefusedException refused =
          catchThrowableOfType(
              RefusedException.class,
              () -> write(after, FileLists.none(), Optional.of(base), Compression.GZIP));

      assertThat(refused.findings().get(0).id()).isEqualTo("files-missing");
      assertThat(refused).hasMessage("base.files: there is no file list for '" + name + "-1-1'");
    }
    assertThatThrownBy(() -> write(before, FileLists.none(), Optional.empty(), Compression.GZIP))
        .hasMessage("file lists: there is no file list for 'alpha-1.0-1'");
  }

  @Test
  void refusesABaseThatIsNotInOrder() {
    byte[] base =
        new ForeignArchive()
            .entry("b", "1-1")
            .file("b-1-1/files", "%FILES%\n")
            .entry("a", "1-1")
            .file("a-1-1/files", "%FILES%\n")
            .toBytes();
    RefusedException refused =
        catchThrowableOfType(
            RefusedException.class,
            () -> write(Database.empty(), FileLists.none(), Optional.of(base), Compression.NONE));

    assertThat(refused.findings().get(0).id()).isEqualTo("files-order");
  }

  @Test
  void refusesADamagedBase() {
    byte[] base = write(before, Samples.filesOf(before), Optional.empty(), Compression.GZIP);
    for (int length = 0; length < base.length; length++) {
      byte[] cut = Arrays.copyOf(base, length);
      assertThatThrownBy(() -> write(before, FileLists.none(), Optional.of(cut), Compression.NONE))
          .isInstanceOf(RefusedException.class);
    }
    byte[] flipped = base.clone();
    flipped[base.length - 6] ^= 1;
    assertThatThrownBy(
            () -> write(before, FileLists.none(), Optional.of(flipped), Compression.NONE))
        .isInstanceOf(RefusedException.class);
  }

  @Test
  void refusesEntriesThatLackAPart() {
    byte[] noFiles = new ForeignArchive().entry("a", "1-1").toBytes();
    byte[] noDesc = new ForeignArchive().file("a-1-1/files", "%FILES%\n").toBytes();

    assertThatThrownBy(() -> check(noFiles, Database.empty())).isInstanceOf(RefusedException.class);
    assertThatThrownBy(() -> skim(noFiles)).hasMessage("t.files: the entry 'a-1-1' has no 'files'");
    assertThatThrownBy(() -> skim(noDesc)).hasMessage("t.files: the entry 'a-1-1' has no 'desc'");
  }

  @Test
  void tellsWhetherItBelongsToADatabase() {
    byte[] bytes = write(before, Samples.filesOf(before), Optional.empty(), Compression.ZSTD);
    DatabaseEntry alpha = before.entries().get(0);

    assertThatThrownBy(() -> check(bytes, before.without(alpha.name())))
        .hasMessageEndingWith("it holds 'alpha-1.0-1', the database does not");
    assertThatThrownBy(() -> check(bytes, before.with(Samples.entry("more", "1-1"))))
        .hasMessageEndingWith("it lacks 'more-1-1'");
    assertThatThrownBy(() -> check(bytes, before.with(Samples.entry("alpha", "1.0-1"))))
        .hasMessageEndingWith("the two describe 'alpha-1.0-1' differently");
  }

  @Test
  void isListedByBsdtar(@TempDir Path directory) throws Exception {
    Program.require("bsdtar");
    Files.write(
        directory.resolve("t.files"),
        write(before, Samples.filesOf(before), Optional.empty(), Compression.ZSTD));

    assertThat(Program.output(directory, "bsdtar", "-tf", "t.files").lines())
        .startsWith("alpha-1.0-1/", "alpha-1.0-1/desc", "alpha-1.0-1/files", "beta-2:2.1-3/");
  }

  private static Database random(java.util.Random random) {
    List<DatabaseEntry> entries = new ArrayList<>();
    for (char name = 'a'; name <= 'j'; name++) {
      if (random.nextBoolean()) {
        entries.add(Samples.entry("p" + name, 1 + random.nextInt(2) + "-1"));
      }
    }
    return Database.of(entries);
  }

  private static byte[] write(
      Database next, FileLists fresh, Optional<byte[]> base, Compression compression) {
    Optional<FilesBase> source =
        base.map(b -> new FilesBase("base.files", () -> new ByteArrayInputStream(b)));
    return Samples.bytes(out -> FilesDatabaseWriter.write(next, fresh, source, compression, out));
  }

  private static void check(byte[] files, Database database) throws IOException {
    FilesDatabaseReader.check(
        () -> new ByteArrayInputStream(files), "t.files", ReadLimits.files(), database);
  }

  private static void skim(byte[] files) throws IOException {
    FilesDatabaseReader.read(
        () -> new ByteArrayInputStream(files),
        "t.files",
        ReadLimits.files(),
        (directory, size, list) -> {});
  }
}
