package org.qrepo.cli.command;

import java.util.List;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Session;
import org.qrepo.cli.repository.Narrator;
import org.qrepo.cli.repository.OpenTemplates;
import org.qrepo.publish.TemplateChange;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Takes over template packages that have the metadata of another tool. */
@CommandLine.Command(
    name = "adopt",
    description = {
      "Take over template packages that have metadata of another tool, createrepo_c for instance.",
      "Every package in rpm/ is read whole, and must be signed by a trusted key."
    })
public final class TemplatesAdoptCommand extends TemplatesAction {
  @Mixin private TargetArgument target = new TargetArgument();

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
    return change(session, templates, narrator, TemplateChange.adopting(), dryRun);
  }
}
