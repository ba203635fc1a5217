package org.qrepo.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.opentest4j.TestAbortedException;

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
      mount --rbind /usr "$R/usr"
      mount -o remount,bind,ro "$R/usr" 2> /dev/null || true
      mount --bind /usr/share "$R/host-share"
      mount --bind "$R/share" "$R/usr/share"
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
    if (unshare().with("true").run().code() != 0) {
      throw new TestAbortedException("limitation: this machine lets nobody mount a file system");
    }
  }

  private static Command unshare() {
    boolean rooted = "root".equals(System.getProperty("user.name"));
    return rooted ? Command.of("unshare", "-m") : Command.of("unshare", "-rm");
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
            "share/pacman/keyrings")) {
      Files.createDirectories(root.resolve(folder));
    }
    for (String link : LINKS) {
      if (Files.isSymbolicLink(Path.of("/" + link))) {
        Files.createSymbolicLink(root.resolve(link), Files.readSymbolicLink(Path.of("/" + link)));
      }
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/usr/share"))) {
      for (Path one : all) {
        String name = one.getFileName().toString();
        if (!name.equals("pacman") && !name.equals("keyrings")) {
          Files.createSymbolicLink(
              root.resolve("share").resolve(name), Path.of("/host-share", name));
        }
      }
    }
    // Debian's pacman-key looks for keyrings here.
    Files.createSymbolicLink(root.resolve("share/keyrings"), Path.of("pacman/keyrings"));
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
    return unshare().with(words).env("R", root).env("TREE", tree).env("FRESH", fresh).run();
  }

  /** Where a file of the machine lies. */
  Path file(String path) {
    return root.resolve(path.startsWith("usr/share/") ? path.substring("usr/".length()) : path);
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
