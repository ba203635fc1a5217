package org.qrepo.cli.command;

import java.util.List;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.repository.Narrator;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.cli.repository.OpenTemplates;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.cli.repository.TemplateReceipts;
import org.qrepo.cli.repository.TemplateWords;
import org.qrepo.publish.TemplateChange;
import org.qrepo.publish.TemplatePlan;
import org.qrepo.publish.TemplateReceipt;
import picocli.CommandLine.Mixin;

/** Something that is done with the templates of one target. */
abstract class TemplatesAction implements Command {
  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  /** The target that the user named, or nothing. */
  abstract List<String> target();

  abstract Answer act(Session session, OpenTemplates templates, Narrator narrator) throws Exception;

  @Override
  public final Answer run(Session session) throws Exception {
    try (OpenTarget target = Targets.of(session, flags, target()).only();
        OpenTemplates templates = open(target);
        Narrator narrator = new Narrator(session.console())) {
      return act(session, templates, narrator);
    }
  }

  private static OpenTemplates open(OpenTarget target) {
    return target
        .templates()
        .orElseThrow(
            () ->
                new UsageException(
                    target.location() + " has no place for templates",
                    "Set targets." + target.configured().name() + ".templates in qrepo.yml."));
  }

  /** Plans a change, or carries it out. */
  static Answer change(
      Session session,
      OpenTemplates templates,
      Narrator narrator,
      TemplateChange change,
      boolean dryRun)
      throws Exception {
    if (dryRun) {
      TemplatePlan plan = templates.planner(narrator).plan(change);
      narrator.close();
      TemplateWords.say(session.console(), templates.location(), plan);
      return Answer.done(json -> TemplateWords.write(json, templates.location(), plan));
    }
    TemplateReceipt receipt = templates.publisher(narrator, false).publish(change);
    narrator.close();
    ExitCode code = TemplateWords.say(session.console(), receipt);
    TemplateReceipts.keep(session, receipt);
    Answer page = templates.renewPage(session.console(), code);
    return new Answer(
        page.code(),
        json -> {
          TemplateWords.write(json, receipt);
          page.fields().write(json);
        });
  }
}
