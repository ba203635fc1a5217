package org.qrepo.cli.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.qrepo.Finding;

/** What a configuration without errors lacks: things not set, files not there. */
public final class ConfigReview {
  private final Config config;
  private final List<Finding> findings = new ArrayList<>();

  private ConfigReview(Config config) {
    this.config = config;
  }

  /** Everything that it lacks, in the order of the reference. */
  public static List<Finding> of(Config config) {
    return new ConfigReview(config).review();
  }

  private List<Finding> review() {
    expectName();
    expectTarget();
    Config.Signing signing = config.signing();
    signing.keyFile().ifPresent(f -> expect("signing.key-file", List.of(f)));
    signing.passphraseFile().ifPresent(f -> expect("signing.passphrase-file", List.of(f)));
    expect("signing.certificates", signing.certificates());
    expect("packages.from", config.packages().from());
    expect("packages.templates", config.packages().templates());
    config.targets().values().forEach(this::expectFiles);
    config
        .build()
        .overrides()
        .forEach((component, path) -> expect("build.overrides." + component, List.of(path)));
    expectComponents("build.overrides.", config.build().overrides().keySet());
    expectComponents("build.source-urls.", config.build().sources().urls().keySet());
    expectComponents("build.source-branches.", config.build().sources().branches().keySet());
    return List.copyOf(findings);
  }

  private void expectFiles(Config.Target target) {
    String prefix = "targets." + target.name() + ".";
    Config.Web web = target.web();
    web.netrcFile().ifPresent(f -> expect(prefix + "netrc-file", List.of(f)));
    web.caFile().ifPresent(f -> expect(prefix + "ca-file", List.of(f)));
    web.certificate().ifPresent(f -> expect(prefix + "client-certificate", List.of(f)));
    web.key().ifPresent(f -> expect(prefix + "client-key", List.of(f)));
  }

  /** Sources of components that are not built do nothing. */
  private void expectComponents(String prefix, Set<ComponentName> named) {
    List<ComponentName> built = config.build().components();
    named.stream()
        .filter(component -> !built.isEmpty() && !built.contains(component))
        .forEach(c -> lack(prefix + c, c + " is not among build.components: this does nothing"));
  }

  private void expectName() {
    if (config.repository().name().isEmpty()) {
      lack("repository.name", "is not set: every publish will need --name");
    }
  }

  private void expectTarget() {
    if (config.targets().isEmpty()) {
      lack("targets", "there are none: every publish will need --to");
    }
    config.targets().values().stream()
        .filter(t -> t.server().isEmpty())
        .map(t -> "targets." + t.name() + ".server")
        .forEach(name -> lack(name, "is not set: what clients see cannot be checked"));
  }

  private void lack(String subject, String reason) {
    findings.add(Finding.of("config-incomplete", subject, reason));
  }

  private void expect(String name, List<Path> paths) {
    String origin =
        config.settings().stream()
            .filter(s -> s.name().equals(name))
            .map(Setting::origin)
            .findFirst()
            .orElse(name);
    for (Path path : paths) {
      if (!Files.isReadable(path)) {
        String why = Files.exists(path) ? "cannot be read" : "is not there";
        findings.add(Finding.of("config-path", origin, name + ": " + path + " " + why));
      }
    }
  }
}
