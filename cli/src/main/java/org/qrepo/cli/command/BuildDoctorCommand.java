package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.build.qube.BuildDoctor;
import org.qrepo.cli.build.qube.QubeSystem;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.doctor.Result;
import org.qrepo.cli.doctor.Results;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** Looks for what would keep a build from working. */
@CommandLine.Command(
    name = "doctor",
    description = {
      "Look whether this qube is fit to build in, and say how to make it so.",
      "Looks at its kind, storage, memory, mounts, user, programs, qrexec, split-gpg and network.",
      "Changes nothing and asks no other qube; exit code 3 if anything is wrong."
    })
public final class BuildDoctorCommand implements Command {
  @Parameters(
      paramLabel = "DIR",
      arity = "0..1",
      description =
          "The builder, or where it will be (default: build.builder, else this directory).")
  private @Nullable String given;

  @Override
  public Answer run(Session session) throws IOException, InterruptedException {
    Config config = session.config();
    Path builder =
        given != null ? session.path(given) : config.build().builder().orElseGet(session::cwd);
    BuildDoctor doctor = new BuildDoctor(QubeSystem.ofMachine(session.environment()), config);
    List<Result> results = doctor.results(builder, kind(config, builder));
    return Results.answer(session.console(), Results.say(session.console(), "this qube", results));
  }

  /** What is in the directory counts, then what is configured. */
  private static Optional<BuilderKind> kind(Config config, Path builder) {
    Optional<BuilderKind> there = BuilderTree.kindOf(builder);
    if (there.isPresent()) {
      return there;
    }
    try {
      return Optional.of(BuilderTree.kindFor(config));
    } catch (UsageException e) {
      return Optional.empty();
    }
  }
}
