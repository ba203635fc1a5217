package org.qrepo.cli.command;

import org.qrepo.alpm.PackageVersion;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** Compares two versions as pacman does. */
@CommandLine.Command(
    name = "vercmp",
    description = "Compare two versions as pacman does: prints -1, 0 or 1.")
public final class VercmpCommand implements Command {
  @Parameters(index = "0", paramLabel = "A")
  private String left;

  @Parameters(index = "1", paramLabel = "B")
  private String right;

  @Override
  public Answer run(Session session) {
    int order = PackageVersion.compare(left, right);
    session.console().result(Integer.toString(order));
    return Answer.done(json -> json.field("order", order));
  }
}
