package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.audit.AuditFinding;
import org.qrepo.audit.AuditReport;
import org.qrepo.audit.Priority;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.Figures;
import org.qrepo.cli.repository.AuditRun;
import org.qrepo.cli.repository.AuditWords;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.cli.repository.PackagePaths;
import org.qrepo.cli.repository.PublishReport;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.cli.repository.Words;
import org.qrepo.publish.Change;
import org.qrepo.publish.Events;
import org.qrepo.publish.Generation;
import org.qrepo.publish.PackageChange;
import org.qrepo.publish.Plan;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** Shows what is live and what a publish of the configured packages would change. */
@CommandLine.Command(
    name = "status",
    description = {
      "Show what is live and what a publish of the configured packages would change.",
      "Reads only, and needs no key."
    })
public final class StatusCommand implements Command {
  @Mixin private TargetArgument target = new TargetArgument();

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  @Override
  public Answer run(Session session) throws Exception {
    Targets targets = Targets.of(session, flags, target.given());
    try (OpenTarget open = targets.only()) {
      List<Path> from = targets.config().packages().from();
      Change change =
          new Change(
              from.isEmpty() ? List.of() : PackagePaths.find(from), Set.of(), Change.Options.NONE);
      Plan plan = open.planner(Events.NONE).plan(change);
      say(session.console(), plan, from.isEmpty());
      Optional<AuditReport> audit = audit(session, targets.config(), open);
      return Answer.done(
          json -> {
            PublishReport.write(json, plan);
            if (audit.isPresent()) {
              json.object("audit", object -> AuditWords.write(object, audit.get()));
            }
          });
    }
  }

  /** What is live against the distribution's databases, where these are configured. */
  private static Optional<AuditReport> audit(Session session, Config config, OpenTarget open)
      throws IOException {
    if (config.audit().against().isEmpty()) {
      return Optional.empty();
    }
    Optional<Generation> live = open.history().live();
    if (live.isEmpty()) {
      return Optional.empty();
    }
    try {
      AuditReport report =
          AuditRun.of(session.console(), config, open, live.get().database(), Priority.SUPPLEMENT);
      session.console().result("Audit: " + AuditWords.verdict(report) + ".");
      report.findings().stream()
          .filter(AuditFinding::breaks)
          .forEach(finding -> session.console().result("  " + finding.asFinding().headline()));
      return Optional.of(report);
    } catch (IOException | RefusedException e) {
      session.console().warning(unread(e));
      return Optional.empty();
    }
  }

  /** The distribution's mirror is not what the user asked about. */
  private static Finding unread(Exception e) {
    return Finding.of(
        "audit-impossible",
        "audit.against",
        String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString()),
        "What the distribution's databases mean for the repository is not known.");
  }

  private static void say(Console console, Plan plan, boolean nothingConfigured) {
    console.result(
        plan.base()
                .map(
                    b ->
                        plan.repository()
                            + ": generation "
                            + b.generation()
                            + " (seq "
                            + b.sequence()
                            + ")")
                .orElse(plan.repository() + ": nothing is published")
            + " at "
            + plan.location());
    plan.warnings().forEach(console::warning);
    for (PackageChange change : plan.changes()) {
      console.result("  " + Words.of(change));
    }
    if (nothingConfigured) {
      console.note("packages.from is not set: there is nothing to compare with.");
    } else if (plan.changes().isEmpty() && plan.isDone()) {
      console.result("Everything is published.");
    } else if (plan.changes().isEmpty() && plan.base().isPresent()) {
      console.result("Something is missing in the store; qrepo publish puts it back.");
    } else {
      console.result(
          "qrepo publish would change "
              + Figures.count(plan.changes().size(), "package", "packages")
              + (plan.changes().isEmpty() ? "" : " (" + Words.counts(plan.changes()) + ")")
              + "; "
              + plan.unchanged()
              + " unchanged.");
    }
  }
}
