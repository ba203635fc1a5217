package org.qrepo.cli.repository;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qrepo.RefusedException;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Failures;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.Failure;
import org.qrepo.cli.console.JsonFields;
import org.qrepo.publish.ConflictException;
import org.qrepo.publish.Intent;
import org.qrepo.publish.Plan;
import org.qrepo.publish.PrunePolicy;
import org.qrepo.publish.PruneReport;
import org.qrepo.publish.Pruner;
import org.qrepo.publish.Publisher;
import org.qrepo.publish.Receipt;

/** Carries one intent to the targets of a command line, each with a verdict of its own. */
public final class PublishRun {
  private final Session session;
  private final Targets targets;
  private final Mode mode;
  private final Prelude prelude;
  private Amendment amendment = (target, intent) -> intent;

  public PublishRun(Session session, Targets targets, Mode mode) {
    this(session, targets, mode, (target, given) -> Answer.done(JsonFields.NONE));
  }

  /**
   * @param prelude what is done at each target before
   */
  public PublishRun(Session session, Targets targets, Mode mode, Prelude prelude) {
    this.session = session;
    this.targets = targets;
    this.mode = mode;
    this.prelude = prelude;
    if (targets.count() != 1 && (mode.planOut().isPresent() || mode.plan().isPresent())) {
      throw new UsageException("a plan is for one target: name one with --to");
    }
  }

  /**
   * How it is carried out.
   *
   * @param dryRun whether only the plan is made
   * @param deep whether the public check looks at every package
   * @param planOut where the plan is saved, which implies that it is only made
   * @param plan a saved plan: no other is carried out
   * @param prune whether a prune follows, by the policy that a prune has by default
   */
  public record Mode(
      boolean dryRun,
      boolean deep,
      Optional<Path> planOut,
      Optional<PlanFile> plan,
      boolean prune) {
    /** Without a prune. */
    public Mode(boolean dryRun, boolean deep, Optional<Path> planOut, Optional<PlanFile> plan) {
      this(dryRun, deep, planOut, plan, false);
    }

    /** Whether nothing may be written. */
    public boolean onlyPlans() {
      return dryRun || planOut.isPresent();
    }

    Publisher.Approval approval() {
      return plan.<Publisher.Approval>map(p -> p::approves).orElse(Publisher.Approval.ANY);
    }
  }

  /** What is done at a target before its repository is published. */
  @FunctionalInterface
  public interface Prelude {
    /**
     * Does it.
     *
     * @param mode how all of it is carried out
     * @return how it went, and what it has to say to scripts
     */
    Answer before(OpenTarget target, Mode mode) throws IOException;
  }

  /** What one target gets besides what all of them get. */
  @FunctionalInterface
  public interface Amendment {
    Intent amend(OpenTarget target, Intent intent) throws IOException;
  }

  /** This run, with an intent of its own for each target. */
  public PublishRun amendedBy(Amendment by) {
    amendment = by;
    return this;
  }

  /** The outcome of one target. */
  private record Verdict(String target, ExitCode code, JsonFields fields) {
    Verdict with(ExitCode outcome, JsonFields more) {
      return new Verdict(
          target,
          outcome,
          json -> {
            fields.write(json);
            more.write(json);
          });
    }
  }

  /** Works through the targets; the answer's code is that of the first that failed. */
  public Answer carryOut(Intent intent) throws Exception {
    return carryOut(Optional.of(intent));
  }

  /** The prelude alone. */
  public Answer carryOutPrelude() throws Exception {
    return carryOut(Optional.empty());
  }

  private Answer carryOut(Optional<Intent> intent) throws Exception {
    if (targets.count() == 1) {
      Verdict only = at(0, intent);
      return new Answer(only.code(), only.fields());
    }
    List<Verdict> verdicts = new ArrayList<>();
    for (int i = 0; i < targets.count(); i++) {
      session.console().stage("Target " + targets.name(i));
      verdicts.add(survive(i, intent));
    }
    verdicts.forEach(v -> session.console().stage(v.target() + ": " + v.code().words()));
    ExitCode code =
        verdicts.stream()
            .map(Verdict::code)
            .filter(c -> c != ExitCode.DONE)
            .findFirst()
            .orElse(ExitCode.DONE);
    return new Answer(
        code,
        json ->
            json.objects(
                "targets",
                verdicts,
                (object, v) -> {
                  object.field("target", v.target()).field("exit-code", v.code().value());
                  v.fields().write(object);
                }));
  }

  /** One target that fails does not keep the others from their turn. */
  private Verdict survive(int index, Optional<Intent> intent) {
    try {
      return at(index, intent);
    } catch (Exception e) {
      Failure failure = Failures.of(e, true);
      session.console().failure(failure);
      return new Verdict(
          targets.name(index),
          failure.code(),
          json -> json.findings("findings", failure.findings()));
    }
  }

  private Verdict at(int index, Optional<Intent> intent) throws IOException {
    try (OpenTarget target = targets.open(index);
        Narrator narrator = new Narrator(session.console())) {
      Answer before = prelude.before(target, mode);
      if (intent.isEmpty()) {
        return shown(target, new Verdict(targets.name(index), before.code(), before.fields()));
      }
      Intent own = amendment.amend(target, intent.get());
      Verdict verdict =
          mode.onlyPlans()
              ? plan(index, target.planner(narrator), own)
              : publish(index, target, target.publisher(narrator, mode.deep()), narrator, own);
      ExitCode code = verdict.code() == ExitCode.DONE ? before.code() : verdict.code();
      Verdict shown = shown(target, verdict.with(code, before.fields()));
      return mode.prune() ? prune(target, narrator, shown) : shown;
    }
  }

  private Verdict shown(OpenTarget target, Verdict published) {
    if (mode.onlyPlans()) {
      return published;
    }
    Answer page = FollowingPage.renew(session.console(), target, published.code());
    return published.with(page.code(), page.fields());
  }

  /** What was published stays so, whatever becomes of the prune. */
  private Verdict prune(OpenTarget target, Narrator narrator, Verdict published) {
    try {
      Pruner pruner = target.pruner(narrator);
      PruneReport report =
          mode.onlyPlans() ? pruner.plan(PrunePolicy.DEFAULT) : pruner.prune(PrunePolicy.DEFAULT);
      PruneWords.say(session.console(), report, mode.onlyPlans());
      return published.with(
          published.code(),
          json ->
              json.object("prune", object -> PruneWords.write(object, report, mode.onlyPlans())));
    } catch (IOException | RefusedException e) {
      Failure failure = Failures.of(e, false);
      session.console().failure(failure);
      Answer both = Answer.afterwards(published.code(), "prune", failure);
      return published.with(both.code(), both.fields());
    }
  }

  private Verdict plan(int index, Publisher publisher, Intent intent) throws IOException {
    Plan plan = publisher.plan(intent);
    if (!mode.approval().approves(plan)) {
      throw new ConflictException(
          "the saved plan no longer fits: the repository or the packages changed since it was made."
              + "\nPlan again and compare.");
    }
    PublishReport.say(session.console(), plan);
    if (mode.planOut().isPresent()) {
      PlanFile.of(plan).save(mode.planOut().get());
      session.console().detail("the plan is in " + mode.planOut().get());
    }
    return new Verdict(targets.name(index), ExitCode.DONE, json -> PublishReport.write(json, plan));
  }

  private Verdict publish(
      int index, OpenTarget target, Publisher publisher, Narrator narrator, Intent intent)
      throws IOException {
    Receipt receipt = publisher.publish(intent, mode.approval());
    narrator.close();
    ExitCode code = PublishReport.say(session.console(), target.spec(), receipt);
    keep(receipt);
    return new Verdict(targets.name(index), code, json -> PublishReport.write(json, receipt));
  }

  /** The receipt of a publish that wrote something stays with the publisher. */
  private void keep(Receipt receipt) {
    if (receipt.outcome() != Receipt.Outcome.ALREADY_PUBLISHED) {
      Receipts.keep(
          session,
          fileName(receipt),
          "qrepo.receipt/1",
          json -> PublishReport.write(json, receipt));
    }
  }

  private static String fileName(Receipt receipt) {
    return receipt.repository()
        + "-"
        + receipt.sequence()
        + receipt.generation().map(g -> "-" + g).orElse("")
        + ".json";
  }
}
