package org.qrepo.cli.command;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.repository.Narrator;
import org.qrepo.cli.repository.OpenTemplates;
import org.qrepo.publish.GenerationId;
import org.qrepo.publish.TemplateChange;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Publishes the templates of an older generation anew. */
@CommandLine.Command(
    name = "rollback",
    description = {
      "Publish the templates of an older generation anew.",
      "Users go back with qvm-template downgrade."
    })
public final class TemplatesRollbackCommand extends TemplatesAction {
  @Mixin private TargetArgument target = new TargetArgument();

  @Option(
      names = "--to-generation",
      paramLabel = "ID",
      description = "The generation, as the log names it (default: the parent of the live one).")
  private @Nullable String generation;

  @Option(names = "--dry-run", description = "Show the plan; read only, no key needed.")
  private boolean dryRun;

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  List<String> target() {
    return target.given();
  }

  @Override
  Answer act(Session session, OpenTemplates templates, Narrator narrator) throws Exception {
    TemplateChange back = TemplateChange.back(Optional.ofNullable(generation).map(this::parse));
    return change(session, templates, narrator, back, dryRun);
  }

  private GenerationId parse(String id) {
    try {
      return new GenerationId(id);
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "--to-generation: " + e.getMessage(), "qrepo templates log shows the generations.");
    }
  }
}
