package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.cli.Answer;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.Failure;
import org.qrepo.cli.console.Figures;
import org.qrepo.cli.console.JsonObject;
import org.qrepo.cli.rpm.RpmVerification;
import org.qrepo.publish.Verifier.Verdict;
import org.qrepo.sign.FileReport;
import org.qrepo.sign.SignatureFault;
import org.qrepo.sign.SignatureFault.Severity;
import org.qrepo.sign.SignatureFinding;

/** How the reports on verified files are told to people and to scripts. */
final class FileVerdicts {
  private final List<FileReport> reports;
  private final List<SignatureFinding> orphans;
  private final RpmVerification rpms;

  /**
   * @param orphans signatures whose files are not there
   */
  FileVerdicts(List<FileReport> reports, List<Path> orphans, RpmVerification rpms) {
    this.reports = reports;
    this.rpms = rpms;
    this.orphans =
        orphans.stream()
            .map(o -> SignatureFinding.of(SignatureFault.ORPHAN, String.valueOf(o.getFileName())))
            .toList();
  }

  /**
   * Says it.
   *
   * @param summary whether one line sums everything up
   */
  Answer tell(Console console, boolean summary) {
    for (FileReport report : reports) {
      report.good().filter(g -> report.ok()).ifPresent(g -> console.result(good(report, g)));
    }
    rpms.report(console);
    warnings().forEach(console::warning);
    List<Finding> errors = errors();
    if (!errors.isEmpty()) {
      console.failure(new Failure(ExitCode.REFUSED, errors, List.of()));
    }
    if (summary) {
      console.result(summary());
    }
    return new Answer(errors.isEmpty() ? ExitCode.DONE : ExitCode.REFUSED, this::write);
  }

  private static String good(FileReport report, Verdict.Good good) {
    return "%s: good signature by %s, made %s"
        .formatted(report.name(), good.certificate().grouped(), good.created());
  }

  private List<Finding> warnings() {
    List<SignatureFinding> all = new ArrayList<>();
    reports.forEach(r -> all.addAll(r.signature()));
    all.addAll(orphans);
    return all.stream().filter(f -> !f.isError()).map(SignatureFinding::finding).toList();
  }

  private List<Finding> errors() {
    List<Finding> errors = new ArrayList<>();
    for (FileReport report : reports) {
      report.signature().stream()
          .filter(SignatureFinding::isError)
          .forEach(f -> errors.add(f.finding()));
      errors.addAll(report.content());
    }
    errors.addAll(rpms.findings());
    return errors;
  }

  private String summary() {
    int all = reports.size() + rpms.size();
    long good = reports.stream().filter(FileReport::ok).count() + rpms.ok();
    String bad = good == all ? "" : ", %d refused".formatted(all - good);
    int warnings = warnings().size();
    String warned = warnings == 0 ? "" : ", " + Figures.count(warnings, "warning", "warnings");
    return Figures.count(all, "file", "files") + ": " + good + " good" + bad + warned;
  }

  private void write(JsonObject json) throws IOException {
    json.objects(
        "good",
        reports.stream().filter(FileReport::ok).toList(),
        (object, report) -> {
          Verdict.Good good = report.good().orElseThrow();
          object
              .field("file", report.file().toString())
              .field("sha256", sha256(report))
              .field("certificate", good.certificate().hex())
              .field("signed", good.created().toString());
        });
    json.objects("files", reports, FileVerdicts::write);
    json.objects("orphans", orphans, (object, orphan) -> write(object, orphan));
    rpms.write(json);
  }

  private static void write(JsonObject object, FileReport report) throws IOException {
    object
        .field("file", report.file().toString())
        .field("ok", report.ok())
        .field("sha256", sha256(report))
        .objects("signature", report.signature(), FileVerdicts::write)
        .findings("content", report.content());
  }

  private static void write(JsonObject object, SignatureFinding finding) throws IOException {
    Severity severity = finding.fault().severity();
    object
        .field("id", finding.fault().id())
        .field("severity", severity.word())
        .field("subject", finding.subject())
        .field("reason", finding.reason())
        .field("pacman-says", finding.pacman())
        .field("pacman-takes-it", finding.taken())
        .field("why", finding.fault().why())
        .field("remedy", finding.remedy());
  }

  private static Optional<String> sha256(FileReport report) {
    return report.sha256().map(s -> s.hex());
  }
}
