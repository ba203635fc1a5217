package org.qrepo.cli.build.locate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.qrepo.Finding;
import org.qrepo.alpm.PackageVersion;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.build.KnownComponent;
import org.qrepo.cli.build.KnownComponents;
import org.qrepo.cli.build.TreeFiles;
import org.qrepo.cli.config.BuildTemplate;
import org.qrepo.cli.config.ComponentName;
import org.qrepo.cli.config.Config;

/** Says what is missing of what was to be built, and what was built of older sources. */
final class Completeness {
  private static final Pattern VERSION = Pattern.compile("[0-9][A-Za-z0-9._+]{0,63}");
  private static final String TEMPLATE_PREFIX = "qubes-template-";

  private final BuilderTree tree;
  private final TreeFiles files;
  private final List<LocatedPackage> packages;
  private final List<Finding> warnings = new ArrayList<>();

  Completeness(BuilderTree tree, TreeFiles files, List<LocatedPackage> packages) {
    this.tree = tree;
    this.files = files;
    this.packages = packages;
  }

  List<Finding> of(Config.Build build, List<LocatedTemplate> templates) throws IOException {
    Set<ComponentName> wanted = new LinkedHashSet<>(KnownComponents.toBuild(build));
    Set<ComponentName> all = new LinkedHashSet<>(wanted);
    packages.forEach(one -> one.component().ifPresent(all::add));
    for (ComponentName component : all) {
      List<LocatedPackage> built = built(component);
      if (built.isEmpty()) {
        missing(component);
      } else {
        incomplete(component, built);
        stale(component, built);
      }
    }
    build.templates().forEach(template -> template(template, templates));
    return List.copyOf(warnings);
  }

  private List<LocatedPackage> built(ComponentName component) {
    return packages.stream()
        .filter(one -> one.component().filter(component::equals).isPresent())
        .toList();
  }

  private static Set<String> names(List<LocatedPackage> packages) {
    return packages.stream().map(one -> one.name().value()).collect(Collectors.toSet());
  }

  private void missing(ComponentName component) {
    String gives =
        KnownComponents.of(component)
            .map(known -> "It gives: " + words(known.packages()) + ".")
            .orElse("It is named in build.components.");
    warnings.add(
        Finding.of(
            "component-missing",
            component.value(),
            "no package of it was built",
            gives,
            "Build it, or leave it out of build.components in qrepo.yml."));
  }

  private void incomplete(ComponentName component, List<LocatedPackage> built) {
    List<KnownComponent.Expected> missing =
        KnownComponents.of(component)
            .map(known -> known.missingFrom(names(built)))
            .orElse(List.of());
    if (!missing.isEmpty()) {
      warnings.add(
          Finding.of(
              "component-incomplete",
              component.value(),
              "its build gave no " + words(missing),
              "Templates that need these packages cannot be installed or updated."));
    }
  }

  private static String words(List<KnownComponent.Expected> packages) {
    return packages.stream().map(Object::toString).collect(Collectors.joining(", "));
  }

  private void stale(ComponentName component, List<LocatedPackage> built) throws IOException {
    PackageVersion newest =
        built.stream().map(LocatedPackage::version).reduce(PackageChoice::higher).orElseThrow();
    built.stream()
        .filter(one -> one.isOlderThan(newest))
        .forEach(
            one ->
                warnings.add(
                    Finding.of(
                        "package-stale",
                        one.toString(),
                        "is older than the newest of " + component + ", " + newest,
                        "If the component gives no such package any more, delete "
                            + one.path()
                            + ".")));
    Optional<String> sources = sources(component);
    if (sources.isPresent() && PackageVersion.compare(sources.get(), newest.value()) > 0) {
      warnings.add(
          Finding.of(
              "component-stale",
              component.value(),
              "its sources are " + sources.get() + ", and its packages " + newest,
              "Build it again before you publish."));
    }
  }

  /** What the component's sources say, where they say it as a version that packages can have. */
  private Optional<String> sources(ComponentName component) throws IOException {
    Path file = tree.source(component).resolve("version");
    return files.lines(file).stream().findFirst().filter(v -> VERSION.matcher(v).matches());
  }

  private void template(BuildTemplate template, List<LocatedTemplate> templates) {
    String name = TEMPLATE_PREFIX + template.name();
    if (templates.stream().noneMatch(one -> one.name().equals(name))) {
      warnings.add(
          Finding.of(
              "template-missing",
              template.name(),
              "no template of this name was built",
              "Build it, or leave it out of build.templates in qrepo.yml."));
    }
  }
}
