package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.Tools;

/** {@code verify} as a process: on a real publisher's repository, and on files that are large. */
class VerifyIT {
  private static final long LARGE = (Boolean.getBoolean("qrepo.full") ? 4096L : 512L) << 20;

  @TempDir private Path scratch;

  @Test
  void aRealRepositoryVerifiesAndAChangedOneDoesNot() throws IOException {
    Path repository = Tools.realRepository("ctlos");
    Programs.require("bsdtar");
    Path keyrings = keyrings(repository);
    QrepoCli qrepo = new QrepoCli(scratch);
    String[] verify = {"verify", "--trust", keyrings.toString()};
    Command.Output whole = qrepo.command(verify).with(repository.toString()).run();
    assertThat(whole.code()).as(whole.err()).isZero();
    assertThat(whole.out()).contains("27 files: 27 good");
    Path copy = Files.createDirectory(scratch.resolve("copy"));
    try (Stream<Path> all = Files.list(repository)) {
      for (Path file : all.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Path changed = copy.resolve("ctlos_repo.db");
    byte[] bytes = Files.readAllBytes(changed);
    bytes[bytes.length - 1] ^= 1;
    Files.delete(changed);
    Files.write(changed, bytes);
    Command.Output other = qrepo.command(verify).with(copy.toString()).run();
    assertThat(other.code()).isEqualTo(3);
    assertThat(other.out()).contains("27 files: 26 good, 1 refused");
    assertThat(other.err())
        .contains("error: ctlos_repo.db: the signature by ")
        .contains("pacman will say: error: ctlos_repo: signature from ");
  }

  private Path keyrings(Path repository) throws IOException {
    try (Stream<Path> all = Files.list(repository)) {
      Path archive =
          all.filter(p -> p.getFileName().toString().matches("ctlos-keyring-.*\\.zst"))
              .findFirst()
              .orElseThrow();
      Command.of("bsdtar", "-C", scratch.toString(), "-xf", archive.toString(), "usr")
          .run()
          .expectSuccess();
    }
    return scratch.resolve("usr/share/pacman/keyrings");
  }

  @Test
  void memoryDoesNotDependOnTheSizeOfTheFiles() throws IOException {
    try (Scratch home = new Scratch();
        GpgHome gpg = new GpgHome(home.path().resolve("g"))) {
      String key = gpg.generateKey("Large <large@example.org>", "ed25519");
      Path certificate = gpg.exportCertificate(key, home.path().resolve("cert.gpg"));
      Path folder = home.folder("large");
      Path first = folder.resolve("a.db");
      try (RandomAccessFile file = new RandomAccessFile(first.toFile(), "rw")) {
        file.setLength(LARGE);
      }
      gpg.gpg("--digest-algo", "SHA256", "--detach-sign", first.toString()).run().expectSuccess();
      Files.createLink(folder.resolve("b.db"), first);
      Files.createLink(folder.resolve("b.db.sig"), folder.resolve("a.db.sig"));
      List<String> limits = List.of("-Xmx32m", "-XX:+UseSerialGC");
      Command.Output verified =
          Command.of(Path.of(System.getProperty("java.home"), "bin", "java").toString())
              .with(limits)
              .with("-jar", Path.of("target", "qrepo.jar").toAbsolutePath().toString())
              .with("verify", folder.toString(), "--trust", certificate.toString())
              .in(home.path())
              .env("HOME", home.path())
              .run();
      assertThat(verified.code()).as(verified.err()).isZero();
      assertThat(verified.out()).endsWith("2 files: 2 good\n");
    }
  }
}
