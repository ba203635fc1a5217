package org.qrepo.cli.command;

import java.util.List;
import java.util.Optional;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Session;
import org.qrepo.cli.repository.Narrator;
import org.qrepo.cli.repository.OpenTemplates;
import org.qrepo.cli.repository.TemplateWords;
import org.qrepo.publish.TemplateGeneration;
import org.qrepo.repodata.RpmEntry;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** Shows the templates that are published. */
@CommandLine.Command(name = "list", description = "List the templates that are published.")
public final class TemplatesListCommand extends TemplatesAction {
  @Mixin private TargetArgument target = new TargetArgument();

  @Override
  List<String> target() {
    return target.given();
  }

  @Override
  Answer act(Session session, OpenTemplates templates, Narrator narrator) throws Exception {
    Optional<TemplateGeneration> live = templates.history(narrator).live();
    if (live.isEmpty()) {
      session.console().stage("No templates are published at " + templates.location());
    }
    List<RpmEntry> entries = live.map(g -> g.packages().entries()).orElse(List.of());
    TemplateWords.list(session.console(), entries);
    return Answer.done(
        json -> {
          json.field("repository", templates.repository().name().value())
              .field("location", templates.location())
              .field("generation", live.map(g -> g.id().value()))
              .field("seq", live.map(TemplateGeneration::sequence).orElse(0L));
          TemplateWords.list(json, entries);
        });
  }
}
