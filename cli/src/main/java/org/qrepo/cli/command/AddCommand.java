package org.qrepo.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.repository.PackagePaths;
import org.qrepo.cli.repository.PublishRun;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.publish.Change;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Publishes packages into one repository. */
@CommandLine.Command(name = "add", description = "Publish packages into one repository.")
public final class AddCommand implements Command {
  @Parameters(
      paramLabel = "PATH",
      arity = "1..*",
      description = "Packages, or directories of them.")
  private List<String> paths = new ArrayList<>();

  @Option(
      names = "--to",
      paramLabel = "T",
      arity = "1",
      description = "A target of the configuration, a directory or a URL.")
  private List<String> to = new ArrayList<>();

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  @Option(names = "--dry-run", description = "Show the plan; read only, no key needed.")
  private boolean dryRun;

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public Answer run(Session session) throws Exception {
    Targets targets = Targets.of(session, flags, to).requireOne();
    Change change = Change.adding(PackagePaths.find(paths.stream().map(session::path).toList()));
    PublishRun.Mode mode = new PublishRun.Mode(dryRun, false, Optional.empty(), Optional.empty());
    return new PublishRun(session, targets, mode).carryOut(change);
  }
}
