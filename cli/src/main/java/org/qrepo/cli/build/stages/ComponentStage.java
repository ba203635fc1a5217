package org.qrepo.cli.build.stages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.build.stages.BuildReport.Line;
import org.qrepo.cli.build.stages.BuildReport.Outcome;
import org.qrepo.cli.build.stages.BuildStep.Kind;
import org.qrepo.cli.config.BuildDist;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.cli.config.ComponentName;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.Figures;
import org.qrepo.io.Sha256;

/**
 * Makes the packages of components, in order, passing over those that are as they would be made. A
 * component counts as built when the packages that the builder says it made are there.
 */
final class ComponentStage {
  private final BuilderTree tree;
  private final BuildDist dist;
  private final List<ComponentName> components;
  private final BuildRecord record;
  private final Freshness freshness;
  private final BuildSteps steps;
  private final Console console;
  private final BuildReport report;
  private final List<String> passedOver = new ArrayList<>();

  ComponentStage(
      BuilderTree tree,
      BuildDist dist,
      List<ComponentName> components,
      BuildRecord record,
      Freshness freshness,
      Console console,
      BuildReport report) {
    this.tree = tree;
    this.dist = dist;
    this.components = List.copyOf(components);
    this.record = record;
    this.freshness = freshness;
    this.steps = new BuildSteps(tree, dist);
    this.console = console;
    this.report = report;
  }

  /** The steps that would be run, as far as can be told before. */
  List<BuildStep> plan(Choice choice) throws IOException, InterruptedException {
    if (choice.atOnce()) {
      return List.of(steps.packages(components, !record.overrides().isEmpty()));
    }
    List<BuildStep> plan = new ArrayList<>();
    for (ComponentName component : components) {
      boolean follows = !plan.isEmpty() && choice.only().isEmpty();
      if (!choice.leaves(component, components) && (follows || mustBuild(component, choice))) {
        plan.add(step(component));
      }
    }
    return plan;
  }

  /**
   * Builds what has to be built.
   *
   * @throws StepFailedException with the first component that fails; those before it stay built
   */
  void run(StepRunner runner, Choice choice)
      throws IOException, InterruptedException, StepFailedException {
    if (choice.atOnce()) {
      atOnce(runner);
      return;
    }
    for (int i = 0; i < components.size(); i++) {
      ComponentName component = components.get(i);
      if (choice.leaves(component, components)) {
        continue;
      }
      if (mustBuild(component, choice)) {
        sayPassedOver();
        console.stage("Building %d of %d: %s".formatted(i + 1, components.size(), component));
        build(runner, component);
      } else {
        passOver(component);
      }
    }
    sayPassedOver();
  }

  private boolean mustBuild(ComponentName component, Choice choice)
      throws IOException, InterruptedException {
    if (choice.forces()) {
      return true;
    }
    Optional<String> reason = freshness.stale(component, before(component));
    reason.ifPresent(why -> console.verbose(component + ": " + why));
    return reason.isPresent();
  }

  private List<ComponentName> before(ComponentName component) {
    return components.subList(0, components.indexOf(component));
  }

  private BuildStep step(ComponentName component) {
    return steps.packages(component, record.override(component).isPresent());
  }

  private void passOver(ComponentName component) {
    passedOver.add(component.value());
    List<Path> files =
        record.component(component).map(BuildRecord.Built::packages).orElse(List.of()).stream()
            .map(made -> tree.artifacts().resolve(made.path()))
            .toList();
    report.add(
        new Line(
            Kind.PACKAGES,
            component.value(),
            Outcome.SKIPPED,
            Duration.ZERO,
            Optional.empty(),
            files));
  }

  private void sayPassedOver() {
    if (!passedOver.isEmpty()) {
      console.stage("Built already: " + String.join(", ", passedOver));
      passedOver.clear();
    }
  }

  /**
   * A component that is being built.
   *
   * @param before what the builder said of its builds before
   * @param begun what is recorded while it is built
   */
  private record Attempt(
      ComponentName component, List<ComponentOutput> before, BuildRecord.Built begun) {
    /** The same, if other packages were there before it than when the run began. */
    Attempt after(Sha256 packages) {
      BuildRecord.Built anew =
          new BuildRecord.Built(false, begun.when(), begun.source(), packages, List.of());
      return new Attempt(component, before, anew);
    }
  }

  private Attempt begin(ComponentName component) throws IOException, InterruptedException {
    BuildRecord.Built begun =
        BuildRecord.Built.begun(freshness.source(component), freshness.packages(before(component)));
    Attempt attempt = new Attempt(component, ComponentOutput.of(tree, component, dist), begun);
    record.put(component, begun);
    return attempt;
  }

  private void build(StepRunner runner, ComponentName component)
      throws IOException, InterruptedException, StepFailedException {
    Attempt attempt = begin(component);
    BuildStep step = step(component);
    StepEnd end = runner.run(step, builderLog(component));
    try {
      if (!end.program().isGood()) {
        throw StepFailures.ended(step, end, remedy(component));
      }
      accept(step, attempt, end);
    } catch (StepFailedException e) {
      fail(component, end);
      throw e;
    }
  }

  private Optional<Path> builderLog(ComponentName component) {
    return tree.kind() == BuilderKind.CLASSIC
        ? Optional.of(tree.componentLog(component, dist))
        : Optional.empty();
  }

  private void fail(ComponentName component, StepEnd end) {
    report.add(
        new Line(
            Kind.PACKAGES,
            component.value(),
            Outcome.FAILED,
            end.program().time(),
            Optional.of(end.log()),
            List.of()));
  }

  private static String remedy(ComponentName component) {
    return "When it is mended, the same command goes on with "
        + component
        + "; what was built before it stays.";
  }

  /** Takes a component for built if its packages are there, and were made now or need not be. */
  private void accept(BuildStep step, Attempt attempt, StepEnd end)
      throws IOException, StepFailedException {
    ComponentName component = attempt.component();
    ComponentOutput after = ComponentOutput.of(tree, component, dist).get(0);
    boolean anew = attempt.before().stream().noneMatch(after::isSameAs);
    if (after.files().isEmpty() || !(anew || after.current())) {
      throw madeNothing(step, component, after, end);
    }
    if (!after.missing().isEmpty()) {
      throw StepFailures.failed(
          "build-package-missing",
          step,
          step.commandLine() + " ended well, and packages that it says it made are not there",
          end,
          "Listed in " + after.note() + ", and missing or empty:",
          String.join(", ", after.missing().stream().map(Path::toString).toList()),
          remedy(component));
    }
    List<MadePackage> made = new ArrayList<>();
    for (Path file : after.present()) {
      made.add(MadePackage.of(tree.artifacts(), file));
    }
    record.put(component, attempt.begun().done(made));
    say(component, after, anew, end);
  }

  private StepFailedException madeNothing(
      BuildStep step, ComponentName component, ComponentOutput output, StepEnd end) {
    String builder =
        tree.kind() == BuilderKind.CLASSIC
            ? "Makefile.builder with ARCH_BUILD_DIRS"
            : ".qubesbuilder with vm: archlinux: build:";
    return StepFailures.failed(
        "build-made-nothing",
        step,
        step.commandLine() + " ended well and made no package",
        end,
        "Expected, and not written anew: " + output.note(),
        Files.isDirectory(tree.source(component))
            ? "A component without packages for Arch Linux ("
                + builder
                + ") does not belong into build.components."
            : "There are no sources at "
                + tree.source(component)
                + ": qrepo build sources gets them.",
        remedy(component));
  }

  private void say(ComponentName component, ComponentOutput output, boolean anew, StepEnd end) {
    String packages = Figures.count(output.files().size(), "package", "packages");
    console.detail(
        packages
            + ", "
            + (anew ? "" : "which the builder had made before, ")
            + Figures.time(end.program().time())
            + ", log "
            + shown(end.log()));
    output.present().forEach(file -> console.result(file.toString()));
    report.add(
        new Line(
            Kind.PACKAGES,
            component.value(),
            Outcome.DONE,
            end.program().time(),
            Optional.of(end.log()),
            output.present()));
  }

  private Path shown(Path log) {
    return log.startsWith(tree.directory()) ? tree.directory().relativize(log) : log;
  }

  private void atOnce(StepRunner runner)
      throws IOException, InterruptedException, StepFailedException {
    List<Attempt> attempts = new ArrayList<>();
    for (ComponentName component : components) {
      attempts.add(begin(component));
    }
    BuildStep step = steps.packages(components, !record.overrides().isEmpty());
    console.stage("Building " + Figures.count(components.size(), "component", "components"));
    StepEnd end = runner.run(step, Optional.empty());
    if (!end.program().isGood()) {
      throw StepFailures.ended(
          step,
          end,
          "Without --at-once, the component that fails is named, and the others stay built.");
    }
    for (Attempt attempt : attempts) {
      accept(step, attempt.after(freshness.packages(before(attempt.component()))), end);
    }
  }
}
