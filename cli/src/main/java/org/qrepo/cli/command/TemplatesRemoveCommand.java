package org.qrepo.cli.command;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Session;
import org.qrepo.cli.repository.Narrator;
import org.qrepo.cli.repository.OpenTemplates;
import org.qrepo.publish.TemplateChange;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes templates out of what is listed. */
@CommandLine.Command(
    name = "remove",
    description = {
      "Take templates out of what is listed.",
      "Their files stay in the store until a prune: dom0 may be fetching one."
    })
public final class TemplatesRemoveCommand extends TemplatesAction {
  @Parameters(
      paramLabel = "NAME",
      arity = "1..*",
      description = "Names as the list shows them: all versions, or with -VERSION-RELEASE one.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = {"--to", "--from"},
      paramLabel = "T",
      arity = "1",
      description = "A target of the configuration, a directory or a URL.")
  private List<String> target = new ArrayList<>();

  @Option(names = "--dry-run", description = "Show the plan; read only, no key needed.")
  private boolean dryRun;

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  List<String> target() {
    return target;
  }

  @Override
  Answer act(Session session, OpenTemplates templates, Narrator narrator) throws Exception {
    return change(
        session, templates, narrator, TemplateChange.removing(new HashSet<>(names)), dryRun);
  }
}
