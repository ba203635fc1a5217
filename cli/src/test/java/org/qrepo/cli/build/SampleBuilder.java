package org.qrepo.cli.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import org.qrepo.alpm.SamplePackage;

/**
 * A tree with the names and the way of working of one of the builders, as far as its configuration
 * and what it made are concerned. The tests' own: nothing here is taken from either.
 */
public final class SampleBuilder {
  private final Path directory;

  private SampleBuilder(Path directory) {
    this.directory = directory;
  }

  /**
   * One that make reads: {@code get-var} prints a variable as make has it, {@code environment} as a
   * program gets it, and {@code get-sources} has a target for each component.
   */
  public static SampleBuilder classic(Path directory) {
    SampleBuilder builder = new SampleBuilder(directory);
    builder.file(
        "Makefile",
        """
        .DEFAULT_GOAL = help
        BUILDERCONF ?= builder.conf
        -include $(BUILDERCONF)
        COMPONENTS ?= none
        .EXPORT_ALL_VARIABLES:
        targets := $(COMPONENTS:%=%.get-sources)
        .PHONY: $(targets)
        $(targets):
        \t@true
        get-sources: $(targets)
        get-var:
        \t@echo '$($(GET_VAR))'
        environment:
        \t@printenv $(GET_VAR)
        help:
        \t@echo help
        """);
    builder.file("Makefile.generic", "");
    builder.example("4.1", "BRANCH ?= release4.1");
    builder.example("4.2", "COMPONENTS += builder-archlinux");
    return builder;
  }

  /** A configuration for a release with what the builder's own have, and a line more. */
  public SampleBuilder example(String release, String line) {
    return file(
        "example-configs/qubes-os-r" + release + ".conf",
        """
        GIT_BASEURL ?= https://github.com
        GIT_PREFIX ?= QubesOS/qubes-
        NO_SIGN ?= 1
        DIST_DOM0 ?= fc37
        DISTS_VM ?= fc38 bookworm
        COMPONENTS ?= vmm-xen core-admin core-agent-linux builder builder-rpm builder-archlinux
        BUILDER_PLUGINS = builder-rpm builder-debian
        BUILDER_PLUGINS += mgmt-salt
        TEMPLATE_LABEL ?=
        TEMPLATE_LABEL += bookworm:debian-12 archlinux+minimal:somebody-elses
        TEMPLATE_ALIAS += archlinux:archlinux+xfce
        about::
        \t@echo about
        """
            + line
            + "\n");
  }

  /** One that reads YAML. */
  public static SampleBuilder second(Path directory) {
    SampleBuilder builder = new SampleBuilder(directory);
    builder.file("qb", "#!/bin/sh\n");
    builder.file("qubesbuilder/config.py", "");
    builder.file(
        "example-configs/archlinux.yml",
        """
        git:
          baseurl: https://github.com
          branch: release4.3
        qubes-release: r4.3
        components:
          - builder-archlinux:
              packages: False
              branch: main
          - vmm-xen
          - app-linux-split-gpg:
              branch: main
              maintainers:
                - '0064428F455451B3EBE78A7F063938BA42CFA724'
        executor:
          type: docker
          options:
            image: "qubes-builder-fedora:latest"
        """);
    return builder.file(
        "example-configs/qubes-os-r4.3.yml",
        """
        qubes-release: r4.3
        components:
          - vmm-xen: {branch: another}
          - app-linux-pdf-converter: {branch: main, timeout: 21600}
        executor:
          type: qubes
          options:
            dispvm: "@dispvm"
        """);
  }

  /** Builds a component as the classic builder does. */
  public SampleBuilder builds(String component, SamplePackage... packages) {
    return builds(component, written(packages));
  }

  /**
   * Does what the classic builder does when it has built a component: the packages lie with it and
   * in the mirror, and the list names them alone.
   */
  public SampleBuilder builds(String component, List<Path> packages) {
    String own = "qubes-src/" + component + "/pkgs/vm-archlinux";
    StringBuilder list = new StringBuilder();
    for (Path one : packages) {
      String name = one.getFileName().toString();
      Path file = placed(one, own);
      linked(file, "qubes-packages-mirror-repo/vm-archlinux/pkgs/" + name);
      list.append("pkgs/vm-archlinux/").append(name).append('\n');
    }
    return file(own + "/archlinux.list", list.toString());
  }

  /** Builds a component as v2 does. */
  public SampleBuilder buildsVersion(String component, String version, SamplePackage... packages) {
    return buildsVersion(component, version, written(packages));
  }

  /**
   * Does what v2 does when it has built a component: the packages lie below its version and in the
   * repository, and the notes name them.
   */
  public SampleBuilder buildsVersion(String component, String version, List<Path> packages) {
    String own = "artifacts/components/" + component + "/" + version + "/vm-archlinux/build";
    String repository = "artifacts/repository/vm-archlinux/" + component + "_" + version;
    StringBuilder info = new StringBuilder("packages:\n");
    for (Path one : packages) {
      placed(one, own + "/pkgs");
      placed(one, repository);
      info.append("- ").append(one.getFileName()).append('\n');
    }
    return file(own + "/archlinux.build.yml", info + "source-hash: 0123\n");
  }

  private List<Path> written(SamplePackage... packages) {
    try {
      Path made = Files.createTempDirectory(directory, "made");
      return Arrays.stream(packages).map(one -> one.writeTo(made)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path placed(Path file, String folder) {
    try {
      Path target = Files.createDirectories(directory.resolve(folder));
      return Files.copy(
          file, target.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void linked(Path file, String name) {
    try {
      Path link = directory.resolve(name);
      Files.createDirectories(link.getParent());
      Files.deleteIfExists(link);
      Files.createLink(link, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a file of the tree. */
  public SampleBuilder file(String name, String text) {
    try {
      Path file = directory.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path directory() {
    return directory;
  }
}
