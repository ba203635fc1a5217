package org.qrepo.cli.doctor;

import java.util.List;
import java.util.Locale;
import org.qrepo.Finding;
import org.qrepo.cli.Answer;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.Figures;

/** How the results of looks are said, to people and to scripts. */
public final class Results {
  private Results() {}

  /** Says the results of looking at something, and returns them. */
  public static List<Result> say(Console console, String what, List<Result> results) {
    console.stage("Looking at " + what);
    for (Result result : results) {
      console.result(word(result) + ": " + result.finding().headline());
      result.finding().details().forEach(line -> console.result("    " + line));
    }
    return results;
  }

  /** Sums up what was said; the exit code is 3 if anything is wrong. */
  public static Answer answer(Console console, List<Result> results) {
    long errors = count(results, Result.Level.ERROR);
    long warnings = count(results, Result.Level.WARNING);
    console.stage(
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

  private static String word(Result result) {
    return result.level().name().toLowerCase(Locale.ROOT);
  }

  private static long count(List<Result> results, Result.Level level) {
    return results.stream().filter(r -> r.level() == level).count();
  }
}
