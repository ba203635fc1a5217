package org.qrepo.sign;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real pacman installs what we signed, and refuses it once a byte has changed. */
class PacmanInstallTest {
  private static final String PACKAGE = "tpkg-1:1.0-1-any.pkg.tar.zst";

  @TempDir Path scratch;

  @ParameterizedTest
  @ValueSource(strings = {"ed25519", "rsa4096"})
  void installsWithSignaturesRequired(String algorithm) throws Exception {
    NewKey key = algorithm.equals("ed25519") ? TestKeys.ed25519() : TestKeys.rsa4096();
    try (Gnupg client = client(key)) {
      Path repository = repository(key);
      Programs.Result said = pacman(config(client, repository), "-Sy", "tpkg");
      assertThat(said.exit()).as(said.text()).isZero();
      assertThat(scratch.resolve("root/usr/share/t/f")).hasContent("hi\n");
    }
  }

  @Test
  void refusesAChangedDatabase() throws Exception {
    NewKey key = TestKeys.ed25519();
    try (Gnupg client = client(key)) {
      Path repository = repository(key);
      sign(TestKeys.ed25519(), repository.resolve("t.db"));
      Programs.Result said = pacman(config(client, repository), "-Sy", "tpkg");
      assertThat(said.exit()).isEqualTo(1);
      assertThat(said.text()).contains("is unknown");
    }
  }

  private static Gnupg client(NewKey key) throws IOException {
    Programs.need("pacman", "repo-add", "bsdtar", "fakeroot");
    Gnupg client = Gnupg.inTemporaryHome();
    Files.createFile(client.home().resolve("pubring.gpg"));
    client.importKeys(key.certificate().getBytes(UTF_8));
    client.run((key.fingerprint() + ":6:\n").getBytes(UTF_8), "--import-ownertrust").ok();
    client.run("--check-trustdb").ok();
    return client;
  }

  private Path repository(NewKey key) throws IOException {
    Path repository = Files.createDirectories(scratch.resolve("repo"));
    Path tree = Files.createDirectories(scratch.resolve("p/usr/share/t"));
    Files.writeString(tree.resolve("f"), "hi\n");
    List<String> info =
        List.of(
            "pkgname = tpkg",
            "pkgbase = tpkg",
            "pkgver = 1:1.0-1",
            "pkgdesc = t",
            "builddate = 1700000000",
            "packager = T",
            "size = 3",
            "arch = any");
    Files.write(scratch.resolve("p/.PKGINFO"), info);
    Programs.run(
            "bsdtar",
            "--uid",
            "0",
            "--gid",
            "0",
            "--zstd",
            "-C",
            scratch.resolve("p").toString(),
            "-cf",
            repository.resolve(PACKAGE).toString(),
            ".PKGINFO",
            "usr")
        .ok();
    Programs.run(
            "repo-add",
            "-q",
            repository.resolve("t.db.tar.gz").toString(),
            repository.resolve(PACKAGE).toString())
        .ok();
    sign(key, repository.resolve(PACKAGE));
    sign(key, repository.resolve("t.db"));
    return repository;
  }

  private static void sign(NewKey key, Path file) throws IOException {
    byte[] signature =
        TestKeys.signer(key).sign(TestKeys.signable(file.toString(), Files.readAllBytes(file)));
    Files.write(file.resolveSibling(file.getFileName() + ".sig"), signature);
  }

  private Path config(Gnupg client, Path repository) throws IOException {
    for (String dir : List.of("root", "db", "cache", "hooks")) {
      Files.createDirectories(scratch.resolve(dir));
    }
    return Files.write(
        scratch.resolve("pacman.conf"),
        List.of(
            "[options]",
            "RootDir = " + scratch.resolve("root"),
            "DBPath = " + scratch.resolve("db") + "/",
            "CacheDir = " + scratch.resolve("cache") + "/",
            "LogFile = " + scratch.resolve("log"),
            "GPGDir = " + client.home() + "/",
            "HookDir = " + scratch.resolve("hooks") + "/",
            "Architecture = x86_64",
            "SigLevel = Required",
            "[t]",
            "Server = file://" + repository));
  }

  private static Programs.Result pacman(Path config, String... arguments) {
    List<String> command =
        new java.util.ArrayList<>(
            List.of("fakeroot", "pacman", "--config", config.toString(), "--noconfirm"));
    command.addAll(List.of(arguments));
    return Programs.run(command.toArray(String[]::new));
  }
}
