package org.qrepo.cli.handover;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Session;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.Location;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.Failure;
import org.qrepo.cli.console.Figures;
import org.qrepo.cli.console.JsonObject;
import org.qrepo.cli.console.Progress;
import org.qrepo.cli.repository.Narrator;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.cli.repository.TargetStores;
import org.qrepo.io.Sha256;
import org.qrepo.parcel.Manifest;
import org.qrepo.parcel.ParcelDirectory;
import org.qrepo.parcel.ParcelMaker;
import org.qrepo.parcel.ParcelPath;
import org.qrepo.parcel.ParcelStream;
import org.qrepo.parcel.ParcelTemplates;
import org.qrepo.publish.GenerationId;
import org.qrepo.publish.Plan;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;
import org.qrepo.sign.program.QubeName;

/** Makes one parcel of what is new, and has it taken to where it is received. */
public final class HandoverRun {
  /** What the receiving side is known to have. */
  public sealed interface Since {
    /** What was handed over before, as far as this qube remembers. */
    record Last() implements Since {}

    /** Nothing. */
    record Nothing() implements Since {}

    /** A generation. */
    record After(GenerationId generation) implements Since {}
  }

  /** What it came to. */
  private enum Outcome {
    HANDED_OVER,
    NOTHING_NEW,
    MADE,
    NOT_RECEIVED
  }

  private final Session session;
  private final Console console;
  private final OpenTarget target;
  private final Optional<String> called;
  private final Delivery delivery;
  private final Since since;
  private final Path memoryFile;

  /**
   * @param called the target's name in the configuration; empty if it has none
   */
  public HandoverRun(
      Session session, OpenTarget target, Optional<String> called, Delivery delivery, Since since) {
    this.session = session;
    this.console = session.console();
    this.target = target;
    this.called = called;
    this.delivery = delivery;
    this.since = since;
    this.memoryFile =
        HandoverMemory.file(
            session.stateDirectory(),
            target.spec().name(),
            target.location(),
            delivery.destination());
  }

  /**
   * Hands over.
   *
   * @throws StoreException if the program that takes the parcel away fails
   */
  public Answer run() throws IOException, InterruptedException {
    delivery.requirePossible(session.environment());
    HandoverMemory memory = HandoverMemory.read(memoryFile);
    Optional<ParcelDirectory> made = make(memory);
    if (made.isEmpty()) {
      console.stage(
          "Nothing new since generation "
              + base(memory).map(GenerationId::value).orElse("-")
              + ". Nothing was sent.");
      return answer(Outcome.NOTHING_NEW, ExitCode.DONE, Optional.empty());
    }
    ParcelDirectory parcel = made.get();
    try {
      return deliver(parcel, memory);
    } finally {
      if (!(delivery instanceof Delivery.Nowhere)) {
        ParcelMaker.remove(parcel.directory());
      }
    }
  }

  private Optional<ParcelDirectory> make(HandoverMemory memory) throws IOException {
    Config.Target configured = target.configured();
    Optional<Location> place = configured.templates();
    if (place.isEmpty()) {
      return make(memory, List.of());
    }
    try (Store store = new TargetStores(session).open(configured, place.get())) {
      return make(memory, ParcelTemplates.find(store, known(memory)));
    }
  }

  private Optional<ParcelDirectory> make(
      HandoverMemory memory, List<ParcelTemplates.Found> templates) throws IOException {
    try (Narrator narrator = new Narrator(console)) {
      ParcelMaker.Wish wish =
          new ParcelMaker.Wish(
              target.spec().name(), target.excerpt(narrator), base(memory), called, templates);
      return target.parcels(narrator).make(workplace(), wish);
    } catch (RefusedException e) {
      throw new RefusedException(e.findings().stream().map(HandoverRun::explained).toList());
    }
  }

  private static Finding explained(Finding finding) {
    return finding.id().equals("excerpt-base-unknown")
        ? finding.and("To hand over everything: qrepo handover --all")
        : finding;
  }

  /** Where the parcel is made: nothing of one that was broken off is kept there. */
  private Path workplace() throws IOException {
    if (delivery instanceof Delivery.Nowhere nowhere) {
      return nowhere.directory();
    }
    Path place = session.stateDirectory().resolve("parcels");
    Files.createDirectories(place);
    OldParcels.removeFrom(place);
    return place;
  }

  private Optional<GenerationId> base(HandoverMemory memory) {
    if (since instanceof Since.After after) {
      return Optional.of(after.generation());
    }
    return since instanceof Since.Last
        ? memory.last().map(HandoverMemory.Head::generation)
        : Optional.empty();
  }

  private ParcelTemplates.Known known(HandoverMemory memory) {
    return new ParcelTemplates.Known() {
      @Override
      public boolean rpm(StoreKey key) {
        return isThere(memory, key).isPresent();
      }

      @Override
      public boolean index(StoreKey key, Sha256 index) {
        return isThere(memory, key).filter(t -> t.sha256().equals(index)).isPresent();
      }
    };
  }

  private Optional<HandoverMemory.Template> isThere(HandoverMemory memory, StoreKey key) {
    Optional<HandoverMemory.Template> known =
        Optional.ofNullable(memory.templates().get(key.value()));
    if (since instanceof Since.After after) {
      return known.filter(template -> memory.isBefore(template, after.generation()));
    }
    return since instanceof Since.Last ? known : Optional.empty();
  }

  private Answer deliver(ParcelDirectory parcel, HandoverMemory memory)
      throws IOException, InterruptedException {
    Manifest manifest = parcel.manifest();
    console.stage(
        "Handing over "
            + named(manifest.head())
            + manifest.base().map(b -> ", which follows " + named(b)).orElse(", all of it"));
    console.detail(contents(manifest));
    if (delivery instanceof Delivery.Copy copy) {
      return copy(copy, parcel, memory);
    }
    if (delivery instanceof Delivery.Service service) {
      return call(service, parcel, memory);
    }
    console.stage("The parcel is " + parcel.directory());
    console.note("It does not count as handed over. On the other side: qrepo receive PARCEL");
    return answer(Outcome.MADE, ExitCode.DONE, Optional.of(parcel));
  }

  private static String named(Plan.Base generation) {
    return "generation " + generation.generation() + " (seq " + generation.sequence() + ")";
  }

  private static String contents(Manifest manifest) {
    int templates = manifest.files(ParcelPath.Kind.TEMPLATE).size();
    return Figures.count(manifest.packages(), "package", "packages")
        + (templates == 0 ? "" : ", " + Figures.count(templates, "template", "templates"))
        + ", "
        + Figures.count(generations(manifest), "generation", "generations")
        + ": "
        + Figures.bytes(manifest.bytes());
  }

  private static long generations(Manifest manifest) {
    return manifest.files(ParcelPath.Kind.GENERATION).stream()
        .filter(item -> item.path().value().endsWith(".db"))
        .count();
  }

  private Answer copy(Delivery.Copy copy, ParcelDirectory parcel, HandoverMemory memory)
      throws IOException, InterruptedException {
    String program = copy.program().orElseThrow();
    console.stage(
        "Sending it with "
            + program
            + copy.to().map(q -> " to " + q.words()).orElse(": dom0 asks for the qube"));
    long start = System.nanoTime();
    List<String> words = copy.words(parcel.directory(), session.environment());
    int exit = new Courier(words, session.environment()).send(Courier.Cargo.NONE, this::hear);
    if (exit != 0) {
      throw new StoreException(
          StoreException.Kind.PERMANENT,
          program
              + " ended with exit code "
              + exit
              + ": the parcel did not arrive\nIt does not count as handed over: run this again."
              + "\nWhat arrived of it, "
              + parcel.manifest().parcel()
              + " in the other qube, can be removed.");
    }
    remember(parcel, memory);
    console.detail(
        Figures.bytes(parcel.manifest().bytes())
            + " in "
            + Figures.time(Duration.ofNanos(System.nanoTime() - start)));
    console.stage("Handed over. In the other qube:");
    console.note("qrepo receive ~/QubesIncoming/*/" + parcel.manifest().parcel());
    return answer(Outcome.HANDED_OVER, ExitCode.DONE, Optional.of(parcel));
  }

  private Answer call(Delivery.Service service, ParcelDirectory parcel, HandoverMemory memory)
      throws IOException, InterruptedException {
    QubeName to = service.to();
    console.stage("Sending it to " + to.words() + ", which publishes it");
    int exit;
    try (Progress progress = console.progress("sending", parcel.manifest().bytes())) {
      exit =
          new Courier(service.words(session.environment()), session.environment())
              .send(out -> ParcelStream.write(parcel, out, progress::advance), this::hear);
    }
    Optional<ExitCode> verdict =
        Stream.of(ExitCode.values()).filter(code -> code.value() == exit).findFirst();
    if (exit == 0 || verdict.equals(Optional.of(ExitCode.UNCONFIRMED))) {
      remember(parcel, memory);
      console.stage("Handed over and received by " + to.words());
      return answer(Outcome.HANDED_OVER, verdict.orElse(ExitCode.DONE), Optional.of(parcel));
    }
    console.failure(refusal(to, exit, verdict));
    return answer(Outcome.NOT_RECEIVED, verdict.orElse(ExitCode.FAILED), Optional.of(parcel));
  }

  private static Failure refusal(QubeName to, int exit, Optional<ExitCode> verdict) {
    String subject = to.words();
    Finding finding =
        switch (exit) {
          case 126 ->
              Finding.of(
                  "handover-refused",
                  subject,
                  "dom0 refused the call of the service",
                  "Its policy must allow it: qrepo client service prints it.");
          case 127 ->
              Finding.of(
                  "handover-no-service",
                  subject,
                  "the service is not there",
                  "Install it in that qube: qrepo client service prints it.");
          default ->
              Finding.of(
                  "handover-not-received",
                  subject,
                  "the parcel was not received: exit code "
                      + exit
                      + verdict.map(code -> " (" + code.words() + ")").orElse(""),
                  "What it said is above. The parcel does not count as handed over.");
        };
    return new Failure(verdict.orElse(ExitCode.FAILED), List.of(finding), List.of());
  }

  /** What the other side says is a stranger's text, and shown as such. */
  private void hear(String line) {
    console.note(line);
  }

  private void remember(ParcelDirectory parcel, HandoverMemory memory) throws IOException {
    Manifest manifest = parcel.manifest();
    long sequence = manifest.head().sequence();
    Map<String, HandoverMemory.Template> templates = new HashMap<>();
    Stream.of(ParcelPath.Kind.TEMPLATE, ParcelPath.Kind.METADATA)
        .flatMap(kind -> manifest.files(kind).stream())
        .forEach(
            item ->
                templates.put(
                    item.path().key().value(),
                    new HandoverMemory.Template(sequence, item.sha256())));
    memory
        .and(new HandoverMemory.Head(sequence, manifest.head().generation()), templates)
        .write(memoryFile);
  }

  private Answer answer(Outcome outcome, ExitCode code, Optional<ParcelDirectory> parcel) {
    return new Answer(
        code,
        json -> {
          json.field("outcome", outcome.name().toLowerCase(Locale.ROOT).replace('_', '-'))
              .field("repository", target.spec().name().value())
              .field("location", target.location());
          if (parcel.isPresent()) {
            write(json, parcel.get());
          }
        });
  }

  private void write(JsonObject json, ParcelDirectory parcel) throws IOException {
    Manifest manifest = parcel.manifest();
    json.field("parcel", manifest.parcel().value())
        .field(
            "directory",
            delivery instanceof Delivery.Nowhere
                ? Optional.of(parcel.directory().toString())
                : Optional.<String>empty())
        .field("base", manifest.base().map(b -> b.generation().value()))
        .field("generation", manifest.head().generation().value())
        .field("seq", manifest.head().sequence())
        .field("packages", manifest.packages())
        .field("generations", generations(manifest))
        .field("templates", manifest.files(ParcelPath.Kind.TEMPLATE).size())
        .field("files", manifest.files().size())
        .field("bytes", manifest.bytes());
  }
}
