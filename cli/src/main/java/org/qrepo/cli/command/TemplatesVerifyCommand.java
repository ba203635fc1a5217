package org.qrepo.cli.command;

import java.util.List;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Session;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.Failure;
import org.qrepo.cli.repository.Narrator;
import org.qrepo.cli.repository.OpenTemplates;
import org.qrepo.cli.repository.TemplateWords;
import org.qrepo.publish.TemplateCheck;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Verifies the published templates as a stranger does. */
@CommandLine.Command(
    name = "verify",
    description = {
      "Verify the published templates through their public URL, with nothing but the certificates.",
      "Metadata and signature are fetched; --deep fetches every template too."
    })
public final class TemplatesVerifyCommand extends TemplatesAction {
  @Mixin private TargetArgument target = new TargetArgument();

  @Option(names = "--deep", description = "Fetch every template.")
  private boolean deep;

  @Override
  List<String> target() {
    return target.given();
  }

  @Override
  Answer act(Session session, OpenTemplates templates, Narrator narrator) throws Exception {
    TemplateCheck.Report report = templates.check(location -> deep);
    TemplateWords.describe(session.console(), report, deep);
    if (!report.findings().isEmpty()) {
      ExitCode code = report.reached() ? ExitCode.REFUSED : ExitCode.STORE;
      session.console().failure(new Failure(code, report.findings(), List.of()));
      return new Answer(code, json -> TemplateWords.write(json, report));
    }
    return Answer.done(json -> TemplateWords.write(json, report));
  }
}
