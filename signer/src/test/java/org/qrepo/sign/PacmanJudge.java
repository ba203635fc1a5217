package org.qrepo.sign;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.qrepo.publish.Fingerprint;

/**
 * A client with the real pacman and gpg: whether it accepts a signature, and what it says. It
 * synchronises the repository {@code t} and installs its only package.
 */
final class PacmanJudge implements AutoCloseable {
  static final String PACKAGE = "tpkg-1:1.0-1-any.pkg.tar.zst";
  static final String DATABASE = "t.db";

  private final Path scratch;
  private final Gnupg keys;
  private final Path ofPackages;
  private final Path ofDatabases;

  /** What came of it. */
  record Judgement(boolean accepted, List<String> said) {}

  PacmanJudge(Path scratch) throws IOException {
    Programs.need("pacman", "repo-add", "bsdtar", "fakeroot");
    this.scratch = scratch;
    this.keys = Gnupg.inTemporaryHome();
    Files.createFile(keys.home().resolve("pubring.gpg"));
    // pacman looks missing keys up: here, and not in the world
    Files.writeString(keys.home().resolve("dirmngr.conf"), "keyserver hkp://127.0.0.1:9\n");
    this.ofPackages = makeRepository(scratch.resolve("packages"));
    this.ofDatabases = makeRepository(scratch.resolve("databases"));
  }

  /** The home of its gpg. */
  Gnupg keys() {
    return keys;
  }

  void knows(byte[] certificate) {
    keys.run(certificate, "--import");
  }

  void trusts(byte[] certificate, Fingerprint key) {
    knows(certificate);
    keys.run((key + ":6:\n").getBytes(UTF_8), "--import-ownertrust").ok();
  }

  /** As {@code pacman-key --populate} does with the keys of a {@code -revoked} file. */
  void disables(Fingerprint key) {
    byte[] commands = "disable\nquit\n".getBytes(UTF_8);
    keys.run(commands, "--no-batch", "--command-fd", "0", "--edit-key", key.hex()).ok();
  }

  /** Lets the real pacman-key make its keyring, from a directory that is not the system's. */
  void populates(Path keyrings, String name) throws IOException {
    Path original = Programs.find("pacman-key");
    String script =
        Files.readString(original)
            .replaceAll("KEYRING_IMPORT_DIR=.*", "KEYRING_IMPORT_DIR='" + keyrings + "'");
    Path own = Files.writeString(scratch.resolve("pacman-key"), script);
    for (List<String> operation : List.of(List.of("--init"), List.of("--populate", name))) {
      List<String> command = new ArrayList<>(List.of("fakeroot", "bash", own.toString()));
      command.addAll(List.of("--gpgdir", keys.home().toString()));
      command.addAll(operation);
      Programs.run(command.toArray(String[]::new)).ok();
    }
  }

  void begin() {
    keys.run("--check-trustdb").ok();
  }

  Path packageFile() {
    return ofPackages.resolve(PACKAGE);
  }

  Path databaseFile() {
    return ofDatabases.resolve(DATABASE);
  }

  /** Whether it installs the package with this signature; none at all if it is empty. */
  Judgement ofPackage(Stream<byte[]> signature) throws IOException {
    String level = "Required DatabaseOptional";
    return judge(ofPackages, PACKAGE, signature, level, "-Sy", "tpkg");
  }

  /** Whether it takes the database with this signature. */
  Judgement ofDatabase(Stream<byte[]> signature) throws IOException {
    return judge(ofDatabases, DATABASE, signature, "Required", "-Sy");
  }

  /** What its gpg alone says, in its status lines. */
  Programs.Result gpg(Path file, byte[] signature) throws IOException {
    Path sig = Files.write(Files.createTempFile(scratch, "gpg", ".sig"), signature);
    return keys.run("--status-fd", "1", "--verify", sig.toString(), file.toString());
  }

  private Judgement judge(
      Path repository, String file, Stream<byte[]> signature, String level, String... operation)
      throws IOException {
    Path sig = repository.resolve(file + ".sig");
    for (byte[] bytes : signature.toList()) {
      Files.write(sig, bytes);
    }
    Path client = Files.createTempDirectory(scratch, "client");
    try {
      List<String> command = new ArrayList<>(List.of("fakeroot", "pacman", "--config"));
      command.add(config(client, repository, level).toString());
      command.addAll(List.of("--noconfirm", "--noprogressbar"));
      command.addAll(List.of(operation));
      Programs.Result result = Programs.run(command.toArray(String[]::new));
      return new Judgement(result.exit() == 0, result.text().lines().toList());
    } finally {
      Files.deleteIfExists(sig);
      delete(client);
    }
  }

  private Path config(Path client, Path repository, String level) throws IOException {
    for (String dir : List.of("root", "db", "cache", "hooks")) {
      Files.createDirectories(client.resolve(dir));
    }
    return Files.write(
        client.resolve("pacman.conf"),
        List.of(
            "[options]",
            "RootDir = " + client.resolve("root"),
            "DBPath = " + client.resolve("db") + "/",
            "CacheDir = " + client.resolve("cache") + "/",
            "LogFile = " + client.resolve("log"),
            "GPGDir = " + keys.home() + "/",
            "HookDir = " + client.resolve("hooks") + "/",
            "Architecture = x86_64",
            "SigLevel = " + level,
            "[t]",
            "Server = file://" + repository));
  }

  private Path makeRepository(Path repository) throws IOException {
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
    String root = scratch.resolve("p").toString();
    String file = Files.createDirectories(repository).resolve(PACKAGE).toString();
    Programs.run("bsdtar", "--uid", "0", "--zstd", "-C", root, "-cf", file, ".PKGINFO", "usr").ok();
    Programs.run("repo-add", "-q", repository.resolve("t.db.tar.gz").toString(), file).ok();
    return repository;
  }

  private static void delete(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      all.sorted(Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    keys.close();
  }
}
