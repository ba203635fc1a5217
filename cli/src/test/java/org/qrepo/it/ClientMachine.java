package org.qrepo.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A machine on which pacman, pacman-key and scriptlets run as they do on a client: with a root of
 * its own, whose programs are those of this machine, and everything under the names that it has
 * there. Each call sees the same files and mounts of its own.
 */
final class ClientMachine {
  private static final List<String> LINKS =
      List.of("bin", "sbin", "lib", "lib32", "lib64", "libx32");
  private static final String PREPARE =
      """
      set -eu
      mount --make-rprivate / 2> /dev/null || true
      for d in $FOLDERS; do
        mount --bind "/usr/$d" "$R/usr/$d"
        mount -o remount,bind,ro "$R/usr/$d" 2> /dev/null || true
      done
      mount --bind /usr/share "$R/host-share"
      for d in dev proc; do mount --rbind "/$d" "$R/$d"; done
      mount --bind "$TREE" "$R/srv/mine"
      if [ -n "$FRESH" ]; then mount -t tmpfs -o mode=700 tmpfs "$R/etc/pacman.d/gnupg/private-keys-v1.d"; fi
      cd /
      exec chroot "$R" /usr/bin/env -i PATH=/usr/sbin:/usr/bin HOME=/root LC_ALL=C.UTF-8 sh -c "($0
      )
      code=\\$?
      gpgconf --homedir /etc/pacman.d/gnupg --kill all > /dev/null 2>&1
      exit \\$code"
      """;

  private final Path root;
  private final Path tree;

  /**
   * @param root a folder to make
   * @param tree the folder that the machine finds at {@code /srv/mine}
   */
  ClientMachine(Path root, Path tree) {
    Programs.require("pacman", "pacman-key", "pacman-conf", "gpg", "gpgconf", "unshare", "chroot");
    this.root = root;
    this.tree = tree;
    requireMounts();
    try {
      build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void requireMounts() {
    OwnMounts.require();
  }

  private void build() throws IOException {
    for (String folder :
        List.of(
            "usr",
            "host-share",
            "dev",
            "proc",
            "tmp",
            "run",
            "srv/mine",
            "root",
            "etc/pacman.d",
            "var/lib/pacman",
            "var/cache/pacman/pkg",
            "var/log",
            "usr/share/pacman/keyrings")) {
      Files.createDirectories(root.resolve(folder));
    }
    links(Path.of("/"), root, LINKS);
    links(Path.of("/usr"), root.resolve("usr"), names(Path.of("/usr")));
    for (String folder : folders()) {
      Files.createDirectories(root.resolve("usr").resolve(folder));
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/usr/share"))) {
      for (Path one : all) {
        String name = one.getFileName().toString();
        if (!name.equals("pacman") && !name.equals("keyrings")) {
          Files.createSymbolicLink(
              root.resolve("usr/share").resolve(name), Path.of("/host-share", name));
        }
      }
    }
    // Debian's pacman-key looks for keyrings here.
    Files.createSymbolicLink(root.resolve("usr/share/keyrings"), Path.of("pacman/keyrings"));
    for (String file : List.of("passwd", "group", "nsswitch.conf", "ld.so.cache", "ld.so.conf")) {
      if (Files.exists(Path.of("/etc", file))) {
        Files.copy(Path.of("/etc", file), root.resolve("etc").resolve(file));
      }
    }
    if (Files.isDirectory(Path.of("/etc/alternatives"))) {
      Command.of("cp", "-a", "/etc/alternatives", root.resolve("etc").toString())
          .run()
          .expectSuccess();
    }
  }

  private static void links(Path from, Path to, List<String> names) throws IOException {
    for (String name : names) {
      if (Files.isSymbolicLink(from.resolve(name))) {
        Files.createSymbolicLink(to.resolve(name), Files.readSymbolicLink(from.resolve(name)));
      }
    }
  }

  private static List<String> names(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(p -> p.getFileName().toString()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Those of the programs and their libraries. */
  private static List<String> folders() {
    return names(Path.of("/usr")).stream()
        .filter(n -> !n.equals("share"))
        .filter(n -> Files.isDirectory(Path.of("/usr", n), LinkOption.NOFOLLOW_LINKS))
        .toList();
  }

  /** Runs a shell script as root, with nobody to answer questions. */
  Command.Output run(String script) {
    return run(script, "");
  }

  /** The same on a machine that was just booted: pacman's secret keys are gone. */
  Command.Output runBooted(String script) {
    return run(script, "fresh");
  }

  private Command.Output run(String script, String fresh) {
    List<String> words = new ArrayList<>(List.of("sh", "-c", PREPARE, "\n" + script));
    return OwnMounts.unshare()
        .with(words)
        .env("R", root)
        .env("TREE", tree)
        .env("FRESH", fresh)
        .env("FOLDERS", String.join(" ", folders()))
        .run();
  }

  /** Makes pacman's own key, of a kind that is made faster than the one that pacman-key makes. */
  void makeOwnKey() {
    run("""
        mkdir -m 700 /etc/pacman.d/gnupg
        gpg --homedir /etc/pacman.d/gnupg --batch --quiet --passphrase '' \\
          --quick-gen-key 'Pacman Keyring Master Key <pacman@localhost>' ed25519 cert never
        """)
        .expectSuccess();
  }

  /** Where a file of the machine lies. */
  Path file(String path) {
    return root.resolve(path);
  }

  /** Writes a file of the machine. */
  void write(String path, String text) {
    try {
      Files.createDirectories(file(path).resolveSibling("."));
      Files.writeString(file(path), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
