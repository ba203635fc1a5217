package org.qrepo.cli.build.stages;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.build.stages.BuildStep.Kind;
import org.qrepo.cli.config.BuildDist;
import org.qrepo.cli.config.BuildTemplate;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.cli.config.ComponentName;

/**
 * What each builder has to be told. Sources: the classic builder's Makefile and its documentation;
 * README of builder v2.
 */
final class BuildSteps {
  private static final String ALL = "all components";

  private final BuilderTree tree;
  private final BuildDist dist;

  BuildSteps(BuilderTree tree, BuildDist dist) {
    this.tree = tree;
    this.dist = dist;
  }

  private boolean classic() {
    return tree.kind() == BuilderKind.CLASSIC;
  }

  /** Gets the sources of all that the builder's configuration names, or brings them up to date. */
  List<BuildStep> sources() {
    return classic()
        ? List.of(
            make(Kind.REMOUNT, "remount", "remount"),
            make(Kind.DEPENDENCIES, "install-deps", "install-deps"),
            make(Kind.SOURCES, ALL, "get-sources"))
        : List.of(qb(Kind.SOURCES, ALL, false, List.of(), "fetch"));
  }

  /**
   * Makes the packages of one component.
   *
   * @param overridden whether its sources must stay as they are
   */
  BuildStep packages(ComponentName component, boolean overridden) {
    return classic()
        ? make(Kind.PACKAGES, component.value(), component + "-vm")
        : qb(Kind.PACKAGES, component.value(), overridden, List.of(component), PACKAGE_STAGES);
  }

  private static final String[] PACKAGE_STAGES = {"fetch", "prep", "build"};

  /** Makes the packages of all components in one go. */
  BuildStep packages(List<ComponentName> components, boolean overridden) {
    return classic()
        ? make(Kind.PACKAGES, ALL, "qubes-vm")
        : qb(Kind.PACKAGES, ALL, overridden, components, PACKAGE_STAGES);
  }

  /** Makes templates; the classic builder all of them at once. */
  List<BuildStep> templates(List<BuildTemplate> templates) {
    if (classic()) {
      String names = templates.stream().map(BuildTemplate::name).collect(Collectors.joining(", "));
      return List.of(make(Kind.TEMPLATE, names, "template"));
    }
    return templates.stream()
        .map(
            template ->
                step(
                    Kind.TEMPLATE,
                    template.name(),
                    List.of("./qb", "-t", template.name(), "template", "all")))
        .toList();
  }

  private BuildStep make(Kind kind, String subject, String target) {
    return step(kind, subject, List.of("make", target));
  }

  private BuildStep qb(
      Kind kind, String subject, boolean keep, List<ComponentName> components, String... stages) {
    List<String> words = new ArrayList<>(List.of("./qb"));
    if (keep) {
      words.addAll(List.of("-o", "skip-git-fetch=true"));
    }
    components.forEach(component -> words.addAll(List.of("-c", component.value())));
    words.addAll(List.of("-d", dist.packageSet(), "package"));
    words.addAll(List.of(stages));
    return step(kind, subject, words);
  }

  private BuildStep step(Kind kind, String subject, List<String> words) {
    return new BuildStep(kind, subject, words, tree.directory());
  }
}
