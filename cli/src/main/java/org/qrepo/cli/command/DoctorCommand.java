package org.qrepo.cli.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.qrepo.Finding;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.Figures;
import org.qrepo.cli.doctor.Doctor;
import org.qrepo.cli.doctor.Result;
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
    Config plain = session.config();
    List<String> names = wanted.isEmpty() ? List.copyOf(plain.targets().keySet()) : wanted;
    Doctor doctor = new Doctor(session, flags);
    if (names.isEmpty()) {
      return answer(session, say(session, "this machine", doctor.machine(plain)));
    }
    Targets targets = Targets.of(session, flags, names);
    List<Result> results =
        new ArrayList<>(say(session, "this machine", doctor.machine(targets.config())));
    for (int i = 0; i < targets.count(); i++) {
      results.addAll(say(session, targets.name(i), doctor.repository(targets, i)));
    }
    return answer(session, results);
  }

  private static List<Result> say(Session session, String what, List<Result> results) {
    session.console().stage("Looking at " + what);
    results.forEach(result -> say(session.console(), result));
    return results;
  }

  private static void say(Console console, Result result) {
    console.result(word(result) + ": " + result.finding().headline());
    result.finding().details().forEach(line -> console.result("    " + line));
  }

  private static String word(Result result) {
    return result.level().name().toLowerCase(Locale.ROOT);
  }

  private static Answer answer(Session session, List<Result> results) {
    long errors = count(results, Result.Level.ERROR);
    long warnings = count(results, Result.Level.WARNING);
    session
        .console()
        .stage(
            errors + warnings == 0
                ? "Nothing is wrong"
                : Figures.count(errors, "error", "errors")
                    + ", "
                    + Figures.count(warnings, "warning", "warnings"));
    return new Answer(
        errors == 0 ? ExitCode.DONE : ExitCode.REFUSED,
        json ->
            json.field("errors", errors)
                .objects(
                    "checks",
                    results,
                    (object, result) -> {
                      Finding finding = result.finding();
                      object
                          .field("level", word(result))
                          .field("id", finding.id())
                          .field("subject", finding.subject())
                          .field("reason", finding.reason())
                          .strings("details", finding.details());
                    }));
  }

  private static long count(List<Result> results, Result.Level level) {
    return results.stream().filter(r -> r.level() == level).count();
  }
}
