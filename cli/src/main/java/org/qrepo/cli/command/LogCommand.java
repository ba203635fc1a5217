package org.qrepo.cli.command;

import java.util.List;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.Figures;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.cli.repository.PublishReport;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.cli.repository.Words;
import org.qrepo.io.Sha256;
import org.qrepo.publish.Generation;
import org.qrepo.publish.History;
import org.qrepo.publish.PackageChange;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the chain of generations. */
@CommandLine.Command(
    name = "log",
    description = "Show the chain of generations, the live one first, and what each changed.")
public final class LogCommand implements Command {
  @Mixin private TargetArgument target = new TargetArgument();

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  @Option(
      names = {"-n", "--max-count"},
      paramLabel = "N",
      description = "Show at most N generations (default: ${DEFAULT-VALUE}).")
  private int limit = 20;

  @Override
  public Answer run(Session session) throws Exception {
    if (limit < 1) {
      throw new UsageException("-n " + limit + ": at least 1 is needed");
    }
    try (OpenTarget open = Targets.of(session, flags, target.given()).only()) {
      List<History.Entry> chain = open.history().chain(limit);
      if (chain.isEmpty()) {
        session.console().stage("Nothing is published at " + open.location());
      }
      chain.forEach(entry -> say(session.console(), entry));
      return Answer.done(
          json -> {
            json.field("repository", open.spec().name().value()).field("location", open.location());
            json.objects(
                "generations",
                chain,
                (object, entry) -> {
                  Generation generation = entry.generation();
                  object
                      .field("generation", generation.id().value())
                      .field("seq", generation.sequence())
                      .field("time", generation.lineage().time().toString())
                      .field("database", generation.digest().hex())
                      .field("parent", generation.lineage().parent().map(Sha256::hex))
                      .field("signer", generation.signer().hex())
                      .field("packages", generation.database().size());
                  PublishReport.changes(object, entry.changes());
                });
          });
    }
  }

  private static void say(Console console, History.Entry entry) {
    Generation generation = entry.generation();
    console.result(
        "generation "
            + generation.id()
            + " (seq "
            + generation.sequence()
            + "), "
            + generation.lineage().time()
            + ", "
            + Figures.count(generation.database().size(), "package", "packages"));
    for (PackageChange change : entry.changes()) {
      console.result("    " + Words.of(change));
    }
  }
}
