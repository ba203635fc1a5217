package org.qrepo.publish;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.qrepo.RefusedException;
import org.qrepo.database.Database;
import org.qrepo.io.Blob;
import org.qrepo.io.Compression;
import org.qrepo.io.Sha256;

/**
 * Publishes changes to one repository. The live repository is the state: it is read, verified, the
 * next generation is computed and written beside it, and one small step makes it live. Killed
 * anywhere, it leaves the old or the new repository (or, in the plain layout, a commit that the
 * next run finishes), and running it again completes the work.
 */
public final class Publisher {
  private final RepositorySpec spec;
  private final Store store;
  private final Verifier verifier;
  private final Supplier<Signer> signer;
  private final Optional<PublicSite> site;
  private final SeenGenerations seen;
  private final Events events;
  private final Settings settings;
  private final Finisher finisher;
  private final Map<Sha256, byte[]> made = new ConcurrentHashMap<>();
  private final Resigner resigner;

  /**
   * @param signer asked when signatures are needed, and again for each attempt: it gives the same
   *     one each time; the caller closes it
   * @param site where strangers fetch; empty: nobody checks
   */
  public Publisher(
      RepositorySpec spec,
      Store store,
      Verifier verifier,
      Supplier<Signer> signer,
      Optional<PublicSite> site,
      SeenGenerations seen,
      Events events,
      Settings settings) {
    if (spec.layout() == Layout.POINTER && !store.traits().links()) {
      throw new IllegalArgumentException(
          store.location() + " has no links: the pointer layout is not possible there");
    }
    this.spec = spec;
    this.store = store;
    this.verifier = verifier;
    this.signer = signer;
    this.site = site;
    this.seen = seen;
    this.events = events;
    this.settings = settings;
    this.finisher = new Finisher(spec, store, verifier);
    this.resigner = new Resigner(store, verifier, events);
  }

  /**
   * How a publisher works.
   *
   * @param scratch where temporary files go: room for both databases, a few times over
   * @param clock what lineages and notes say
   * @param pause how to wait
   * @param lockPatience how long to wait for another publisher's lock; where there is none, to
   *     start over when others are faster
   * @param attempts how often to try at least; at least 1
   * @param parallelism packages that are read, signed and sent at a time; at least 1
   * @param deep whether the public check fetches every package, not only those of the change
   */
  public record Settings(
      Path scratch,
      InstantSource clock,
      Pause pause,
      Duration lockPatience,
      int attempts,
      int parallelism,
      boolean deep) {}

  /**
   * What {@link #publish} would do; writes nothing and needs no key.
   *
   * @throws RefusedException if the change or the remote state is not fit
   */
  public Plan plan(Intent intent) throws IOException {
    try (Scratch scratch = new Scratch(settings.scratch());
        Workers workers = new Workers(settings.parallelism())) {
      Plan plan = drafter(intent, workers).draft(scratch).plan();
      events.on(new Event.Planned(plan));
      return plan;
    }
  }

  /**
   * Carries an intent out.
   *
   * @param approval is asked before each attempt: a plan that it does not approve is not carried
   *     out
   * @throws RefusedException if the change or the remote state is not fit: nothing was written
   * @throws SigningException if a signature could not be made: nothing was written
   * @throws LockedException if another publisher held the lock too long
   * @throws ConflictException if others were faster in every attempt, or the plan was not approved
   * @throws StoreException if the store failed; running again completes the work
   */
  public Receipt publish(Intent intent, Approval approval) throws IOException {
    Start start = new Start(System.nanoTime(), store.traffic());
    Rivals rivals = rivals(intent);
    try (Workers workers = new Workers(settings.parallelism())) {
      Drafter drafter = drafter(intent, workers);
      Optional<Plan.Base> finished = Optional.empty();
      int attempt = 1;
      while (rivals.mayTry(attempt)) {
        try (Scratch scratch = new Scratch(settings.scratch());
            StoreLock lock = rivals.forAttempt(attempt)) {
          Instant look = settings.pause().now();
          Draft draft = drafter.draft(scratch);
          Optional<Plan.Base> base = draft.plan().base();
          remember(base);
          boolean again = finished.isPresent() && base.equals(finished);
          if (!again) {
            requireApproved(approval, draft.plan());
          }
          events.on(new Event.Planned(draft.plan()));
          if (draft.remote() instanceof Remote.Live live && !live.isSettled()) {
            attempt += again ? 1 : 0;
            events.on(new Event.FinishingCommit(live.generation().id()));
            finisher.finish(live, scratch, rivals, lock);
            finished = base;
            continue;
          }
          return new Run(draft, look, scratch, workers, rivals, lock, start, finished.isPresent())
              .carryOut();
        } catch (SupersededException e) {
          events.on(new Event.Superseded(attempt));
          rivals.backOff(attempt);
          attempt++;
        }
      }
      throw rivals.lostAll(attempt - 1);
    }
  }

  /** repo-add locks each database by its name, and one to take over may have another name. */
  private Rivals rivals(Intent intent) throws IOException {
    Set<Compression> databases = EnumSet.of(spec.compression());
    if (intent instanceof Adoption) {
      databases.addAll(new ForeignReader(spec, store, verifier, seen).databases());
    }
    RepositoryLock lock = new RepositoryLock(spec, store, databases, settings.lockPatience());
    return new Rivals(store, lock, settings.attempts(), settings.pause());
  }

  private Drafter drafter(Intent intent, Workers workers) throws IOException {
    if (intent instanceof Change change) {
      Inspector.Inspection inspection = inspect(change, workers);
      return scratch -> draft(change, inspection, scratch, workers);
    }
    if (intent instanceof Adoption adoption) {
      return new AdoptionPlanner(spec, store, verifier, seen, events, workers, adoption);
    }
    if (intent instanceof Resigning resigning) {
      return new ResigningPlanner(spec, store, verifier, seen, events, workers, resigning);
    }
    return intent instanceof Rollback rollback
        ? new RollbackPlanner(
            spec, store, verifier, seen, events, workers, settings.scratch(), rollback)
        : new PromotionPlanner(
            spec,
            store,
            verifier,
            seen,
            events,
            workers,
            settings.scratch(),
            settings.clock().instant(),
            (Promotion) intent);
  }

  private Inspector.Inspection inspect(Change change, Workers workers) throws IOException {
    Inspector.Inspection inspection =
        new Inspector(spec, verifier, events, workers).inspect(change.packages());
    inspection.warnings().forEach(w -> events.on(new Event.Warning(w)));
    return inspection;
  }

  private Draft draft(
      Change change, Inspector.Inspection inspection, Scratch scratch, Workers workers)
      throws IOException {
    Set<String> incoming =
        inspection.inputs().stream()
            .map(i -> i.file().fileName().value())
            .collect(Collectors.toSet());
    RemoteReader reader = new RemoteReader(spec, store, verifier, seen);
    Remote remote =
        change.options().init()
            ? reader.readAnew(incoming, scratch)
            : reader.read(incoming, scratch);
    return new Planner(spec, store, verifier, workers)
        .plan(change, inspection, remote, () -> parent(remote, scratch));
  }

  private Database parent(Remote remote, Scratch scratch) throws IOException {
    Optional<Sha256> parent =
        remote instanceof Remote.Live live
            ? live.generation().lineage().parent()
            : Optional.empty();
    Optional<Generation> generation =
        parent.isPresent()
            ? new GenerationReader(spec.name(), verifier).read(store, parent.get(), scratch)
            : Optional.empty();
    return generation.map(Generation::database).orElse(Database.empty());
  }

  /** Whether a plan may be carried out. */
  @FunctionalInterface
  public interface Approval {
    /** Whatever the plan is. */
    Approval ANY = plan -> true;

    boolean approves(Plan plan);
  }

  private static void requireApproved(Approval approval, Plan plan) {
    if (!approval.approves(plan)) {
      throw new ConflictException(
          "the plan no longer fits: the repository or the packages changed since it was made."
              + " Plan again and compare.");
    }
  }

  private void remember(Optional<Plan.Base> live) throws IOException {
    if (live.isPresent()) {
      seen.record(
          spec.name(),
          store.location(),
          new SeenGenerations.Seen(live.get().sequence(), live.get().generation()));
    }
  }

  /** When a publish began, and what had gone over the network by then. */
  private record Start(long nanos, Optional<Traffic> traffic) {}

  /** One attempt to carry a draft out. */
  private final class Run {
    private final Draft draft;
    private final Instant look;
    private final Scratch scratch;
    private final Workers workers;
    private final Rivals rivals;
    private final StoreLock held;
    private final Start start;
    private final boolean finished;

    /** For what is made: the signatures of keys that are to go are none. */
    private final Verifier lasting;

    private final AtomicLong objects = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    Run(
        Draft draft,
        Instant look,
        Scratch scratch,
        Workers workers,
        Rivals rivals,
        StoreLock held,
        Start start,
        boolean finished) {
      this.draft = draft;
      this.look = look;
      this.scratch = scratch;
      this.workers = workers;
      this.rivals = rivals;
      this.held = held;
      this.start = start;
      this.finished = finished;
      this.lasting =
          draft.plan().intent() instanceof Resigning resigning
              ? new VerifierWithout(verifier, resigning.leaving())
              : verifier;
    }

    Receipt carryOut() throws IOException, SupersededException {
      if (draft.plan().isDone()) {
        return receipt(
            finished ? Receipt.Outcome.COMPLETED : Receipt.Outcome.ALREADY_PUBLISHED,
            draft.plan().base(),
            Duration.ZERO,
            Optional.empty());
      }
      List<Item> items = draft.items().stream().filter(i -> !i.isComplete()).toList();
      Map<StoreKey, byte[]> signatures = sign(items);
      List<Transfer> transfers = transfers(items, signatures);
      transfers.addAll(renew(signatures));
      rivals.requireNobodyElse(held);
      Uploader uploader =
          new Uploader(spec, store, lasting, this::count, workers, settings.pause());
      if (!draft.plan().commits()) {
        uploader.writePackages(transfers);
        return receipt(
            Receipt.Outcome.COMPLETED,
            draft.plan().base(),
            Duration.ZERO,
            check(draft.plan().base(), transfers));
      }
      BuiltGeneration built =
          new GenerationBuilder(spec, store, verifier, signer(), settings.clock())
              .build(draft, signatures, scratch);
      List<StoreKey> shown = finisher.prepare(draft.remote(), scratch);
      announce(built);
      long writing = System.nanoTime();
      BuiltGeneration written = uploader.writeGeneration(built, shown);
      uploader.writePackages(transfers);
      if (!(draft.remote() instanceof Remote.Live)) {
        seen.forget(spec.name(), store.location());
      }
      Duration gap =
          rivals.locked(
              held,
              lock -> {
                rivals.requireRecent(look);
                uploader.recheck(written, transfers);
                return new Committer(spec, store)
                    .commit(written.id(), written.parts(), draft.remote(), lock::confirm);
              });
      events.on(
          new Event.Committed(
              built.id(),
              built.sequence(),
              objects.get(),
              bytes.get(),
              System.nanoTime() - writing));
      Optional<Plan.Base> live =
          Optional.of(new Plan.Base(built.sequence(), built.part(Part.DATABASE).sha256()));
      remember(live);
      return receipt(Receipt.Outcome.PUBLISHED, live, gap, check(live, transfers));
    }

    private List<Transfer> transfers(List<Item> items, Map<StoreKey, byte[]> signatures) {
      List<Transfer> transfers = new ArrayList<>(draft.transfers());
      for (Item item : items) {
        byte[] signature = signatures.get(item.file());
        if (signature == null) {
          throw new IllegalStateException("no signature for " + item.file());
        }
        transfers.add(Transfer.of(item, Blob.of(signature)));
      }
      return transfers;
    }

    private void announce(BuiltGeneration built) {
      long uploads = draft.plan().steps().stream().filter(this::writesPackage).count();
      events.on(
          new Event.Publishing(
              built.id(),
              built.sequence(),
              store.location(),
              (int) uploads + Uploader.objects(spec),
              draft.plan().uploadBytes() + built.bytes()));
    }

    private boolean writesPackage(Step step) {
      return step instanceof Step.UploadPackage || step instanceof Step.UploadSignature;
    }

    private void count(Event event) {
      if (event instanceof Event.Transferred transferred) {
        objects.incrementAndGet();
        bytes.addAndGet(transferred.bytes());
      }
      events.on(event);
    }

    private Map<StoreKey, byte[]> sign(List<Item> items) throws IOException {
      Map<StoreKey, byte[]> signatures = new HashMap<>();
      items.forEach(i -> i.signature().ifPresent(s -> signatures.put(i.file(), s)));
      List<Item> unsigned = items.stream().filter(i -> i.signature().isEmpty()).toList();
      int count = unsigned.size() + draft.renewals().size();
      if (count > 0 || draft.plan().commits()) {
        Signer open = signer();
        events.on(new Event.Signing(count, draft.plan().commits(), open.description()));
        List<byte[]> results = workers.map(unsigned, item -> sign(open, item.read()));
        for (int i = 0; i < unsigned.size(); i++) {
          signatures.put(unsigned.get(i).file(), results.get(i));
        }
      }
      return signatures;
    }

    private List<Transfer> renew(Map<StoreKey, byte[]> signatures) throws IOException {
      if (draft.renewals().isEmpty()) {
        return List.of();
      }
      List<Transfer> renewed = resigner.sign(draft.renewals(), signer(), workers);
      for (Transfer transfer : renewed) {
        try (InputStream in = transfer.signature().open()) {
          signatures.put(transfer.file(), in.readAllBytes());
        }
      }
      return renewed;
    }

    private Signer signer() {
      return new CheckedSigner(signer.get(), lasting);
    }

    private byte[] sign(Signer open, ReadPackage read) throws IOException {
      byte[] known = made.get(read.digests().sha256());
      if (known != null) {
        return known;
      }
      byte[] signature = open.sign(read);
      made.put(read.digests().sha256(), signature);
      events.on(new Event.Signed(read.name()));
      return signature;
    }

    private Optional<PublicCheck.Report> check(Optional<Plan.Base> live, List<Transfer> transfers)
        throws IOException {
      if (site.isEmpty()) {
        return Optional.empty();
      }
      events.on(new Event.Checking(site.get().location()));
      Set<String> files = transfers.stream().map(t -> t.file().value()).collect(Collectors.toSet());
      PublicCheck.Depth depth =
          settings.deep()
              ? new PublicCheck.Depth.Everything()
              : new PublicCheck.Depth.Packages(files);
      return Optional.of(
          new PublicCheck(spec, site.get(), verifier)
              .run(live, depth, settings.scratch(), settings.parallelism()));
    }

    private Receipt receipt(
        Receipt.Outcome outcome,
        Optional<Plan.Base> live,
        Duration gap,
        Optional<PublicCheck.Report> check) {
      return new Receipt(
          outcome,
          spec.name(),
          store.location(),
          live.map(Plan.Base::generation),
          live.map(Plan.Base::sequence).orElse(0L),
          live.map(Plan.Base::database),
          draft.plan(),
          objects.get(),
          bytes.get(),
          settings.clock().instant(),
          Duration.ofNanos(System.nanoTime() - start.nanos()),
          gap,
          store.traffic().map(now -> now.since(start.traffic().orElse(Traffic.NONE))),
          check);
    }
  }
}
