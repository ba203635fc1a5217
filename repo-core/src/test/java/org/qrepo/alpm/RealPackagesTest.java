package org.qrepo.alpm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.qrepo.Tools;
import org.qrepo.io.Compression;
import org.qrepo.io.HashAlgorithm;

/**
 * The packages of a published repository, compared with the databases that repo-add made of them.
 */
class RealPackagesTest {
  @Test
  void readsEveryPackageAsRepoAddDid() throws IOException {
    Path repository = Tools.realRepository("ctlos");
    Map<String, String> entries = members(repository.resolve("ctlos_repo.files"));
    List<Path> packages;
    try (Stream<Path> all = Files.list(repository)) {
      packages = all.filter(p -> p.toString().endsWith(".pkg.tar.zst")).sorted().toList();
    }
    assertThat(packages).isNotEmpty();

    for (Path file : packages) {
      PackageFile read = PackageFile.read(file, Set.of(HashAlgorithm.MD5));
      String entry = read.info().name() + "-" + read.info().version() + "/";
      assertThat(text(read.files())).isEqualTo(entries.get(entry + "files"));
      assertThat(entries.get(entry + "desc"))
          .contains("%FILENAME%\n" + read.fileName() + "\n")
          .contains("%SHA256SUM%\n" + read.sha256() + "\n")
          .contains("%CSIZE%\n" + read.size() + "\n")
          .contains("%ISIZE%\n" + read.info().size().orElseThrow() + "\n")
          .contains("%BUILDDATE%\n" + read.info().buildDate().orElseThrow() + "\n")
          .contains("%ARCH%\n" + read.info().architecture().orElseThrow() + "\n")
          .contains("%PACKAGER%\n" + read.info().packager().orElseThrow() + "\n");
      assertThat(read.nameMismatch()).isEmpty();
      assertThat(read.buildInfo().orElseThrow().first("pkgname"))
          .contains(read.info().name().value());
    }
  }

  private static String text(FileList files) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    files.writeTo(out);
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  private static Map<String, String> members(Path database) throws IOException {
    Map<String, String> members = new HashMap<>();
    try (InputStream in = Files.newInputStream(database);
        TarArchiveInputStream tar = new TarArchiveInputStream(Compression.ZSTD.decode(in))) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        members.put(e.getName(), new String(tar.readAllBytes(), StandardCharsets.ISO_8859_1));
      }
    }
    return members;
  }
}
