package org.qrepo.cli.repository;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.Figures;
import org.qrepo.cli.console.JsonObject;
import org.qrepo.publish.GenerationId;
import org.qrepo.publish.Receipt;
import org.qrepo.publish.TemplateCheck;
import org.qrepo.publish.TemplatePlan;
import org.qrepo.publish.TemplateReceipt;
import org.qrepo.repodata.RpmEntry;
import org.qrepo.rpm.TemplateLint;

/** Says what became of templates, to people and to scripts. */
public final class TemplateWords {
  private TemplateWords() {}

  /** As {@code qvm-template} calls it. */
  public static String name(String packageName) {
    return packageName.startsWith(TemplateLint.PREFIX)
        ? packageName.substring(TemplateLint.PREFIX.length())
        : packageName;
  }

  /** What would be done. */
  public static void say(Console console, String location, TemplatePlan plan) {
    if (plan.isDone()) {
      console.stage("Templates in " + location + ": nothing to do. Nothing would be written.");
      return;
    }
    console.stage("Would publish " + count(plan) + " in " + location);
    details(console, plan);
    console.note("Nothing was written.");
  }

  /** What was done; what the public sees is the last line. */
  public static ExitCode say(Console console, TemplateReceipt receipt) {
    receipt.check().ifPresent(check -> say(console, check));
    String generation = "generation " + receipt.generation() + " (seq " + receipt.sequence() + ")";
    switch (receipt.outcome()) {
      case ALREADY_PUBLISHED ->
          console.stage(
              "Templates in "
                  + receipt.location()
                  + ": published already: "
                  + generation
                  + ". Nothing was written.");
      case COMPLETED -> console.stage("Completed: " + generation + " is whole again.");
      case PUBLISHED ->
          console.stage(
              "Published "
                  + count(receipt.plan())
                  + " in "
                  + receipt.location()
                  + ": "
                  + generation);
    }
    details(console, receipt.plan());
    boolean confirmed =
        receipt.check().map(c -> c.findings().isEmpty() || !c.reached()).orElse(true);
    return confirmed ? ExitCode.DONE : ExitCode.UNCONFIRMED;
  }

  /** What a stranger saw. */
  public static void say(Console console, TemplateCheck.Report check) {
    check.findings().forEach(console::warning);
    if (check.findings().isEmpty()) {
      console.detail(
          "metadata and signature match"
              + (check.packages() == 0
                  ? ""
                  : "; "
                      + Figures.count(check.packages(), "template", "templates")
                      + " reachable, digests match"));
    }
  }

  /** What was verified. */
  public static void describe(Console console, TemplateCheck.Report report, boolean deep) {
    report
        .generation()
        .ifPresent(
            generation ->
                console.result(
                    "%s: generation %s (seq %d), %s, signed by %s"
                        .formatted(
                            report.location(),
                            generation.id(),
                            generation.sequence(),
                            Figures.count(
                                generation.packages().entries().size(), "template", "templates"),
                            generation.signer().grouped())));
    if (report.findings().isEmpty()) {
      console.result(
          deep
              ? "Metadata, signature and all templates are as dom0 wants them."
              : "Metadata and signature match. Templates were not fetched; --deep does that.");
    }
  }

  private static String count(TemplatePlan plan) {
    long removed = count(plan, TemplatePlan.Kind.REMOVED);
    long changed = count(plan, TemplatePlan.Kind.ADDED) + count(plan, TemplatePlan.Kind.FOUND);
    String text = Figures.count(changed, "template", "templates");
    return removed == 0 ? text : text + ", and " + removed + " less,";
  }

  private static long count(TemplatePlan plan, TemplatePlan.Kind kind) {
    return plan.items().stream().filter(item -> item.kind() == kind).count();
  }

  private static void details(Console console, TemplatePlan plan) {
    for (TemplatePlan.Item item : plan.items()) {
      console.detail(
          item.location()
              + switch (item.kind()) {
                case ADDED -> ", " + Figures.bytes(item.size());
                case FOUND -> ", " + Figures.bytes(item.size()) + " (was there, not listed)";
                case PUBLISHED -> " (published already)";
                case REMOVED -> " (no longer listed; the file stays until a prune)";
              });
    }
  }

  /** The fields of a receipt. */
  public static void write(JsonObject json, TemplateReceipt receipt) throws IOException {
    json.field("outcome", receipt.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .field("repository", receipt.repository().value())
        .field("location", receipt.location())
        .field("generation", receipt.generation().value())
        .field("seq", receipt.sequence())
        .field("index", receipt.index().hex());
    items(json, receipt.plan());
    json.field("objects", receipt.objects())
        .field("bytes", receipt.bytes())
        .field("finished", receipt.finished().toString())
        .field("milliseconds", receipt.elapsed().toMillis());
    if (receipt.check().isPresent()) {
      TemplateCheck.Report check = receipt.check().get();
      json.object(
          "check",
          c -> {
            write(c, check);
            c.findings("findings", check.findings());
          });
    }
  }

  /** The fields of a look at the public side, but for its findings. */
  public static void write(JsonObject json, TemplateCheck.Report check) throws IOException {
    json.field("location", check.location())
        .field("reached", check.reached())
        .field("generation", check.generation().map(g -> g.id().value()))
        .field("templates-fetched", check.packages());
  }

  /** The fields of a plan. */
  public static void write(JsonObject json, String location, TemplatePlan plan) throws IOException {
    json.field("location", location)
        .field("base", plan.base().map(GenerationId::value))
        .field("seq", plan.sequence());
    items(json, plan);
  }

  private static void items(JsonObject json, TemplatePlan plan) throws IOException {
    json.objects(
        "changes",
        plan.items(),
        (object, item) ->
            object
                .field("kind", item.kind().name().toLowerCase(Locale.ROOT))
                .field("name", item.name())
                .field("version", item.version().toString())
                .field("key", item.location())
                .field("size", item.size()));
  }

  /** One line for each template. */
  public static void list(Console console, List<RpmEntry> entries) {
    entries.forEach(entry -> console.result(entry.name() + " " + entry.version()));
  }

  /** An array of templates. */
  public static void list(JsonObject json, List<RpmEntry> entries) throws IOException {
    json.objects(
        "templates",
        entries,
        (object, entry) ->
            object
                .field("name", entry.name())
                .field("template", name(entry.name()))
                .field("version", entry.version().toString())
                .field("key", entry.location())
                .field("size", entry.size())
                .field("sha256", entry.digest().hex())
                .field("summary", entry.summary())
                .field("built", entry.built().toString())
                .field("published", entry.published().toString()));
  }

  /** Whether something was written. */
  public static boolean isNew(TemplateReceipt receipt) {
    return receipt.outcome() != Receipt.Outcome.ALREADY_PUBLISHED;
  }
}
