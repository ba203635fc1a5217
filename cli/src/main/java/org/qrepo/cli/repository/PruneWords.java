package org.qrepo.cli.repository;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.Figures;
import org.qrepo.cli.console.JsonObject;
import org.qrepo.publish.GenerationId;
import org.qrepo.publish.PruneReport;
import org.qrepo.publish.StoreKey;

/** Says what a prune did or would do, to people and to scripts. */
public final class PruneWords {
  private PruneWords() {}

  /** The fields of a report. */
  public static void write(JsonObject json, PruneReport report, boolean dryRun) throws IOException {
    json.field("outcome", report.outcome().name().toLowerCase(Locale.ROOT))
        .field("dry-run", dryRun)
        .field("location", report.location())
        .field("generation", report.live().map(GenerationId::value))
        .field("kept", report.kept());
    json.object("deleted", object -> write(object, report.deleted()));
    json.object("announced", object -> write(object, report.announced()));
    json.field("due", report.due().map(PruneWords::seconds));
  }

  private static void write(JsonObject json, PruneReport.Batch batch) throws IOException {
    json.strings("generations", batch.generations().stream().map(GenerationId::value).toList())
        .strings("packages", batch.packages().stream().map(StoreKey::value).toList())
        .field("bytes", batch.bytes());
  }

  /** Each generation and file on a line of its own, and what it comes to. */
  public static void say(Console console, PruneReport report, boolean dryRun) {
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
