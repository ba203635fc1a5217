package org.qrepo.cli.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.doctor.Doctor;
import org.qrepo.cli.doctor.Result;
import org.qrepo.cli.doctor.Results;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Looks for what would keep a repository from working. */
@CommandLine.Command(
    name = "doctor",
    description = {
      "Look for what keeps a repository from working, and say how to mend it.",
      "Looks at configuration, keys, clocks, permissions, layout, and what the web server answers.",
      "Changes nothing; exit code 3 if anything is wrong."
    })
public final class DoctorCommand implements Command {
  @Parameters(
      paramLabel = "T",
      arity = "0..*",
      description = "Targets of the configuration, directories or URLs (default: all targets).")
  private List<String> wanted = new ArrayList<>();

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  @Override
  public Answer run(Session session) throws IOException {
    Console console = session.console();
    Config plain = session.config();
    List<String> names = wanted.isEmpty() ? List.copyOf(plain.targets().keySet()) : wanted;
    Doctor doctor = new Doctor(session, flags);
    if (names.isEmpty()) {
      return Results.answer(console, Results.say(console, "this machine", doctor.machine(plain)));
    }
    Targets targets = Targets.of(session, flags, names);
    List<Result> results =
        new ArrayList<>(Results.say(console, "this machine", doctor.machine(targets.config())));
    for (int i = 0; i < targets.count(); i++) {
      results.addAll(Results.say(console, targets.name(i), doctor.repository(targets, i)));
    }
    return Results.answer(console, results);
  }
}
