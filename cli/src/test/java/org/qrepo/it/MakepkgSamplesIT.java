package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The samples hold what the other tests rely on, by the word of bsdtar, repo-add and pacman. */
class MakepkgSamplesIT {
  private final Scratch scratch = new Scratch();

  @AfterEach
  void tidy() {
    scratch.close();
  }

  @Test
  void pathsOfEveryKindAreInTheFileLists() throws IOException {
    List<Path> packages = MakepkgSamples.all(new Makepkg(scratch));
    assertThat(packages).hasSize(8 + MakepkgSamples.EXTENSIONS.size());
    Path database = RepoAdd.add(scratch.folder("repo"), "t", packages);
    Path entries =
        RepoAdd.unpack(database.resolveSibling("t.files.tar.gz"), scratch.folder("entries"));
    assertThat(Files.readAllLines(entries.resolve("paths-1.0-1/files")))
        .contains("%FILES%", "usr/share/paths/empty-folder/", "usr/share/paths/.hidden/.nested")
        .contains("usr/share/paths/with space", "usr/share/paths/naïve-übung-日本")
        .contains("usr/share/paths/with\\\\backslash", "usr/share/paths/with\\ttab")
        .anyMatch(line -> line.length() > 270);
    assertThat(Files.readString(entries.resolve("meta-2026.11-1/files"))).isEqualTo("%FILES%\n");
    assertThat(Files.readString(entries.resolve("relations-1:4.2-10/desc")))
        .contains("%GROUPS%\nbase-devel\nqubes-vm\nx-group\n")
        .contains("bar: a = b and c: d\n");
    assertThat(Files.readString(entries.resolve("bare-1-1/desc"))).doesNotContain("%URL%");
  }

  @Test
  void aRealClientInstallsFromWhatRepoAddAndGpgMade() {
    try (GpgHome gpg = new GpgHome(scratch.path().resolve("s"))) {
      String key = gpg.generateKey("T <t@example.org>", "ed25519");
      Path file = new Makepkg(scratch).build("a", MakepkgSamples.simple("a", "1.0-1")).get(0);
      Path repository = scratch.folder("repo");
      Path published = copy(file, repository);
      gpg.sign(key, published);
      Path database = RepoAdd.add(repository, "t", List.of(published));
      gpg.sign(key, database);
      link(repository, "t.db.sig", "t.db.tar.gz.sig");
      Path certificate = gpg.exportCertificate(key, scratch.path().resolve("t.gpg"));
      try (Nginx nginx = Nginx.serve(scratch.path().resolve("n"), repository);
          PacmanClient client =
              new PacmanClient(scratch.path().resolve("c"), "t", nginx.url(), certificate)) {
        client.sync().expectSuccess();
        assertThat(client.list()).containsExactly("a 1.0-1");
        client.install("a").expectSuccess();
        assertThat(client.installed()).containsExactly("a 1.0-1");
        assertThat(client.root().resolve("usr/share/a/version")).hasContent("1.0-1");
        assertThat(nginx.requests()).contains("200 GET /t.db", "200 GET /t.db.sig");
        client.remove("a").expectSuccess();
        assertThat(client.installed()).isEmpty();
      }
    }
  }

  private static Path copy(Path file, Path folder) {
    try {
      return Files.copy(file, folder.resolve(file.getFileName()));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void link(Path folder, String name, String target) {
    try {
      Files.createSymbolicLink(folder.resolve(name), Path.of(target));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
