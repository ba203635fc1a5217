package org.qrepo.cli.command;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qrepo.alpm.PackageName;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.repository.PublishRun;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.publish.Change;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes packages out of one repository. */
@CommandLine.Command(
    name = "remove",
    description = {
      "Take packages out of one repository.",
      "Their files stay in the store: clients may still hold the older database."
    })
public final class RemoveCommand implements Command {
  @Parameters(paramLabel = "NAME", arity = "1..*", description = "Names of packages.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = {"--to", "--from"},
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
    PublishRun.Mode mode = new PublishRun.Mode(dryRun, false, Optional.empty(), Optional.empty());
    return new PublishRun(session, targets, mode).carryOut(Change.removing(packages()));
  }

  private Set<PackageName> packages() {
    Set<PackageName> packages = new HashSet<>();
    for (String name : names) {
      try {
        packages.add(new PackageName(name));
      } catch (IllegalArgumentException e) {
        throw new UsageException(String.valueOf(e.getMessage()));
      }
    }
    return packages;
  }
}
