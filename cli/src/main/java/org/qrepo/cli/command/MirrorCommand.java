package org.qrepo.cli.command;

import java.util.List;
import java.util.Locale;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.Figures;
import org.qrepo.cli.repository.MirrorWords;
import org.qrepo.cli.repository.Narrator;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.cli.repository.TransferFlags;
import org.qrepo.publish.MirrorReport;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Copies a signed repository. */
@CommandLine.Command(
    name = "mirror",
    description = {
      "Copy a signed repository to another place, in safe order.",
      "Every byte is verified and nothing is signed: no key is needed, only the certificates.",
      "DST must be empty, or at one of the generations of SRC."
    })
public final class MirrorCommand implements Command {
  @Parameters(
      index = "0",
      paramLabel = "SRC",
      description = "A target of the configuration, a directory or a URL.")
  private String source = "";

  @Parameters(
      index = "1",
      paramLabel = "DST",
      description = "The same, where the copy goes; --server and --layout are about it.")
  private String destination = "";

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  @Mixin private TransferFlags transfers = new TransferFlags();

  @Option(
      names = "--depth",
      paramLabel = "N",
      description =
          "Copy at most N generations before the live one, for the log (default: ${DEFAULT-VALUE}).")
  private int depth = 20;

  @Option(names = "--deep", description = "Let the check as a stranger fetch every package.")
  private boolean deep;

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public Answer run(Session session) throws Exception {
    if (depth < 0) {
      throw new UsageException("--depth " + depth + ": a number of generations is needed");
    }
    RepositoryFlags ofSource = flags.withoutPlace();
    try (OpenTarget from = Targets.of(session, ofSource, List.of(source)).only();
        OpenTarget to = Targets.of(session, transfers.with(flags), List.of(destination)).only();
        Narrator narrator = new Narrator(session.console())) {
      if (from.location().equals(to.location())) {
        throw new UsageException("SRC and DST are the same place");
      }
      MirrorReport report = from.mirrorTo(to, narrator, depth, deep).mirror();
      narrator.close();
      return new Answer(
          say(session.console(), report),
          json -> {
            json.field(
                "outcome", report.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-'));
            MirrorWords.write(json, to.spec(), report);
          });
    }
  }

  private static ExitCode say(Console console, MirrorReport report) {
    String generation =
        "generation " + report.live().generation() + " (seq " + report.live().sequence() + ")";
    if (report.outcome() == MirrorReport.Outcome.MIRRORED) {
      return MirrorWords.conclude(
          console,
          report,
          "Mirrored",
          "Clients of "
              + report.to()
              + " now see "
              + generation
              + "; "
              + Figures.count(report.packages(), "package", "packages")
              + " copied.");
    }
    console.stage(
        report.outcome() == MirrorReport.Outcome.ALREADY_MIRRORED
            ? "Already mirrored: " + generation + ". Nothing was written."
            : "Completed: " + generation + " is whole at " + report.to() + " again.");
    return ExitCode.DONE;
  }
}
