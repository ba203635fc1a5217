package org.qrepo.cli.command;

import java.time.Duration;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.repository.Span;
import org.qrepo.publish.PrunePolicy;
import picocli.CommandLine.Option;

/** What a prune is told to keep. */
final class PrunePolicyFlags {
  @Option(
      names = "--keep",
      paramLabel = "N",
      description =
          "Keep N generations before the live one, whatever their age (default: ${DEFAULT-VALUE}).")
  private int keep = PrunePolicy.DEFAULT.keep();

  @Option(
      names = "--grace",
      paramLabel = "TIME",
      description =
          "Keep what was superseded less than TIME ago: 30d, 12h, 0 (default: ${DEFAULT-VALUE}).")
  private String grace = PrunePolicy.DEFAULT.grace().toDays() + "d";

  PrunePolicy get() {
    if (keep < 0) {
      throw new UsageException("--keep " + keep + ": a number of generations is needed");
    }
    return new PrunePolicy(keep, grace());
  }

  private Duration grace() {
    try {
      return Span.parse(grace);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--grace " + e.getMessage());
    }
  }
}
