package org.qrepo.cli.repository;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.Figures;
import org.qrepo.cli.console.JsonObject;
import org.qrepo.io.Sha256;
import org.qrepo.publish.Adoption;
import org.qrepo.publish.Change;
import org.qrepo.publish.GenerationId;
import org.qrepo.publish.PackageChange;
import org.qrepo.publish.Plan;
import org.qrepo.publish.Promotion;
import org.qrepo.publish.PublicCheck;
import org.qrepo.publish.Receipt;
import org.qrepo.publish.RepositorySpec;
import org.qrepo.publish.Resigning;
import org.qrepo.publish.Rollback;
import org.qrepo.publish.Step;
import org.qrepo.publish.Traffic;

/** Says what a publish did or would do, to people and to scripts. */
public final class PublishReport {
  private PublishReport() {}

  /** The end of a publish: what the public sees now is the last line. */
  public static ExitCode say(Console console, RepositorySpec spec, Receipt receipt) {
    receipt.check().ifPresent(check -> say(console, check));
    receipt.traffic().ifPresent(traffic -> say(console, traffic, receipt.check()));
    console.stage(conclusion(spec, receipt));
    if (receipt.outcome() == Receipt.Outcome.PUBLISHED
        && receipt.plan().intent() instanceof Rollback) {
      console.note("Users who have upgraded go back with: pacman -Syyuu");
    }
    return receipt.isConfirmed() || onlyUnreachable(receipt) ? ExitCode.DONE : ExitCode.UNCONFIRMED;
  }

  /**
   * A public side that cannot be seen from here is said plainly; it is no proof that something is
   * wrong.
   */
  private static boolean onlyUnreachable(Receipt receipt) {
    return receipt.check().filter(c -> !c.reached()).isPresent();
  }

  /** What went over the network; the check as a stranger went another way. */
  private static void say(Console console, Traffic traffic, Optional<PublicCheck.Report> check) {
    String line =
        "to and from the store: sent "
            + Figures.bytes(traffic.sent())
            + ", received "
            + Figures.bytes(traffic.received());
    if (traffic.copied() > 0) {
      line += "; " + Figures.count(traffic.copied(), "object", "objects") + " copied on the server";
    }
    if (traffic.repeated() > 0) {
      line +=
          "; "
              + Figures.count(traffic.repeated(), "object", "objects")
              + " sent again, not copied on the server";
    }
    if (check.isPresent()) {
      line += "; the check as a stranger fetched " + Figures.bytes(check.get().bytes());
    }
    console.detail(line);
  }

  /** What a stranger saw. */
  public static void say(Console console, PublicCheck.Report check) {
    check.findings().forEach(console::warning);
    if (check.findings().isEmpty()) {
      console.detail(
          "database and signature match"
              + (check.packages() == 0
                  ? ""
                  : "; "
                      + Figures.count(check.packages(), "package", "packages")
                      + " reachable, digests match"));
    }
  }

  private static String conclusion(RepositorySpec spec, Receipt receipt) {
    String generation =
        receipt
            .generation()
            .map(g -> "generation " + g + " (seq " + receipt.sequence() + ")")
            .orElse("nothing");
    return switch (receipt.outcome()) {
      case ALREADY_PUBLISHED ->
          already(receipt.plan()) + ": " + generation + ". Nothing was written.";
      case COMPLETED -> "Completed: " + generation + " is whole again.";
      case PUBLISHED ->
          receipt.isConfirmed()
              ? done(receipt.plan())
                  + ". Clients now see "
                  + seen(receipt.plan())
                  + " (server gap "
                  + Figures.time(receipt.gap())
                  + ": "
                  + spec.layout().name().toLowerCase(Locale.ROOT)
                  + ")."
              : onlyUnreachable(receipt)
                  ? done(receipt.plan()) + ", but nobody looked at what clients see."
                  : done(receipt.plan())
                      + ", but the check as a stranger failed: clients may not get it.";
    };
  }

  private static String seen(Plan plan) {
    if (plan.intent() instanceof Resigning) {
      return Figures.count(signed(plan), "package", "packages") + " with a new signature";
    }
    if (!(plan.intent() instanceof Adoption)) {
      return Words.seen(plan.changes());
    }
    String rest = Figures.count(plan.unchanged(), "package", "packages") + " as before, signed";
    return plan.changes().isEmpty() ? rest : rest + ", and " + Words.seen(plan.changes());
  }

  private static long signed(Plan plan) {
    return plan.steps().stream().filter(Step.SignPackage.class::isInstance).count();
  }

  private static String done(Plan plan) {
    if (plan.intent() instanceof Adoption) {
      return "Adopted";
    }
    if (plan.intent() instanceof Promotion) {
      return "Promoted";
    }
    if (plan.intent() instanceof Resigning) {
      return "Signed anew";
    }
    return plan.intent() instanceof Rollback ? "Rolled back" : "Published";
  }

  /** What a dry run found: a line for every file, with its size and why. */
  public static void say(Console console, Plan plan) {
    if (plan.isDone()) {
      console.stage(already(plan) + ". " + work(plan) + " would write nothing.");
      return;
    }
    Set<String> toSign =
        plan.steps().stream()
            .filter(Step.SignPackage.class::isInstance)
            .map(s -> ((Step.SignPackage) s).file() + ".sig")
            .collect(Collectors.toSet());
    console.stage(work(plan) + " would do this:");
    for (Step step : plan.steps()) {
      if (!(step instanceof Step.SignPackage)) {
        console.result(say(step, toSign));
      }
    }
    if (plan.intent() instanceof Resigning) {
      console.stage(
          Figures.count(signed(plan), "package", "packages")
              + " would get a new signature; "
              + Figures.bytes(plan.readBytes())
              + " would be read at "
              + plan.location()
              + ".");
    }
    console.stage(
        "Nothing was written."
            + (plan.uploadBytes() == 0
                ? ""
                : " "
                    + work(plan)
                    + " would send "
                    + Figures.bytes(plan.uploadBytes())
                    + " of packages to "
                    + plan.location()
                    + "."));
  }

  private static String work(Plan plan) {
    if (plan.intent() instanceof Adoption) {
      return "An adoption";
    }
    if (plan.intent() instanceof Promotion) {
      return "A promotion";
    }
    if (plan.intent() instanceof Resigning) {
      return "Signing anew";
    }
    return plan.intent() instanceof Rollback ? "A rollback" : "A publish";
  }

  private static String already(Plan plan) {
    if (plan.intent() instanceof Adoption) {
      return "Nothing to adopt: this repository has a lineage";
    }
    if (plan.intent() instanceof Resigning) {
      return "Nothing to sign anew: nothing here depends on the old key";
    }
    if (plan.intent() instanceof Rollback) {
      return "Nothing to do: these packages are live already";
    }
    boolean onlyRemovals =
        plan.intent() instanceof Change change
            && change.packages().isEmpty()
            && !change.removals().isEmpty();
    return onlyRemovals ? "Removed already" : "Already published";
  }

  private static String say(Step step, Set<String> toSign) {
    if (step instanceof Step.FinishCommit finish) {
      return "finish the commit of generation " + finish.generation();
    }
    if (step instanceof Step.WriteGeneration write) {
      return "write generation seq "
          + write.sequence()
          + " ("
          + Figures.count(write.entries(), "package", "packages")
          + ")";
    }
    if (step instanceof Step.UploadPackage upload) {
      return "upload "
          + upload.file()
          + " ("
          + Figures.bytes(upload.size())
          + ", not in the store yet)";
    }
    if (step instanceof Step.ReusePackage reuse) {
      return "keep " + reuse.file() + " (" + Figures.bytes(reuse.size()) + ", it is there already)";
    }
    if (step instanceof Step.UploadSignature upload) {
      boolean made = toSign.contains(upload.file().value());
      return "upload " + upload.file() + (made ? " (to be made)" : " (found beside the package)");
    }
    if (step instanceof Step.KeepSignature keep) {
      return "keep " + keep.file() + " (it is there and verifies)";
    }
    Step.Commit commit = (Step.Commit) step;
    return "commit seq "
        + commit.sequence()
        + " ("
        + commit.layout().name().toLowerCase(Locale.ROOT)
        + " layout)";
  }

  /** The fields of a receipt. */
  public static void write(JsonObject json, Receipt receipt) throws IOException {
    json.field("outcome", receipt.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .field("repository", receipt.repository().value())
        .field("location", receipt.location())
        .field("generation", receipt.generation().map(GenerationId::value))
        .field("seq", receipt.sequence())
        .field("database", receipt.database().map(Sha256::hex));
    changes(json, receipt.changes());
    json.field("unchanged", receipt.plan().unchanged())
        .field("objects", receipt.objects())
        .field("bytes", receipt.bytes())
        .field("finished", receipt.finished().toString())
        .field("milliseconds", receipt.elapsed().toMillis())
        .field("gap-milliseconds", receipt.gap().toMillis());
    if (receipt.traffic().isPresent()) {
      Traffic traffic = receipt.traffic().get();
      json.object(
          "traffic",
          t ->
              t.field("bytes-sent", traffic.sent())
                  .field("bytes-received", traffic.received())
                  .field("objects-copied-on-server", traffic.copied())
                  .field("objects-sent-again", traffic.repeated()));
    }
    if (receipt.check().isPresent()) {
      PublicCheck.Report check = receipt.check().get();
      json.object(
          "check",
          c -> {
            write(c, check);
            c.findings("findings", check.findings());
          });
    }
  }

  /** The fields of a look at the public side, but for its findings. */
  public static void write(JsonObject json, PublicCheck.Report check) throws IOException {
    json.field("location", check.location())
        .field("reached", check.reached())
        .field("generation", check.generation().map(g -> g.id().value()))
        .field("packages-fetched", check.packages())
        .field("bytes-fetched", check.bytes());
  }

  /** The fields of a plan, but for its warnings. */
  public static void write(JsonObject json, Plan plan) throws IOException {
    json.field("repository", plan.repository().value())
        .field("location", plan.location())
        .field("base", plan.base().map(b -> b.generation().value()))
        .field("seq", plan.nextSequence());
    changes(json, plan.changes());
    json.field("unchanged", plan.unchanged())
        .objects("steps", plan.steps(), PublishReport::write)
        .field("upload-bytes", plan.uploadBytes())
        .field("read-bytes", plan.readBytes());
  }

  private static void write(JsonObject json, Step step) throws IOException {
    if (step instanceof Step.FinishCommit finish) {
      json.field("do", "finish-commit").field("generation", finish.generation().value());
    } else if (step instanceof Step.SignPackage sign) {
      json.field("do", "sign-package")
          .field("file", sign.file().value())
          .field("sha256", sign.digest().hex());
    } else if (step instanceof Step.WriteGeneration write) {
      json.field("do", "write-generation")
          .field("seq", write.sequence())
          .field("entries", write.entries());
    } else if (step instanceof Step.UploadPackage upload) {
      json.field("do", "upload-package")
          .field("file", upload.file().value())
          .field("source", upload.source().toString())
          .field("size", upload.size())
          .field("sha256", upload.digest().hex());
    } else if (step instanceof Step.ReusePackage reuse) {
      json.field("do", "reuse-package")
          .field("file", reuse.file().value())
          .field("size", reuse.size())
          .field("sha256", reuse.digest().hex());
    } else if (step instanceof Step.UploadSignature upload) {
      json.field("do", "upload-signature").field("file", upload.file().value());
    } else if (step instanceof Step.KeepSignature keep) {
      json.field("do", "keep-signature").field("file", keep.file().value());
    } else if (step instanceof Step.Commit commit) {
      json.field("do", "commit")
          .field("layout", commit.layout().name().toLowerCase(Locale.ROOT))
          .field("seq", commit.sequence());
    }
  }

  /** An array of changes. */
  public static void changes(JsonObject json, List<PackageChange> changes) throws IOException {
    json.objects(
        "changes",
        changes,
        (object, change) ->
            object
                .field("package", change.name().value())
                .field("kind", Words.kind(change))
                .field("before", version(change.before()))
                .field("after", version(change.after())));
  }

  private static Optional<String> version(Optional<org.qrepo.alpm.PackageVersion> version) {
    return version.map(v -> v.value());
  }
}
