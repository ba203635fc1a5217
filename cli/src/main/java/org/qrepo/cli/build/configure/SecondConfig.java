package org.qrepo.cli.build.configure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.build.KnownComponents;
import org.qrepo.cli.build.YamlDocument;
import org.qrepo.cli.config.BuildExecutor;
import org.qrepo.cli.config.BuildTemplate;
import org.qrepo.cli.config.ComponentName;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.OfficialPackages;
import org.qrepo.client.QubesRelease;

/**
 * Writes {@code builder.yml}: the builder's example for the release is included, and lists take the
 * place of the example's. v2 replaces a list as a whole, so what the example says of a component is
 * repeated. Keys: README.md of qubes-builderv2.
 */
final class SecondConfig {
  private static final int MOST_BYTES = 1 << 20;

  /** Builds packages of the distribution. */
  private static final ComponentName PLUGIN = new ComponentName("builder-archlinux");

  private static final Map<String, Object> PLUGIN_OPTIONS =
      Map.of("packages", false, "branch", "main");

  private static final List<String> STAGES = List.of("fetch", "prep", "build");

  private final Config config;
  private final QubesRelease release;
  private final List<Example> examples;
  private final YamlText yaml = new YamlText();

  private SecondConfig(Config config, List<Example> examples) {
    this.config = config;
    this.release = BuilderConfig.release(config);
    this.examples = examples;
  }

  /** A configuration that the builder brings along. */
  private record Example(String path, YamlDocument document) {
    /** What it says of a component; empty if it does not name it. */
    Optional<Map<String, Object>> component(ComponentName name) {
      for (Object item : document.list("components")) {
        Optional<Map<String, Object>> mapping = YamlDocument.asMapping(item);
        if (item.equals(name.value())) {
          return Optional.of(Map.of());
        }
        if (mapping.isPresent() && mapping.get().containsKey(name.value())) {
          Object options = mapping.get().get(name.value());
          return Optional.of(YamlDocument.asMapping(options).orElse(Map.of()));
        }
      }
      return Optional.empty();
    }
  }

  static BuilderConfig of(Config config, BuilderTree tree) throws IOException {
    return new SecondConfig(config, examples(tree, BuilderConfig.release(config))).write();
  }

  /** Those for the release: the one for the distribution first. */
  private static List<Example> examples(BuilderTree tree, QubesRelease release) throws IOException {
    List<Example> found = new ArrayList<>();
    for (String name : List.of("archlinux.yml", "qubes-os-" + release + ".yml")) {
      Path file = tree.exampleConfigs().resolve(name);
      if (Files.isRegularFile(file)) {
        YamlDocument document = YamlDocument.read(file, MOST_BYTES);
        if (isFor(document, release)) {
          found.add(new Example(tree.exampleConfigs().getFileName() + "/" + name, document));
        }
      }
    }
    return List.copyOf(found);
  }

  /** Keys with a plus would add to what is said here, and nothing could take it back. */
  private static boolean isFor(YamlDocument document, QubesRelease release) {
    for (String key : document.keys()) {
      if (key.startsWith("+")) {
        return false;
      }
    }
    return document.text("qubes-release").filter(release.toString()::equals).isPresent();
  }

  private BuilderConfig write() {
    if (examples.isEmpty()) {
      yaml.comment("The builder has no example for this release.");
      yaml.set("git", git()).set("backend-vmm", "xen");
    } else {
      yaml.set("include", List.of(examples.get(0).path()));
    }
    yaml.blank().set("qubes-release", release.toString());
    yaml.set("distributions", List.of(config.build().dist().packageSet()));
    yaml.set("templates", templates());
    config.build().supply().rootSize().ifPresent(size -> yaml.set("template-root-size", size));
    yaml.blank();
    BuilderConfig.replaced(config.build().overrides().keySet()).forEach(yaml::comment);
    yaml.set("components", components());
    yaml.blank().comment("qrepo signs what it publishes.").set("stages", STAGES);
    executor();
    supply();
    config.build().artifacts().ifPresent(path -> yaml.set("artifacts-dir", path.toString()));
    return new BuilderConfig(examples.isEmpty() ? "" : examples.get(0).path(), yaml.toString());
  }

  private Map<String, Object> git() {
    Map<String, Object> git = new LinkedHashMap<>();
    git.put("baseurl", "https://github.com");
    git.put("prefix", "QubesOS/qubes-");
    git.put("branch", "release" + release.number());
    return git;
  }

  private List<Object> templates() {
    return config.build().templatesOrDefault().stream()
        .<Object>map(template -> Map.of(template.name(), options(template)))
        .toList();
  }

  private static Map<String, Object> options(BuildTemplate template) {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("dist", template.dist().name());
    template.dist().flavor().ifPresent(flavor -> options.put("flavor", flavor));
    if (!template.dist().options().isEmpty()) {
      options.put("options", template.dist().options());
    }
    return options;
  }

  private List<Object> components() {
    Set<ComponentName> names = new LinkedHashSet<>(List.of(PLUGIN));
    names.addAll(KnownComponents.toBuild(config.build()));
    return names.stream().map(this::component).toList();
  }

  private Object component(ComponentName name) {
    Map<String, Object> options = new LinkedHashMap<>();
    options.putAll(exampleOptions(name));
    Config.ComponentSources sources = config.build().sources();
    Optional.ofNullable(sources.urls().get(name)).ifPresent(url -> options.put("url", url));
    Optional.ofNullable(sources.branches().get(name))
        .ifPresent(branch -> options.put("branch", branch));
    return options.isEmpty() ? name.value() : Map.of(name.value(), options);
  }

  private Map<String, Object> exampleOptions(ComponentName name) {
    return examples.stream()
        .flatMap(example -> example.component(name).stream())
        .findFirst()
        .orElse(name.equals(PLUGIN) ? new TreeMap<>(PLUGIN_OPTIONS) : Map.of());
  }

  /** Options of the example's executor stay, which those of another type leave alone. */
  private void executor() {
    Config.Executor wanted = config.build().executor();
    Optional<Map<String, Object>> given =
        examples.stream()
            .findFirst()
            .flatMap(e -> e.document().value("executor"))
            .flatMap(YamlDocument::asMapping);
    String type =
        wanted
            .type()
            .map(BuildExecutor::word)
            .or(() -> given.map(executor -> String.valueOf(executor.get("type"))))
            .orElse("");
    requireContainer(type);
    if (wanted.equals(new Config.Executor(Optional.empty(), Optional.empty(), Optional.empty()))) {
      return;
    }
    Map<String, Object> executor = new LinkedHashMap<>();
    executor.put("type", type);
    executor.put("options", executorOptions(type, wanted, given));
    yaml.set("executor", executor);
  }

  private static void requireContainer(String type) {
    boolean known = false;
    for (BuildExecutor executor : BuildExecutor.values()) {
      known |= executor.word().equals(type);
    }
    if (!known) {
      throw new UsageException(
          "where is v2 to build?",
          "Set build.executor in qrepo.yml: docker or podman with build.image, or qubes with"
              + " build.dispvm.",
          "Packages for Arch Linux cannot be built without one of them.");
    }
  }

  private static Map<String, Object> executorOptions(
      String type, Config.Executor wanted, Optional<Map<String, Object>> given) {
    if (type.equals(BuildExecutor.QUBES.word())) {
      return Map.of("dispvm", wanted.dispvm().orElse("@dispvm"));
    }
    String image =
        wanted
            .image()
            .or(
                () ->
                    given
                        .flatMap(executor -> YamlDocument.asMapping(executor.get("options")))
                        .flatMap(options -> Optional.ofNullable(options.get("image")))
                        .map(String::valueOf))
            .orElseThrow(
                () ->
                    new UsageException(
                        "build.executor " + type + " needs an image",
                        "Set build.image in qrepo.yml to the one that you made with the builder's"
                            + " tools."));
    return Map.of("image", image);
  }

  private void supply() {
    Config.BuildSupply supply = config.build().supply();
    if (!supply.mirrors().isEmpty()) {
      yaml.set("mirrors", Map.of(config.build().dist().packageSet(), supply.mirrors()));
    }
    if (supply.official() != OfficialPackages.NONE) {
      Map<String, Object> official = new LinkedHashMap<>();
      official.put("version", release.number());
      official.put("testing", supply.official() == OfficialPackages.CURRENT_TESTING);
      yaml.set("use-qubes-repo", official);
    }
  }
}
