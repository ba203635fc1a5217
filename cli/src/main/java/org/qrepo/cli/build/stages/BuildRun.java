package org.qrepo.cli.build.stages;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.build.KnownComponents;
import org.qrepo.cli.build.stages.BuildReport.Line;
import org.qrepo.cli.build.stages.BuildReport.Outcome;
import org.qrepo.cli.build.stages.BuildStep.Kind;
import org.qrepo.cli.config.ComponentName;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.Figures;
import org.qrepo.cli.program.SupervisedRun;

/**
 * A run of a builder's stages: sources, packages, templates. It holds the lock of the builder's
 * directory until it is closed.
 */
public final class BuildRun implements AutoCloseable {
  private final BuilderTree tree;
  private final Config.Build build;
  private final Console console;
  private final Explanations explanations;
  private final StateDirectory state;
  private final BuildRecord record;
  private final Git git;
  private final Overrides overrides;
  private final StepRunner runner;
  private final BuildReport report;

  private BuildRun(
      BuilderTree tree,
      Config.Build build,
      Map<String, String> environment,
      Console console,
      Explanations explanations,
      StateDirectory state)
      throws IOException {
    this.tree = tree;
    this.build = build;
    this.console = console;
    this.explanations = explanations;
    this.state = state;
    this.record = state.record();
    this.git = new Git(environment);
    this.overrides = new Overrides(tree, state, record, git, console);
    this.runner = new StepRunner(console, environment, state.newLogs(), state.mark());
    this.report = new BuildReport(tree);
  }

  /**
   * Takes the lock, and ends what a killed run has left running.
   *
   * @param environment of the user
   * @param doing what for, for others who want the lock
   * @throws org.qrepo.publish.LockedException if another run works there
   */
  public static BuildRun open(
      BuilderTree tree,
      Config.Build build,
      Map<String, String> environment,
      Console console,
      Explanations explanations,
      String doing)
      throws IOException {
    StateDirectory state = StateDirectory.lock(tree, doing);
    try {
      int left = SupervisedRun.endLeftOver(state.mark());
      if (left > 0) {
        console.detail(
            "ended " + Figures.count(left, "process", "processes") + " that a killed run had left");
      }
      return new BuildRun(tree, build, environment, console, explanations, state);
    } catch (IOException | RuntimeException e) {
      state.close();
      throw e;
    }
  }

  public BuildReport report() {
    return report;
  }

  /**
   * Runs stages.
   *
   * @param stages sources, packages, templates
   * @throws StepFailedException with the first thing that fails
   */
  public void stages(Choice choice, Set<Kind> stages)
      throws IOException, InterruptedException, StepFailedException {
    if (stages.contains(Kind.SOURCES)) {
      sources();
    }
    if (stages.contains(Kind.PACKAGES)) {
      packages(choice);
    }
    if (stages.contains(Kind.TEMPLATE)) {
      templates(choice.again());
    }
  }

  /** Gets the sources, or brings them up to date; what is in the place of some is kept. */
  private void sources() throws IOException, InterruptedException, StepFailedException {
    overrides.park();
    try {
      for (BuildStep step : steps().sources()) {
        console.stage(step.doing());
        simple(step);
      }
    } finally {
      overrides.unpark();
    }
  }

  private void simple(BuildStep step)
      throws IOException, InterruptedException, StepFailedException {
    StepEnd end = runner.run(step, Optional.empty());
    boolean good = end.program().isGood();
    report.add(
        new Line(
            step.kind(),
            step.subject(),
            good ? Outcome.DONE : Outcome.FAILED,
            end.program().time(),
            Optional.of(end.log()),
            List.of()));
    if (!good) {
      throw StepFailures.ended(
          step,
          end,
          "When it is mended, run the same command again; nothing that was built is lost.");
    }
    Duration time = end.program().time();
    console.verbose(Figures.time(time) + ", log " + end.log());
  }

  /** Puts overrides in place and makes packages. */
  private void packages(Choice choice)
      throws IOException, InterruptedException, StepFailedException {
    List<ComponentName> components = components();
    choice.check(components);
    if (!build.overrides().isEmpty() || !record.overrides().isEmpty()) {
      console.stage("Putting your sources in place");
      overrides.apply(build.overrides());
    }
    componentStage().run(runner, choice);
  }

  /**
   * Makes templates.
   *
   * @param again also those that were made from the packages that there are
   */
  private void templates(boolean again)
      throws IOException, InterruptedException, StepFailedException {
    TemplateStage stage = templateStage();
    if (!again && stage.isDone()) {
      stage.passOver();
    } else {
      stage.run(runner);
    }
  }

  private List<ComponentName> components() {
    return KnownComponents.toBuild(build);
  }

  private BuildSteps steps() {
    return new BuildSteps(tree, build.dist());
  }

  private ComponentStage componentStage() {
    return new ComponentStage(
        tree,
        build.dist(),
        components(),
        record,
        new Freshness(tree, record, git),
        console,
        report);
  }

  private TemplateStage templateStage() {
    return new TemplateStage(
        tree,
        build.dist(),
        build.templatesOrDefault(),
        record,
        new Freshness(tree, record, git).packages(components()),
        console,
        report,
        explanations);
  }

  /** What is known about a failure. */
  public List<org.qrepo.Finding> explain(StepFailedException failure) {
    return explanations.explain(failure.logs());
  }

  @Override
  public void close() throws IOException {
    state.close();
  }

  /**
   * What would be done, without doing any of it.
   *
   * @param stages as {@link #stages} takes them
   */
  public static List<BuildStep> plan(
      BuilderTree tree,
      Config.Build build,
      Map<String, String> environment,
      Console console,
      Choice choice,
      Set<Kind> stages)
      throws IOException, InterruptedException {
    BuildRecord record = BuildRecord.read(StateDirectory.recordOf(tree));
    List<ComponentName> components = KnownComponents.toBuild(build);
    choice.check(components);
    BuildSteps steps = new BuildSteps(tree, build.dist());
    List<BuildStep> plan = new ArrayList<>();
    if (stages.contains(Kind.SOURCES)) {
      plan.addAll(steps.sources());
    }
    if (stages.contains(Kind.PACKAGES)) {
      build.overrides().forEach((c, from) -> console.detail(c + " is taken from " + from));
      Freshness freshness = new Freshness(tree, record, new Git(environment));
      plan.addAll(
          new ComponentStage(
                  tree, build.dist(), components, record, freshness, console, new BuildReport(tree))
              .plan(choice));
    }
    if (stages.contains(Kind.TEMPLATE)) {
      plan.addAll(steps.templates(build.templatesOrDefault()));
    }
    return plan;
  }
}
