package org.qrepo.cli.handover;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Session;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.Figures;
import org.qrepo.cli.console.JsonObject;
import org.qrepo.cli.console.Progress;
import org.qrepo.cli.repository.FollowingPage;
import org.qrepo.cli.repository.MirrorWords;
import org.qrepo.cli.repository.Narrator;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.cli.rpm.TemplateReception;
import org.qrepo.parcel.Manifest;
import org.qrepo.parcel.ParcelDirectory;
import org.qrepo.parcel.ParcelMaker;
import org.qrepo.parcel.ParcelStream;
import org.qrepo.publish.MirrorReport;
import org.qrepo.publish.Plan;

/** Checks a parcel, publishes it, and removes it if that is wished. */
public final class ReceiveRun {
  private final Session session;
  private final Console console;
  private final OpenTarget target;
  private final String called;
  private final Options options;

  /**
   * @param called what the user calls the target
   */
  public ReceiveRun(Session session, OpenTarget target, String called, Options options) {
    this.session = session;
    this.console = session.console();
    this.target = target;
    this.called = called;
    this.options = options;
  }

  /**
   * How to receive.
   *
   * @param remove whether the parcel goes once it is published
   * @param withoutTemplates whether templates are left out
   * @param deep whether the public check looks at every package
   */
  public record Options(boolean remove, boolean withoutTemplates, boolean deep) {}

  /** Receives the parcel in a directory, or the one on standard input. */
  public Answer run(Optional<Path> place) throws IOException {
    if (place.isPresent()) {
      ParcelDirectory parcel =
          ParcelDirectory.open(place.get(), target.spec().name(), target.verifier());
      say(parcel);
      try (Progress progress = console.progress("checking", parcel.manifest().bytes())) {
        parcel.verifyContents(progress::advance);
      }
      return publish(parcel, options.remove());
    }
    Path incoming = session.stateDirectory().resolve("incoming");
    Files.createDirectories(incoming);
    OldParcels.removeFrom(incoming);
    ParcelDirectory parcel =
        ParcelStream.read(
            session.in(), incoming, target.spec().name(), target.verifier(), bytes -> {});
    try {
      say(parcel);
      return publish(parcel, false);
    } finally {
      ParcelMaker.remove(parcel.directory());
    }
  }

  private void say(ParcelDirectory parcel) {
    Manifest manifest = parcel.manifest();
    console.stage("Receiving " + manifest.parcel(), Figures.bytes(manifest.bytes()));
    console.detail(
        "signed by "
            + parcel.signed().signer().grouped()
            + " on "
            + parcel.signed().signed().toString().substring(0, 10));
  }

  private Answer publish(ParcelDirectory parcel, boolean remove) throws IOException {
    TemplateReception templates =
        new TemplateReception(session, target, called, parcel, options.withoutTemplates());
    templates.check();
    MirrorReport report;
    int written;
    try (Narrator narrator = new Narrator(console)) {
      report = target.reception(called, narrator, options.deep()).receive(parcel);
      written = templates.deliver(narrator);
    }
    Answer concluded =
        FollowingPage.renew(console, target, conclude(parcel.manifest(), report, written));
    ExitCode code = concluded.code();
    boolean removed = remove && code == ExitCode.DONE && removed(parcel);
    return new Answer(
        code,
        json -> {
          json.field("parcel", parcel.manifest().parcel().value())
              .field("base", parcel.manifest().base().map(b -> b.generation().value()))
              .field("signer", parcel.signed().signer().hex());
          outcome(json, report, written);
          MirrorWords.write(json, target.spec(), report);
          templates.write(json, written);
          concluded.fields().write(json);
          json.field("removed", removed);
        });
  }

  private static void outcome(JsonObject json, MirrorReport report, int templates)
      throws IOException {
    boolean completed =
        report.outcome() == MirrorReport.Outcome.COMPLETED
            || (report.outcome() == MirrorReport.Outcome.ALREADY_MIRRORED && templates > 0);
    json.field(
        "outcome",
        completed
            ? "completed"
            : report.outcome() == MirrorReport.Outcome.MIRRORED ? "received" : "already-received");
  }

  private ExitCode conclude(Manifest manifest, MirrorReport report, int templates) {
    String generation = named(report.live());
    String and =
        templates == 0
            ? ""
            : ", and " + Figures.count(templates, "file", "files") + " of templates";
    if (report.outcome() != MirrorReport.Outcome.MIRRORED) {
      boolean nothing = report.outcome() == MirrorReport.Outcome.ALREADY_MIRRORED && templates == 0;
      console.stage(
          nothing
              ? "Already received: " + generation + ". Nothing was written."
              : "Completed: " + generation + " is whole at " + report.to() + and + ".");
      return ExitCode.DONE;
    }
    return MirrorWords.conclude(
        console,
        report,
        "Received",
        "Clients of "
            + report.to()
            + " now see "
            + generation
            + "; "
            + Figures.count(manifest.packages(), "package", "packages")
            + and
            + ".");
  }

  private static String named(Plan.Base generation) {
    return "generation " + generation.generation() + " (seq " + generation.sequence() + ")";
  }

  /** What is published stays so, also where the parcel cannot be removed. */
  private boolean removed(ParcelDirectory parcel) {
    try {
      ParcelMaker.remove(parcel.directory());
      return true;
    } catch (IOException e) {
      console.warning(
          Finding.of(
              "parcel-not-removed",
              parcel.directory().toString(),
              "the parcel is published, and cannot be removed",
              e.toString()));
      return false;
    }
  }
}
