package org.qrepo.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.stream.Stream;

/**
 * The real makepkg, which refuses to run as root: root hands over to the user {@code nobody}.
 * Packages are reproducible: their build date is fixed.
 */
final class Makepkg {
  /** The build date of every package, in seconds since the epoch. */
  static final long BUILD_DATE = 1_700_000_000L;

  private static final String BUILDER = "nobody";
  private static final String SETTINGS =
      """
      CARCH="x86_64"
      CHOST="x86_64-pc-linux-gnu"
      BUILDENV=(!distcc !color !ccache !check !sign)
      OPTIONS=(!strip docs libtool staticlibs emptydirs !zipman !purge !debug)
      INTEGRITY_CHECK=(sha256)
      STRIP_BINARIES=""
      STRIP_SHARED=""
      STRIP_STATIC=""
      MAN_DIRS=(usr/share/man)
      DOC_DIRS=(usr/share/doc)
      PURGE_TARGETS=(usr/share/info/dir)
      DBGSRCDIR="/usr/src/debug"
      COMPRESSGZ=(gzip -c -f -n)
      COMPRESSBZ2=(bzip2 -c -f)
      COMPRESSXZ=(xz -c -z -)
      COMPRESSZST=(zstd -c -z -q -)
      COMPRESSLZ4=(lz4 -q)
      PKGEXT='.pkg.tar.zst'
      SRCEXT='.src.tar.gz'
      """;

  private final Path home;

  /**
   * @param scratch where it builds; other users can pass through its path
   */
  Makepkg(Scratch scratch) {
    Programs.require("makepkg", "fakeroot", "bsdtar", "zstd", "xz", "bzip2", "lz4", "gzip");
    home = scratch.folder("makepkg");
    scratch.file("makepkg/makepkg.conf", SETTINGS);
  }

  /**
   * Builds what a PKGBUILD says.
   *
   * @param name of a folder that is not there yet
   * @param extension of the packages: {@code .pkg.tar.zst}
   * @param sources further files beside the PKGBUILD
   * @return the packages in the order of their file names
   */
  List<Path> build(String name, String pkgbuild, String extension, Source... sources) {
    try {
      Path start = Files.createDirectories(home.resolve(name));
      Path output = Files.createDirectories(start.resolve("out"));
      Files.writeString(start.resolve("PKGBUILD"), pkgbuild);
      for (Source source : sources) {
        Files.writeString(start.resolve(source.name()), source.text());
      }
      handOver(start);
      command(start)
          .with("makepkg", "--config", home.resolve("makepkg.conf").toString())
          .with("-d", "-f", "--nocheck", "--noconfirm")
          .in(start)
          .env("HOME", start)
          .env("PKGDEST", output)
          .env("PKGEXT", extension)
          .env("BUILDDIR", start.resolve("build"))
          .env("PACKAGER", "Test Builder <builder@example.org>")
          .env("SOURCE_DATE_EPOCH", BUILD_DATE)
          .env("LC_ALL", "C.UTF-8")
          .run()
          .expectSuccess();
      try (Stream<Path> made = Files.list(output)) {
        return made.sorted().toList();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Path> build(String name, String pkgbuild, Source... sources) {
    return build(name, pkgbuild, ".pkg.tar.zst", sources);
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static Command command(Path start) {
    if (!isRoot()) {
      return Command.of("env");
    }
    Programs.require("setpriv");
    return Command.of(
        "setpriv", "--reuid", BUILDER, "--regid", group(start), "--clear-groups", "env");
  }

  private static String group(Path file) {
    try {
      return Files.getAttribute(file, "unix:gid").toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void handOver(Path start) throws IOException {
    if (!isRoot()) {
      return;
    }
    UserPrincipal builder =
        FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(BUILDER);
    try (Stream<Path> walk = Files.walk(start)) {
      for (Path each : walk.toList()) {
        Files.setOwner(each, builder);
      }
    }
  }

  /**
   * A file that a PKGBUILD names.
   *
   * @param name relative to the PKGBUILD
   */
  record Source(String name, String text) {}
}
