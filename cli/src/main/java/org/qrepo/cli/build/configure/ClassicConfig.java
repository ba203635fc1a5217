package org.qrepo.cli.build.configure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.build.KnownComponents;
import org.qrepo.cli.config.BuildDist;
import org.qrepo.cli.config.BuildTemplate;
import org.qrepo.cli.config.ComponentName;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.OfficialPackages;
import org.qrepo.client.QubesRelease;

/**
 * Writes {@code builder.conf}: the builder's example for the release is included, and what follows
 * assigns anew, so that nothing can be there twice. Keys: doc/Configuration.md of qubes-builder.
 */
final class ClassicConfig {
  /** Makes RPMs, and packages of the distribution. */
  private static final List<ComponentName> PLUGINS =
      List.of(new ComponentName("builder-rpm"), new ComponentName("builder-archlinux"));

  private final Config config;
  private final QubesRelease release;
  private final MakeText make = new MakeText();

  private ClassicConfig(Config config) {
    this.config = config;
    this.release = BuilderConfig.release(config);
  }

  static BuilderConfig of(Config config, BuilderTree tree) throws IOException {
    return new ClassicConfig(config).write(tree);
  }

  private BuilderConfig write(BuilderTree tree) throws IOException {
    String example = example(tree);
    make.include(example).blank();
    make.set("RELEASE", release.number());
    templates();
    make.blank().comment("The builder itself is updated, and checked, by qrepo build fetch.");
    make.set("COMPONENTS", words(components()));
    make.set("BUILDER_PLUGINS", words(PLUGINS));
    BuilderConfig.replaced(config.build().overrides().keySet()).forEach(make::comment);
    sources();
    supply();
    make.blank().comment("qrepo signs what it publishes.").set("NO_SIGN", "1");
    return new BuilderConfig(example, make.toString());
  }

  private String example(BuilderTree tree) throws IOException {
    String name = "qubes-os-" + release + ".conf";
    Path file = tree.exampleConfigs().resolve(name);
    if (!Files.isRegularFile(file)) {
      throw new RefusedException(unknown(tree));
    }
    return tree.exampleConfigs().getFileName() + "/" + name;
  }

  private Finding unknown(BuilderTree tree) throws IOException {
    Finding finding =
        Finding.of(
            "builder-release",
            tree.directory().toString(),
            "this classic builder has no configuration for release " + release,
            "It has: " + String.join(", ", releases(tree)) + ".");
    return release.compareTo(BuilderTree.LAST_CLASSIC) > 0
        ? finding.and(
            "From release 4.3 on there is qubes-builderv2 alone: set build.kind to v2 and"
                + " build.builder to its directory.",
            "qrepo build fetch gets it and checks whose it is.")
        : finding.and("Build for one of these (repository.release), or update the builder.");
  }

  private static List<String> releases(BuilderTree tree) throws IOException {
    if (!Files.isDirectory(tree.exampleConfigs())) {
      return List.of("none");
    }
    try (Stream<Path> files = Files.list(tree.exampleConfigs())) {
      List<String> found =
          files
              .map(f -> String.valueOf(f.getFileName()))
              .filter(f -> f.matches("qubes-os-r[0-9.]+\\.conf"))
              .map(f -> f.substring("qubes-os-".length(), f.length() - ".conf".length()))
              .sorted()
              .toList();
      return found.isEmpty() ? List.of("none") : found;
    }
  }

  private void templates() {
    List<BuildTemplate> templates = config.build().templatesOrDefault();
    requireOneName(templates);
    make.blank().set("DISTS_VM", templates.stream().map(t -> t.dist().toString()).toList());
    make.set("TEMPLATE_LABEL", templates.stream().map(BuildTemplate::toString).toList());
    make.set("TEMPLATE_ALIAS", "");
    config.build().supply().rootSize().ifPresent(size -> make.set("TEMPLATE_ROOT_SIZE", size));
  }

  private static void requireOneName(List<BuildTemplate> templates) {
    Set<BuildDist> seen = new LinkedHashSet<>();
    for (BuildTemplate template : templates) {
      if (!seen.add(template.dist())) {
        throw new UsageException(
            "build.templates has " + template.dist() + " under two names",
            "The classic builder gives what it builds one name: leave one of them out.");
      }
    }
  }

  /** What is built, what makes templates of it, and the plugins; each once. */
  private Set<ComponentName> components() {
    Set<ComponentName> all = new LinkedHashSet<>(KnownComponents.toBuild(config.build()));
    all.add(BuilderTree.TEMPLATE_BUILDER);
    all.addAll(PLUGINS);
    return all;
  }

  private static List<String> words(Collection<ComponentName> names) {
    return names.stream().map(ComponentName::value).toList();
  }

  private void sources() {
    Config.ComponentSources sources = config.build().sources();
    if (!sources.urls().isEmpty() || !sources.branches().isEmpty()) {
      make.blank();
    }
    sources.urls().forEach((name, url) -> make.set("GIT_URL_" + variable(name), url));
    sources.branches().forEach((name, branch) -> make.set("BRANCH_" + variable(name), branch));
  }

  private static String variable(ComponentName name) {
    return name.value().replace('-', '_');
  }

  private void supply() {
    Config.BuildSupply supply = config.build().supply();
    if (!supply.mirrors().isEmpty()) {
      make.blank().set("ARCHLINUX_MIRROR", String.join(",", supply.mirrors()));
    }
    if (supply.official() != OfficialPackages.NONE) {
      make.blank().set("USE_QUBES_REPO_VERSION", release.number());
      make.set(
          "USE_QUBES_REPO_TESTING",
          supply.official() == OfficialPackages.CURRENT_TESTING ? "1" : "0");
    }
  }
}
