package org.qrepo.cli.command;

import java.io.IOException;
import java.util.List;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.Figures;
import org.qrepo.cli.console.JsonObject;
import org.qrepo.cli.repository.Narrator;
import org.qrepo.cli.repository.OpenTemplates;
import org.qrepo.io.Sha256;
import org.qrepo.publish.TemplateGeneration;
import org.qrepo.publish.TemplateHistory;
import org.qrepo.repodata.RpmEntry;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the chain of generations of templates. */
@CommandLine.Command(
    name = "log",
    description = "Show the chain of generations, the live one first, and what each changed.")
public final class TemplatesLogCommand extends TemplatesAction {
  @Mixin private TargetArgument target = new TargetArgument();

  @Option(
      names = {"-n", "--max-count"},
      paramLabel = "N",
      description = "Show at most N generations (default: ${DEFAULT-VALUE}).")
  private int limit = 20;

  @Override
  List<String> target() {
    return target.given();
  }

  @Override
  Answer act(Session session, OpenTemplates templates, Narrator narrator) throws Exception {
    if (limit < 1) {
      throw new UsageException("-n " + limit + ": at least 1 is needed");
    }
    List<TemplateHistory.Entry> chain = templates.history(narrator).chain(limit);
    if (chain.isEmpty()) {
      session.console().stage("No templates are published at " + templates.location());
    }
    chain.forEach(entry -> say(session.console(), entry));
    return Answer.done(
        json ->
            json.field("repository", templates.repository().name().value())
                .field("location", templates.location())
                .objects("generations", chain, TemplatesLogCommand::write));
  }

  private static void say(Console console, TemplateHistory.Entry entry) {
    TemplateGeneration generation = entry.generation();
    console.result(
        "generation "
            + generation.id()
            + " (seq "
            + generation.sequence()
            + "), "
            + generation.lineage().time()
            + ", "
            + Figures.count(generation.packages().entries().size(), "template", "templates"));
    entry.added().forEach(one -> console.result("    + " + one.label()));
    entry.removed().forEach(one -> console.result("    - " + one.label()));
  }

  private static void write(JsonObject json, TemplateHistory.Entry entry) throws IOException {
    TemplateGeneration generation = entry.generation();
    json.field("generation", generation.id().value())
        .field("seq", generation.sequence())
        .field("time", generation.lineage().time().toString())
        .field("index", generation.digest().hex())
        .field("parent", generation.lineage().parent().map(Sha256::hex))
        .field("signer", generation.signer().hex())
        .strings("added", entry.added().stream().map(RpmEntry::label).toList())
        .strings("removed", entry.removed().stream().map(RpmEntry::label).toList());
  }
}
