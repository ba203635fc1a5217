package org.qrepo.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.opentest4j.TestAbortedException;

/** A real dnf with a configuration and a cache of its own, called as dom0's helper calls it. */
final class Dnf {
  /** What the helper asks for, in the order in which dom0 parses it. */
  static final String LISTING =
      "%{name}|%{epoch}|%{version}|%{release}|%{reponame}|%{downloadsize}|%{buildtime}"
          + "|%{license}|%{url}|%{summary}|%{description}|";

  private final Path home;
  private final Path definitions;
  private final String repository;

  /**
   * @param home a folder to make
   * @param definitions the folder with the {@code .repo} file
   */
  Dnf(Path home, Path definitions, String repository) {
    Programs.require("dnf", "rpmkeys");
    this.home = home;
    this.definitions = definitions;
    this.repository = repository;
    try {
      Files.createDirectories(home.resolve("log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Skips the test, or fails it, where dnf cannot download. */
  Dnf requireDownload() {
    if (run("download", "--help").code() != 0) {
      if ("1".equals(System.getenv("QREPO_REQUIRE_TOOLS"))) {
        throw new AssertionError("needs dnf-plugins-core, which ./check installs");
      }
      throw new TestAbortedException("needs dnf-plugins-core, which ./check installs");
    }
    return this;
  }

  Command.Output run(String... words) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "-y",
                "--quiet",
                "--repoid=" + repository,
                "--releasever=4.3",
                "--refresh",
                "--installroot=" + home.resolve("root"),
                "--setopt=reposdir=" + definitions,
                "--setopt=cachedir=" + home.resolve("cache"),
                "--setopt=logdir=" + home.resolve("log"),
                "--setopt=persistdir=" + home.resolve("persist"),
                "--setopt=proxy="));
    all.addAll(List.of(words));
    return Command.of("dnf").with(all).env("HOME", home).run();
  }

  /** As {@code qubes.TemplateSearch} gives it to dom0. */
  Command.Output listing() {
    return run("repoquery", "--qf=" + LISTING, "*");
  }
}
