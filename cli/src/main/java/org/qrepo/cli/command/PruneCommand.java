package org.qrepo.cli.command;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.Figures;
import org.qrepo.cli.console.JsonObject;
import org.qrepo.cli.repository.Narrator;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Span;
import org.qrepo.cli.repository.Targets;
import org.qrepo.publish.GenerationId;
import org.qrepo.publish.PrunePolicy;
import org.qrepo.publish.PruneReport;
import org.qrepo.publish.Pruner;
import org.qrepo.publish.StoreKey;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deletes what no kept generation names, in two phases. */
@CommandLine.Command(
    name = "prune",
    description = {
      "Delete old generations, and packages that only they name.",
      "The first run announces what may go; a later one, at least a day after, deletes it,",
      "unless something needs it again. Files that no generation names are never touched.",
      "No key is needed, only the certificates."
    })
public final class PruneCommand implements Command {
  @Parameters(
      paramLabel = "T",
      arity = "0..1",
      description = "A target of the configuration, a directory or a URL.")
  private List<String> target = new ArrayList<>();

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  @Option(
      names = "--keep",
      paramLabel = "N",
      description =
          "Keep N generations before the live one, whatever their age (default: ${DEFAULT-VALUE}).")
  private int keep = PrunePolicy.DEFAULT.keep();

  @Option(
      names = "--grace",
      paramLabel = "TIME",
      description =
          "Keep what was superseded less than TIME ago: 30d, 12h, 0 (default: ${DEFAULT-VALUE}).")
  private String grace = PrunePolicy.DEFAULT.grace().toDays() + "d";

  @Option(names = "--dry-run", description = "Show what would be announced and deleted.")
  private boolean dryRun;

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public Answer run(Session session) throws Exception {
    PrunePolicy policy = policy();
    try (OpenTarget open = Targets.of(session, flags, target).only();
        Narrator narrator = new Narrator(session.console())) {
      Pruner pruner = open.pruner(narrator);
      PruneReport report = dryRun ? pruner.plan(policy) : pruner.prune(policy);
      say(session.console(), report, dryRun);
      return Answer.done(
          json -> {
            json.field("outcome", report.outcome().name().toLowerCase(Locale.ROOT))
                .field("dry-run", dryRun)
                .field("repository", open.spec().name().value())
                .field("location", report.location())
                .field("generation", report.live().map(GenerationId::value))
                .field("kept", report.kept());
            json.object("deleted", object -> write(object, report.deleted()));
            json.object("announced", object -> write(object, report.announced()));
            json.field("due", report.due().map(PruneCommand::seconds));
          });
    }
  }

  private PrunePolicy policy() {
    if (keep < 0) {
      throw new UsageException("--keep " + keep + ": a number of generations is needed");
    }
    return new PrunePolicy(keep, grace());
  }

  private Duration grace() {
    try {
      return Span.parse(grace);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--grace " + e.getMessage());
    }
  }

  private static void write(JsonObject json, PruneReport.Batch batch) throws IOException {
    json.strings("generations", batch.generations().stream().map(GenerationId::value).toList())
        .strings("packages", batch.packages().stream().map(StoreKey::value).toList())
        .field("bytes", batch.bytes());
  }

  private static void say(Console console, PruneReport report, boolean dryRun) {
    String kept = Figures.count(report.kept(), "generation is", "generations are");
    if (report.live().isEmpty()) {
      console.stage("Nothing is published at " + report.location());
      return;
    }
    if (report.outcome() == PruneReport.Outcome.NOTHING) {
      console.stage("Nothing to prune: " + kept + " there, and all are kept.");
      return;
    }
    say(console, dryRun ? "would delete" : "deleted", report.deleted());
    boolean waits = report.outcome() == PruneReport.Outcome.WAITING;
    say(console, waits ? "waits" : dryRun ? "would announce" : "announced", report.announced());
    report
        .due()
        .ifPresent(
            due ->
                console.detail(
                    "what is announced may be deleted by a prune after " + seconds(due)));
    console.stage(conclusion(report, dryRun) + " " + kept + " kept.");
  }

  private static void say(Console console, String what, PruneReport.Batch batch) {
    batch.generations().forEach(g -> console.result(what + " generation " + g));
    batch.packages().forEach(p -> console.result(what + " " + p));
  }

  private static String conclusion(PruneReport report, boolean dryRun) {
    String deleted = figures(report.deleted());
    String announced = figures(report.announced());
    return switch (report.outcome()) {
      case NOTHING -> "Nothing to prune.";
      case WAITING -> "Nothing was written: " + announced + " must wait.";
      case ANNOUNCED ->
          dryRun
              ? "Nothing was written. A prune would announce " + announced + "."
              : "Announced: " + announced + ". Nothing was deleted.";
      case DELETED ->
          dryRun
              ? "Nothing was written. A prune would delete " + deleted + "."
              : "Deleted: " + deleted + ".";
    };
  }

  private static String figures(PruneReport.Batch batch) {
    return Figures.count(batch.generations().size(), "generation", "generations")
        + " and "
        + Figures.count(batch.packages().size(), "package", "packages")
        + ", "
        + Figures.bytes(batch.bytes());
  }

  private static String seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
