package org.qrepo.it;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A directory of builder v2 that real git, makepkg and rpmbuild work in. */
final class V2Builder {
  private final Path directory;

  V2Builder(Path directory, ComponentSources sources, List<String> components) {
    BuilderFiles.requirePrograms();
    this.directory = directory;
    BuilderFiles.write(directory, BuilderFiles.V2);
    BuilderFiles.write(
        directory,
        Map.of(
            "builder.yml",
            """
            git:
              baseurl: %s
              prefix: %s
            distributions:
            - vm-archlinux
            components:
            - %s
            """
                .formatted(
                    sources.url(), ComponentSources.PREFIX, String.join("\n- ", components))));
  }

  Path directory() {
    return directory;
  }

  Path source(String component) {
    return directory.resolve("artifacts/sources").resolve(component);
  }

  /** A package of version 1.0. */
  Path packageOf(String component) {
    return directory.resolve(
        "artifacts/components/%s/1.0-1/vm-archlinux/build/pkgs/%s-1.0-1-x86_64.pkg.tar.zst"
            .formatted(component, component));
  }

  /** The RPMs of templates. */
  List<Path> templates() {
    return ClassicBuilder.rpms(directory.resolve("artifacts/templates/rpm"));
  }
}
