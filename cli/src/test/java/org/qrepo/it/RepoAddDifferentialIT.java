package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What qrepo writes about packages of the real makepkg is what the real repo-add writes. */
class RepoAddDifferentialIT {
  private final Scratch scratch = new Scratch();

  @AfterEach
  void tidy() {
    scratch.close();
  }

  @Test
  void entriesEqualThoseOfRepoAdd() throws IOException {
    List<Path> packages = MakepkgSamples.all(new Makepkg(scratch));
    Path theirs = RepoAdd.add(scratch.folder("theirs"), Publisher.NAME, packages);
    try (Publisher publisher = new Publisher(scratch, "pointer")) {
      publisher.publish(packages).expectSuccess();
      assertSameEntries(publisher.tree().resolve("t.db"), theirs);
      assertSameEntries(
          publisher.tree().resolve("t.files"), theirs.resolveSibling("t.files.tar.gz"));
    }
  }

  private void assertSameEntries(Path ours, Path theirs) throws IOException {
    String kind = ours.getFileName().toString();
    Path mine = RepoAdd.unpack(ours, scratch.folder("mine-" + kind));
    Path reference = RepoAdd.unpack(theirs, scratch.folder("reference-" + kind));
    assertThat(files(mine)).isNotEmpty().isEqualTo(files(reference));
    for (Path file : files(mine)) {
      String expected = Files.readString(reference.resolve(file));
      assertThat(Files.readString(mine.resolve(file)))
          .as("%s of %s", file, kind)
          .isEqualTo(file.endsWith("desc") ? RepoAdd.asVersion2(expected) : expected);
    }
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile).map(folder::relativize).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
