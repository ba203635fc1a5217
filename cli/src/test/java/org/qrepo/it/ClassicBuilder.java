package org.qrepo.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A directory of the classic builder that real make, git, makepkg and rpmbuild work in. */
final class ClassicBuilder {
  private final Path directory;

  /**
   * @param components in build order
   */
  ClassicBuilder(Path directory, ComponentSources sources, List<String> components) {
    BuilderFiles.requirePrograms();
    this.directory = directory;
    BuilderFiles.write(directory, BuilderFiles.CLASSIC);
    BuilderFiles.write(
        directory,
        Map.of(
            "builder.conf",
            """
            GIT_BASEURL = %s
            GIT_PREFIX = %s
            DISTS_VM = archlinux+minimal
            COMPONENTS = %s
            """
                .formatted(sources.url(), ComponentSources.PREFIX, String.join(" ", components))));
  }

  Path directory() {
    return directory;
  }

  Path source(String component) {
    return directory.resolve("qubes-src").resolve(component);
  }

  Path log(String component) {
    return directory.resolve("build-logs/" + component + "-vm-archlinux.log");
  }

  /** A package of version 1.0, as it lies with the component. */
  Path packageOf(String component) {
    return packageOf(component, "1.0");
  }

  Path packageOf(String component, String version) {
    return source(component)
        .resolve("pkgs/vm-archlinux/" + component + "-" + version + "-1-x86_64.pkg.tar.zst");
  }

  /** The RPMs of templates. */
  List<Path> templates() {
    return rpms(source("linux-template-builder").resolve("rpm/noarch"));
  }

  static List<Path> rpms(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".rpm")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
