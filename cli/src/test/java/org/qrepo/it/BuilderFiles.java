package org.qrepo.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Builders that tests build with: the targets, options, variables, logs and places of the real
 * ones, in text of our own. What they make is made by real git, make, makepkg and rpmbuild.
 */
final class BuilderFiles {
  private static final List<String> BOTH =
      List.of("makepkg.conf", "scripts/make-packages", "scripts/make-template");

  /** The classic builder, without a configuration: text by path. */
  static final Map<String, String> CLASSIC =
      read(
          "classic",
          "Makefile",
          "Makefile.generic",
          "scripts/get-sources",
          "scripts/build-component",
          "scripts/build-template");

  /** Builder v2, without a configuration: text by path. */
  static final Map<String, String> V2 = read("v2", "qb", "qubesbuilder/__init__.py");

  private BuilderFiles() {}

  private static Map<String, String> read(String kind, String... names) {
    Map<String, String> files = new TreeMap<>();
    BOTH.forEach(name -> files.put(name, text("both/" + name)));
    List.of(names).forEach(name -> files.put(name, text(kind + "/" + name)));
    files.put(".gitignore", text(kind + "/gitignore"));
    return Map.copyOf(files);
  }

  private static String text(String name) {
    try (InputStream in = BuilderFiles.class.getResourceAsStream("/builders/" + name)) {
      if (in == null) {
        throw new AssertionError("missing among the resources of tests: " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes files below a folder; what begins as a script does may be run. */
  static void write(Path folder, Map<String, String> files) {
    files.forEach(
        (name, text) -> {
          try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
            if (text.startsWith("#!")) {
              Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** What both need, from this machine. */
  static void requirePrograms() {
    Programs.require("make", "git", "makepkg", "fakeroot", "bsdtar", "zstd", "rpmbuild", "setpriv");
  }
}
