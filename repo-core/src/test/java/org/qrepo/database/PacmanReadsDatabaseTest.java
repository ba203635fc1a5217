package org.qrepo.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qrepo.io.Compression;

/** The real client fetches and reads what is written here. */
class PacmanReadsDatabaseTest {
  @TempDir private Path home;
  private int generation;

  @BeforeEach
  void configure() throws IOException {
    Program.require("pacman", "fakeroot");
    for (String folder : List.of("root", "db", "cache", "hooks", "gpg", "repo")) {
      Files.createDirectory(home.resolve(folder));
    }
    Files.writeString(
        home.resolve("pacman.conf"),
        """
        [options]
        RootDir = HOME/root
        DBPath = HOME/db/
        CacheDir = HOME/cache/
        LogFile = HOME/log
        GPGDir = HOME/gpg/
        HookDir = HOME/hooks/
        Architecture = x86_64
        SigLevel = Never
        [sample]
        Server = file://HOME/repo
        """
            .replace("HOME", home.toString()));
  }

  @ParameterizedTest
  @EnumSource
  void everyCompressionWithAndWithoutLineage(Compression compression) throws Exception {
    Database database = Samples.database().with(Samples.entry("long-" + "x".repeat(190), "1-1"));
    for (Optional<Lineage> lineage :
        List.of(Optional.of(Samples.lineage()), Optional.<Lineage>empty())) {
      publish(database, lineage, compression);

      assertThat(pacman("-Sy").errors()).isEmpty();
      assertThat(pacman("-Sl", "sample").output().lines())
          .containsExactlyInAnyOrderElementsOf(
              database.entries().stream()
                  .map(e -> "sample " + e.name() + " " + e.version())
                  .toList());
      Program.Result info = pacman("-Si", "sample/alpha");
      assertThat(info.errors()).isEmpty();
      assertThat(info.output())
          .contains("Version         : 1.0-1\n")
          .contains("Description     : The package alpha\n")
          .contains("Groups          : letters\n")
          .contains("Depends On      : beta>=2\n")
          .contains("Validated By    : SHA-256 Sum\n")
          .containsPattern("Build Date      : Tue Nov 14 22:13:20 2023");
      assertThat(pacman("-Fy").errors()).isEmpty();
      assertThat(pacman("-Fl", "sample/alpha").output())
          .isEqualTo("alpha usr/\nalpha usr/share/\nalpha usr/share/alpha-1.0-1\n");
      assertThat(pacman("-F", "usr/share/beta-2:2.1-3").output()).contains("sample/beta 2:2.1-3");
    }
  }

  @ParameterizedTest
  @EnumSource
  void anEmptyDatabase(Compression compression) throws Exception {
    for (Optional<Lineage> lineage :
        List.of(Optional.of(Samples.lineage()), Optional.<Lineage>empty())) {
      publish(Database.empty(), lineage, compression);

      assertThat(pacman("-Sy").errors()).isEmpty();
      Program.Result list = pacman("-Sl", "sample");
      assertThat(list.output()).isEmpty();
      assertThat(list.errors()).isEmpty();
      assertThat(pacman("-Fy").errors()).isEmpty();
    }
  }

  @Test
  void filesOfOlderDatabasesThatWereKept() throws Exception {
    byte[] foreign =
        new ForeignArchive()
            .entry("old", "1-1")
            .file("old-1-1/depends", "%DEPENDS%\nglibc\n\n")
            .toBytes();
    publish(Samples.read(foreign).database(), Optional.empty(), Compression.GZIP);
    pacman("-Sy");

    assertThat(pacman("-Si", "sample/old").output()).contains("Depends On      : glibc\n");
  }

  private void publish(Database database, Optional<Lineage> lineage, Compression compression)
      throws IOException {
    generation++;
    Path db = home.resolve("repo/sample.db");
    Path files = home.resolve("repo/sample.files");
    try (OutputStream out = Files.newOutputStream(db)) {
      DatabaseWriter.write(database, lineage, compression, out);
    }
    try (OutputStream out = Files.newOutputStream(files)) {
      FilesDatabaseWriter.write(
          database, Samples.filesOf(database), Optional.empty(), compression, out);
    }
    FileTime time =
        FileTime.from(Instant.parse("2026-01-01T00:00:00Z").plusSeconds(10L * generation));
    Files.setLastModifiedTime(db, time);
    Files.setLastModifiedTime(files, time);
  }

  private Program.Result pacman(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("fakeroot", "pacman", "--config"));
    command.add(home.resolve("pacman.conf").toString());
    command.addAll(List.of(arguments));
    Program.Result result = Program.run(home, command);
    assertThat(result.code()).as("%s", result).isZero();
    return result;
  }
}
