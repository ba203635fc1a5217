package org.qrepo.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A source of a builder as its developers keep it: a git repository with signed tags, a developer's
 * key, and a master key that certifies it; all made by real git and real gpg, and thrown away. The
 * trees are the project's own.
 */
final class SignedSource implements AutoCloseable {
  /** What makes a tree the classic builder. */
  static final Map<String, String> CLASSIC =
      Map.of(
          "Makefile", "all:\n\t@echo building\n",
          "Makefile.generic", "generic:\n",
          ".gitignore", "chroot-*\nqubes-src\nbuilder*.conf\nkeyrings/\n",
          "scripts/remount", "#!/bin/sh\n");

  /** What makes a tree builder v2. */
  static final Map<String, String> V2 =
      Map.of(
          "qb", "#!/bin/sh\necho building\n",
          "qubesbuilder/cli/cli_main.py", "print('qb')\n",
          ".gitignore", "**__pycache__\nartifacts\nbuilder.yml\n");

  private final Path folder;
  private final Path repository;
  private final GpgHome gpg;
  private final Path gpgProgram;
  private final String master;
  private final String developer;
  private final String format;

  /**
   * Makes the keys; the repository is empty.
   *
   * @param folder a folder to make, with a short path
   */
  SignedSource(Path folder) {
    Programs.require("git", "gpg");
    try {
      this.folder = Files.createDirectories(folder);
      this.repository = folder.resolve("origin");
      this.gpg = new GpgHome(folder.resolve("gpg"));
      Files.writeString(gpg.path().resolve("gpg-agent.conf"), "s2k-count 65536\n");
      this.gpgProgram = wrapper("gpg-here", "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.format = "sha1";
    this.master = newKey("Master Signing Key", "cert", at(2019));
    this.developer = newKey("A Developer <dev@example.org>", "sign,cert", at(2019));
    certify(master, developer);
  }

  private SignedSource(SignedSource keys, Path repository, String format) {
    this.folder = keys.folder;
    this.repository = repository;
    this.gpg = keys.gpg;
    this.gpgProgram = keys.gpgProgram;
    this.master = keys.master;
    this.developer = keys.developer;
    this.format = format;
  }

  /** Another repository of the same people; it is closed with this one. */
  SignedSource another(Path folderOfIt, String objectFormat) {
    return new SignedSource(this, folderOfIt, objectFormat);
  }

  /** The fingerprint to pin. */
  String master() {
    return master;
  }

  /** The fingerprint of the developer whom the master key certifies. */
  String developer() {
    return developer;
  }

  GpgHome gpg() {
    return gpg;
  }

  /** What to clone: a folder, which is also a URL for git. */
  Path repository() {
    return repository;
  }

  String url() {
    return "file://" + repository;
  }

  /** Makes the repository with this tree, committed and tagged {@code v1} by the developer. */
  SignedSource init(Map<String, String> tree) {
    Command.of("git", "init", "--quiet", "--initial-branch=main", "--object-format=" + format)
        .with(repository.toString())
        .run()
        .expectSuccess();
    return commit("first", tree).tag("v1", developer);
  }

  /** Commits these files, by path, without a signature; scripts and {@code qb} may be run. */
  SignedSource commit(String message, Map<String, String> files) {
    files.forEach(this::write);
    git("add", "--all");
    git("commit", "--quiet", "--allow-empty", "-m", message);
    return this;
  }

  /** Commits these files and signs the commit. */
  SignedSource signedCommit(String message, Map<String, String> files, String key) {
    files.forEach(this::write);
    git("add", "--all");
    git("commit", "--quiet", "--allow-empty", "-S" + key, "-m", message);
    return this;
  }

  /** Signs a tag on the last commit. */
  SignedSource tag(String name, String key) {
    git("tag", "--sign", "--local-user=" + key, "-m", "version " + name, name);
    return this;
  }

  private void write(String path, String text) {
    try {
      Path file = repository.resolve(path);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
      if (text.startsWith("#!")) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs git in the repository as a developer would. */
  String git(String... words) {
    return gitAs(repository, gpgProgram, words);
  }

  /** What signs in the place of gpg, with the keys that are here. */
  Path program() {
    return gpgProgram;
  }

  /** Runs git in any checkout with that, or with what {@link #wrapper} made. */
  static String gitAs(Path checkout, Path signer, String... words) {
    return git(checkout, List.of("-c", "gpg.program=" + signer), words);
  }

  /** Runs git in any checkout, without the settings of whoever runs the tests. */
  static String git(Path checkout, String... words) {
    return git(checkout, List.of(), words);
  }

  private static String git(Path checkout, List<String> settings, String... words) {
    List<String> all = new ArrayList<>(List.of("-C", checkout.toString()));
    all.addAll(List.of("-c", "user.name=A Developer", "-c", "user.email=dev@example.org"));
    all.addAll(settings);
    all.addAll(List.of(words));
    return Command.of("git")
        .with(all)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .run()
        .expectSuccess()
        .out()
        .strip();
  }

  /** A program in the place of gpg that passes on these options besides. */
  Path wrapper(String name, String options) {
    try {
      Path file = folder.resolve(name);
      Files.writeString(
          file,
          "#!/bin/sh\nexec gpg --homedir '%s' --batch --quiet %s \"$@\"\n"
              .formatted(gpg.path(), options));
      return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Makes a key without a passphrase that never expires.
   *
   * @param usage as gpg names it: {@code sign}, {@code cert}
   */
  String newKey(String userId, String usage, String... options) {
    gpg.gpg(options)
        .with("--passphrase", "", "--quick-gen-key", userId, "ed25519", usage, "never")
        .run()
        .expectSuccess();
    return gpg
        .gpg("--list-keys", "--with-colons", "=" + userId)
        .run()
        .expectSuccess()
        .lines()
        .stream()
        .filter(line -> line.startsWith("fpr:"))
        .map(line -> line.split(":", -1)[9])
        .findFirst()
        .orElseThrow();
  }

  /** The options that make gpg believe it is the beginning of that year. */
  static String[] at(int year) {
    return new String[] {"--faked-system-time", year + "0101T000000"};
  }

  /** Certifies one key with another. */
  void certify(String by, String key, String... options) {
    gpg.gpg("--yes", "--local-user", by)
        .with(options)
        .with("--quick-sign-key", key)
        .run()
        .expectSuccess();
  }

  /** The certificates of these keys in one armored file. */
  Path keys(String name, String... fingerprints) {
    Path file = folder.resolve(name);
    gpg.gpg("--armor", "--yes", "--output", file.toString(), "--export")
        .with(fingerprints)
        .run()
        .expectSuccess();
    return file;
  }

  /** The master's certificate and the developer's, as a project publishes them. */
  Path keys() {
    return keys("developers-keys.asc", master, developer);
  }

  @Override
  public void close() {
    gpg.close();
  }
}
