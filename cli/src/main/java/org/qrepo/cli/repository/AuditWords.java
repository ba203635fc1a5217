package org.qrepo.cli.repository;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.qrepo.alpm.PackageName;
import org.qrepo.audit.AuditFinding;
import org.qrepo.audit.AuditReport;
import org.qrepo.audit.Priority;
import org.qrepo.audit.Rebuild;
import org.qrepo.audit.Severity;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.Figures;
import org.qrepo.cli.console.JsonObject;

/** Says what an audit found, to people and to scripts. */
public final class AuditWords {
  private static final int NAMED = 5;

  private AuditWords() {}

  /** All of it, as results. */
  public static void say(Console console, AuditReport report) {
    for (AuditFinding finding : report.findings()) {
      console.result(
          word(finding.severity())
              + ": "
              + finding.name()
              + " "
              + finding.version()
              + ": "
              + finding.reason());
      finding.sentences().forEach(sentence -> console.result("    pacman: " + sentence));
      console.result("    mend: " + finding.remedy());
    }
    if (!report.rebuilds().isEmpty()) {
      console.result("rebuild, in this order:");
      report.rebuilds().forEach(rebuild -> console.result("    " + say(rebuild)));
    }
    elsewhere(report).ifPresent(console::result);
    console.result(verdict(report));
  }

  /** In one line. */
  public static String verdict(AuditReport report) {
    long warned = report.findings().stream().filter(f -> !f.breaks()).count();
    String warnings = warned == 0 ? "" : ", " + Figures.count(warned, "warning", "warnings");
    String packages = Figures.count(report.packages(), "package", "packages");
    return report.breaks()
        ? report.broken()
            + " of "
            + packages
            + (report.broken() == 1 ? " breaks" : " break")
            + " for users who upgrade now"
            + warnings
        : "nothing breaks: " + packages + warnings;
  }

  private static String say(Rebuild rebuild) {
    String names =
        rebuild.packages().stream().map(PackageName::value).collect(Collectors.joining(", "));
    return rebuild.base()
        + (names.equals(rebuild.base()) ? "" : " (" + names + ")")
        + (rebuild.cycle() ? ", and again at the end: it needs what comes later" : "");
  }

  private static Optional<String> elsewhere(AuditReport report) {
    AuditReport.Elsewhere other = report.elsewhere();
    if (other.gone().isEmpty() && other.added().isEmpty()) {
      return Optional.empty();
    }
    String place =
        other.priority() == Priority.OVERRIDE
            ? "before the distribution's repositories (override)"
            : "after the distribution's repositories (supplement)";
    return Optional.of(
        place + " it would lose " + list(other.gone()) + " and gain " + list(other.added()));
  }

  private static String list(List<AuditFinding> findings) {
    String named =
        findings.stream()
            .limit(NAMED)
            .map(f -> f.trouble().id() + " of " + f.name())
            .collect(Collectors.joining(", "));
    int more = findings.size() - NAMED;
    return findings.isEmpty() ? "nothing" : named + (more > 0 ? " and " + more + " more" : "");
  }

  private static String word(Severity severity) {
    return severity == Severity.BREAKS ? "breaks" : "warning";
  }

  /** The fields of a report. */
  public static void write(JsonObject json, AuditReport report) throws IOException {
    json.field("repository", report.repository())
        .field("priority", word(report.priority()))
        .strings("order", report.order())
        .field("packages", report.packages())
        .field("breaks", report.breaks())
        .field("broken", report.broken());
    json.objects("findings", report.findings(), AuditWords::write);
    json.objects(
        "rebuild",
        report.rebuilds(),
        (object, rebuild) ->
            object
                .field("base", rebuild.base())
                .strings("packages", rebuild.packages().stream().map(PackageName::value).toList())
                .field("cycle", rebuild.cycle()));
    AuditReport.Elsewhere other = report.elsewhere();
    json.object(
        "elsewhere",
        object -> {
          object.field("priority", word(other.priority()));
          object.objects("gone", other.gone(), AuditWords::write);
          object.objects("added", other.added(), AuditWords::write);
        });
  }

  private static void write(JsonObject object, AuditFinding finding) throws IOException {
    object
        .field("id", finding.trouble().id())
        .field("severity", word(finding.severity()))
        .field("package", finding.name().value())
        .field("version", finding.version().value())
        .field("about", finding.about())
        .field("reason", finding.reason())
        .strings("pacman", finding.sentences())
        .field("remedy", finding.remedy());
  }

  private static String word(Priority priority) {
    return priority.name().toLowerCase(Locale.ROOT);
  }
}
