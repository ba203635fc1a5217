package org.qrepo.cli.command;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qrepo.alpm.PackageName;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.cli.repository.PublishRun;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.cli.repository.TransferFlags;
import org.qrepo.publish.Promotion;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes packages over from one repository into another. */
@CommandLine.Command(
    name = "promote",
    description = {
      "Take packages over from one repository into another, say from testing to stable.",
      "Packages and their signatures are copied as they are; only the databases are signed."
    })
public final class PromoteCommand implements Command {
  private static final Pattern AGE = Pattern.compile("([0-9]{1,5})([dhm])");
  private static final Map<String, Duration> UNITS =
      Map.of("d", Duration.ofDays(1), "h", Duration.ofHours(1), "m", Duration.ofMinutes(1));

  @Parameters(paramLabel = "NAME", arity = "0..*", description = "Names of packages.")
  private List<String> names = new ArrayList<>();

  @Option(names = "--all", description = "All packages of the source.")
  private boolean all;

  @Option(
      names = "--from",
      paramLabel = "T",
      required = true,
      description = "The source: a target of the configuration, a directory or a URL.")
  private String from = "";

  @Option(
      names = "--to",
      paramLabel = "T",
      required = true,
      description = "Where they go: a target of the configuration, a directory or a URL.")
  private String to = "";

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  @Mixin private TransferFlags transfers = new TransferFlags();

  @Option(
      names = "--min-age",
      paramLabel = "AGE",
      description = "Refuse what has been in the source for less: 5d, 12h, 30m.")
  private String minAge = "0d";

  @Option(
      names = "--allow-downgrade",
      description = "Let a lower version take a higher one's place.")
  private boolean allowDowngrade;

  @Option(names = "--dry-run", description = "Show the plan; read only, no key needed.")
  private boolean dryRun;

  @Option(names = "--deep", description = "Let the check as a stranger fetch every package.")
  private boolean deep;

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public Answer run(Session session) throws Exception {
    Optional<Set<PackageName>> chosen = chosen();
    Duration age = age();
    Targets targets = Targets.of(session, transfers.with(flags), List.of(to, from));
    if (targets.count() != 2) {
      throw new UsageException("--from and --to are the same repository");
    }
    try (OpenTarget source = targets.open(1)) {
      Promotion promotion = new Promotion(source.source(), chosen, age, allowDowngrade);
      PublishRun.Mode mode = new PublishRun.Mode(dryRun, deep, Optional.empty(), Optional.empty());
      return new PublishRun(session, targets.first(), mode).carryOut(promotion);
    }
  }

  private Optional<Set<PackageName>> chosen() {
    if (all != names.isEmpty()) {
      throw new UsageException("name packages, or say --all");
    }
    Set<PackageName> packages = new HashSet<>();
    for (String name : names) {
      try {
        packages.add(new PackageName(name));
      } catch (IllegalArgumentException e) {
        throw new UsageException(String.valueOf(e.getMessage()));
      }
    }
    return all ? Optional.empty() : Optional.of(packages);
  }

  private Duration age() {
    Matcher age = AGE.matcher(minAge);
    if (!age.matches()) {
      throw new UsageException(
          "--min-age " + minAge + ": a number of days, hours or minutes is needed",
          "For example 5d, 12h or 30m.");
    }
    Duration unit = UNITS.getOrDefault(age.group(2), Duration.ZERO);
    return unit.multipliedBy(Long.parseLong(age.group(1)));
  }
}
