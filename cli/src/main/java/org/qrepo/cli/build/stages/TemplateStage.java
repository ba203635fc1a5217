package org.qrepo.cli.build.stages;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.build.stages.BuildReport.Line;
import org.qrepo.cli.build.stages.BuildReport.Outcome;
import org.qrepo.cli.build.stages.BuildStep.Kind;
import org.qrepo.cli.config.BuildDist;
import org.qrepo.cli.config.BuildTemplate;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.Figures;
import org.qrepo.io.Sha256;
import org.qrepo.rpm.RpmFile;
import org.qrepo.rpm.TemplateLint;

/**
 * Makes the RPMs of templates. A template counts as built when a complete RPM of it was written,
 * whatever the builder says of what it did after that.
 */
final class TemplateStage {
  private static final int MOST_FILES = 100_000;

  private final BuilderTree tree;
  private final BuildDist dist;
  private final List<BuildTemplate> templates;
  private final BuildRecord record;
  private final Sha256 packages;
  private final Console console;
  private final BuildReport report;
  private final Explanations explanations;

  /**
   * @param packages the digest of those that go into templates
   */
  TemplateStage(
      BuilderTree tree,
      BuildDist dist,
      List<BuildTemplate> templates,
      BuildRecord record,
      Sha256 packages,
      Console console,
      BuildReport report,
      Explanations explanations) {
    this.tree = tree;
    this.dist = dist;
    this.templates = List.copyOf(templates);
    this.record = record;
    this.packages = packages;
    this.console = console;
    this.report = report;
    this.explanations = explanations;
  }

  List<BuildStep> steps() {
    return new BuildSteps(tree, dist).templates(templates);
  }

  /** Whether all templates were built from just these packages, and are still there. */
  boolean isDone() throws IOException {
    for (BuildTemplate template : templates) {
      Optional<BuildRecord.Built> last = record.template(template.name());
      if (last.isEmpty()
          || !last.get().before().equals(packages)
          || !last.get().isThere(tree.artifacts())) {
        return false;
      }
    }
    return true;
  }

  /** Says that they are there. */
  void passOver() {
    for (BuildTemplate template : templates) {
      List<Path> files =
          record.template(template.name()).orElseThrow().packages().stream()
              .map(made -> tree.artifacts().resolve(made.path()))
              .toList();
      console.stage("Built already from these packages: template " + template.name());
      report.add(
          new Line(
              Kind.TEMPLATE,
              template.name(),
              Outcome.SKIPPED,
              Duration.ZERO,
              Optional.empty(),
              files));
    }
  }

  void run(StepRunner runner) throws IOException, InterruptedException, StepFailedException {
    for (BuildStep step : steps()) {
      console.stage(step.doing());
      run(runner, step);
    }
  }

  private void run(StepRunner runner, BuildStep step)
      throws IOException, InterruptedException, StepFailedException {
    Map<Path, FileStamp> before = rpms();
    Optional<Path> log =
        tree.kind() == BuilderKind.CLASSIC ? Optional.of(tree.templateLog(dist)) : Optional.empty();
    StepEnd end = runner.run(step, log);
    List<Path> made = new ArrayList<>();
    rpms()
        .forEach(
            (file, stamp) -> {
              if (!stamp.equals(before.get(file))) {
                made.add(file);
              }
            });
    try {
      accept(step, end, made);
    } catch (StepFailedException e) {
      report.add(line(step, Outcome.FAILED, end, made));
      throw e;
    }
  }

  private static Line line(BuildStep step, Outcome outcome, StepEnd end, List<Path> files) {
    return new Line(
        Kind.TEMPLATE,
        step.subject(),
        outcome,
        end.program().time(),
        Optional.of(end.log()),
        files);
  }

  private void accept(BuildStep step, StepEnd end, List<Path> made)
      throws IOException, StepFailedException {
    if (made.isEmpty()) {
      if (!end.program().isGood()) {
        throw StepFailures.ended(step, end, "When it is mended, run the same command again.");
      }
      throw StepFailures.failed(
          "build-made-nothing",
          step,
          step.commandLine() + " ended well and made no template",
          end,
          "Expected, and not written: " + tree.templates() + "/qubes-template-….noarch.rpm");
    }
    for (Path rpm : made) {
      check(step, end, rpm);
    }
    console.detail(
        String.join(", ", made.stream().map(TemplateStage::shown).toList())
            + ", "
            + Figures.time(end.program().time()));
    made.forEach(rpm -> console.result(rpm.toString()));
    for (BuildTemplate template : templates) {
      note(step, template, made);
    }
    report.add(line(step, Outcome.DONE, end, made));
    if (!end.program().isGood()) {
      warn(step, end, made);
    }
  }

  private static String shown(Path rpm) {
    String size = FileStamp.of(rpm).map(s -> ", " + Figures.bytes(s.size())).orElse("");
    return rpm.getFileName() + size;
  }

  /** Reads it whole: all digests that it carries must be right. */
  private static void check(BuildStep step, StepEnd end, Path rpm)
      throws IOException, StepFailedException {
    try {
      RpmFile.read(rpm, RpmFile.Wish.NOTHING);
    } catch (RefusedException e) {
      Finding finding = e.findings().get(0);
      throw StepFailures.failed(
          "build-template-damaged",
          step,
          rpm.getFileName() + " is not complete: " + finding.reason(),
          end,
          StepFailures.outcome(step, end) + ".",
          "The file: " + rpm);
    }
  }

  /** Remembers a template, whose name the file's begins with. */
  private void note(BuildStep step, BuildTemplate template, List<Path> made) throws IOException {
    String beginning = TemplateLint.PREFIX + template.name() + "-";
    List<MadePackage> own = new ArrayList<>();
    for (Path rpm : made) {
      String name = rpm.getFileName().toString();
      if (name.startsWith(beginning) && name.substring(beginning.length()).matches("[0-9][!-~]*")) {
        own.add(MadePackage.of(tree.artifacts(), rpm));
      }
    }
    if (!own.isEmpty()) {
      record.putTemplate(
          template.name(), BuildRecord.Built.begun(SourceState.NONE, packages).done(own));
    } else if (step.subject().equals(template.name()) || tree.kind() == BuilderKind.CLASSIC) {
      console.warning(
          Finding.of(
              "build-template-missing",
              template.name(),
              "the builder made no template of this name",
              "It made "
                  + String.join(", ", made.stream().map(TemplateStage::shown).toList())
                  + ".",
              "Is its configuration as build.templates says? qrepo build configure compares."));
    }
  }

  private void warn(BuildStep step, StepEnd end, List<Path> made) {
    List<String> details = new ArrayList<>(StepFailures.said(end));
    details.addAll(StepFailures.logs(end));
    made.forEach(rpm -> details.add("Complete, and can be used: " + rpm));
    console.warning(
        new Finding(
            "build-template-ended-badly",
            step.subject(),
            StepFailures.outcome(step, end) + ", after the template was made",
            details));
    explanations.explain(end.logs()).forEach(console::warning);
  }

  private Map<Path, FileStamp> rpms() throws IOException {
    Map<Path, FileStamp> found = new TreeMap<>();
    Path folder = tree.templates();
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return found;
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, "*.rpm")) {
      for (Path file : all) {
        if (found.size() < MOST_FILES) {
          FileStamp.of(file).ifPresent(stamp -> found.put(file, stamp));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Map.of();
    }
    return found;
  }
}
