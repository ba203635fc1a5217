package org.qrepo.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Where components of Qubes come from: a git repository for each, named as both builders expect it,
 * with what they read of a component.
 */
final class ComponentSources {
  /** What the URL of each begins with, besides the folder. */
  static final String PREFIX = "qubes-";

  private final Path folder;

  ComponentSources(Path folder) {
    this.folder = folder;
  }

  /** What git clones from: {@code URL/qubes-COMPONENT.git}. */
  String url() {
    return "file://" + folder;
  }

  Path repository(String component) {
    return folder.resolve(PREFIX + component + ".git");
  }

  /** A component that gives one package of its own name, in version 1.0. */
  ComponentSources add(String component) {
    return add(component, "1.0", component, "");
  }

  /**
   * A component, or its next version.
   *
   * @param name of the package that it gives
   * @param script what building it does besides, in the words of a shell; the file {@code data} of
   *     the sources goes into the package
   */
  ComponentSources add(String component, String version, String name, String script) {
    return commit(component, files(version, name, script));
  }

  /** A component without packages for Arch Linux: both builders pass over it and say well done. */
  ComponentSources addEmpty(String component) {
    return commit(component, Map.of("version", "1.0\n"));
  }

  /** What a component consists of. */
  static Map<String, String> files(String version, String name, String script) {
    return Map.of(
        "version",
        version + "\n",
        "rel",
        "1\n",
        "data",
        "data of " + name + " " + version + "\n",
        "Makefile.builder",
        "ARCH_BUILD_DIRS := archlinux\n",
        ".qubesbuilder",
        "vm:\n  archlinux:\n    build:\n    - archlinux\n",
        "archlinux/PKGBUILD.in",
        """
            pkgname=%s
            pkgver=@VERSION@
            pkgrel=@REL@
            pkgdesc="A component of the tests"
            arch=(x86_64)
            license=(GPL)
            options=(emptydirs)
            package() {
              cd "$startdir"
              echo "==> building %s"
              %s
              install -Dm644 data "$pkgdir/usr/share/%s/data"
            }
            """
            .formatted(name, name, script.isEmpty() ? ":" : script, name));
  }

  private ComponentSources commit(String component, Map<String, String> files) {
    try {
      Path repository = repository(component);
      if (!Files.isDirectory(repository)) {
        Files.createDirectories(repository);
        git(repository, "init", "--quiet", "--initial-branch=main");
      }
      BuilderFiles.write(repository, new HashMap<>(files));
      git(repository, "add", "--all");
      git(repository, "commit", "--quiet", "--allow-empty", "-m", "version");
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void git(Path repository, String... words) {
    Command.of("git", "-C", repository.toString())
        .with("-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
        .with(words)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .run()
        .expectSuccess();
  }
}
