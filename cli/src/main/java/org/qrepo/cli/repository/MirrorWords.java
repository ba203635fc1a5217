package org.qrepo.cli.repository;

import java.io.IOException;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.JsonObject;
import org.qrepo.publish.MirrorReport;
import org.qrepo.publish.PublicCheck;
import org.qrepo.publish.RepositorySpec;

/** Says what a mirror did, to people and to scripts; receiving a parcel is one, too. */
public final class MirrorWords {
  private MirrorWords() {}

  /** The fields of a report but its outcome. */
  public static void write(JsonObject json, RepositorySpec spec, MirrorReport report)
      throws IOException {
    json.field("repository", spec.name().value())
        .field("from", report.from())
        .field("location", report.to())
        .field("before", report.before().map(b -> b.generation().value()))
        .field("generation", report.live().generation().value())
        .field("seq", report.live().sequence())
        .field("packages", report.packages())
        .field("generations", report.generations())
        .field("objects", report.objects())
        .field("bytes", report.bytes())
        .field("gap-milliseconds", report.gap().toMillis());
    if (report.check().isPresent()) {
      PublicCheck.Report check = report.check().get();
      json.object(
          "check",
          c -> {
            PublishReport.write(c, check);
            c.findings("findings", check.findings());
          });
    }
  }

  /**
   * The last line of one that changed what clients see, and what a stranger saw.
   *
   * @param done a word that says what was done: {@code Mirrored}
   * @param seen what clients see now, if a stranger saw that or nobody could look
   */
  public static ExitCode conclude(Console console, MirrorReport report, String done, String seen) {
    report.check().ifPresent(check -> PublishReport.say(console, check));
    boolean unseen = report.check().filter(c -> !c.reached()).isPresent();
    console.stage(
        report.isConfirmed()
            ? done + ". " + seen
            : unseen
                ? done + ", but nobody looked at what clients see."
                : done + ", but the check as a stranger failed: clients may not get it.");
    return report.isConfirmed() || unseen ? ExitCode.DONE : ExitCode.UNCONFIRMED;
  }
}
