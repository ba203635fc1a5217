package org.qrepo.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qrepo.audit.AuditReport;
import org.qrepo.audit.Priority;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.ConfigLoader;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.Figures;
import org.qrepo.cli.repository.AuditRun;
import org.qrepo.cli.repository.AuditWords;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.database.Database;
import org.qrepo.publish.Generation;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says which published packages break with the distribution's current databases. */
@CommandLine.Command(
    name = "audit",
    description = {
      "Say which published packages break for users who run pacman -Syu now, and what to rebuild.",
      "Compares with the distribution's databases. Exits with 3 if something breaks."
    })
public final class AuditCommand implements Command {
  @Mixin private TargetArgument target = new TargetArgument();

  @Option(
      names = "--against",
      paramLabel = "DB",
      arity = "1..*",
      description =
          "The distribution's databases, files or URLs, in the order of pacman.conf: core.db"
              + " extra.db (default: audit.against of the configuration).")
  private List<String> against = new ArrayList<>();

  @Option(
      names = "--priority",
      paramLabel = "PLACE",
      description =
          "Where clients have the repository: override (before the distribution's) or supplement"
              + " (after them; the default).")
  private Priority priority = Priority.SUPPLEMENT;

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  @Override
  public Answer run(Session session) throws Exception {
    ConfigLoader.Flag[] own =
        against.isEmpty()
            ? new ConfigLoader.Flag[0]
            : new ConfigLoader.Flag[] {
              new ConfigLoader.Flag("--against", "audit.against", against)
            };
    Targets targets = Targets.of(session, flags, target.given(), own);
    if (targets.config().audit().against().isEmpty()) {
      throw new UsageException(
          "say what to compare with",
          "Name the distribution's databases: --against core.db extra.db, or audit.against in"
              + " qrepo.yml.");
    }
    try (OpenTarget open = targets.only()) {
      Optional<Generation> live = open.history().live();
      String name = open.spec().name().value();
      Database database = live.map(Generation::database).orElse(Database.empty());
      AuditReport report =
          AuditRun.of(session.console(), targets.config(), open, database, priority);
      session
          .console()
          .stage(
              "Auditing %s (%s) at %s among %s"
                  .formatted(
                      name,
                      Figures.count(database.size(), "package", "packages"),
                      open.location(),
                      String.join(", ", report.order())));
      AuditWords.say(session.console(), report);
      return new Answer(
          report.breaks() ? ExitCode.REFUSED : ExitCode.DONE,
          json -> {
            json.field("location", open.location())
                .field("generation", live.map(g -> g.id().value()));
            AuditWords.write(json, report);
          });
    }
  }
}
