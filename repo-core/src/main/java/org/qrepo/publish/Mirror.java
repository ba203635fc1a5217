package org.qrepo.publish;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.qrepo.database.DatabaseEntry;

/**
 * Copies the live generation of one repository to another store, byte for byte and in the order of
 * a publish: generations first, then packages, then their signatures, then the few names that
 * change. Nothing is signed and no key is needed; every byte is verified before clients see it. The
 * destination must be vacant, or at the source's generation, or at one of those before it.
 */
public final class Mirror {
  private final End source;
  private final End destination;
  private final Verifier verifier;
  private final Optional<PublicSite> site;
  private final SeenGenerations seen;
  private final Events events;
  private final Settings settings;
  private final Kinship kinship;
  private final Rivals rivals;
  private final Finisher finisher;
  private final MirrorSource from;
  private final MirrorDestination to;

  /**
   * A mirror into a vacant place, or one whose generation the source's came from.
   *
   * @param site where strangers fetch from the destination; empty: nobody checks
   */
  public Mirror(
      End source,
      End destination,
      Verifier verifier,
      Optional<PublicSite> site,
      SeenGenerations seen,
      Events events,
      Settings settings) {
    this(
        source,
        destination,
        verifier,
        site,
        seen,
        events,
        settings,
        (live, oldest, there, descends) -> {
          if (there.isPresent() && !descends) {
            throw apart(source, live, oldest, destination, there.get());
          }
        });
  }

  /**
   * As the other, with an opinion of its own on where the source's generation may go.
   *
   * @param kinship asked in each attempt, before anything is written
   */
  public Mirror(
      End source,
      End destination,
      Verifier verifier,
      Optional<PublicSite> site,
      SeenGenerations seen,
      Events events,
      Settings settings,
      Kinship kinship) {
    if (!source.spec().name().equals(destination.spec().name())) {
      throw new IllegalArgumentException("a mirror has the name of its source");
    }
    this.source = source;
    this.destination = destination;
    this.verifier = verifier;
    this.site = site;
    this.seen = seen;
    this.events = events;
    this.settings = settings;
    this.kinship = kinship;
    this.rivals =
        new Rivals(
            destination.store(),
            new RepositoryLock(destination.spec(), destination.store(), settings.lockPatience()),
            settings.attempts(),
            settings.pause());
    this.finisher = new Finisher(destination.spec(), destination.store(), verifier);
    this.from = new MirrorSource(source.spec(), source.store(), verifier, seen, settings.scratch());
    this.to =
        new MirrorDestination(
            destination.spec(), destination.store(), verifier, seen, settings.scratch());
  }

  /** One repository and where it is. */
  public record End(RepositorySpec spec, Store store) {}

  /** Says whether a source's generation may follow what a destination shows. */
  @FunctionalInterface
  public interface Kinship {
    /**
     * Returns if it may. Not asked where the destination shows it already.
     *
     * @param live the source's generation
     * @param oldest how far back the source's chain was read, at most to the destination's
     * @param there what the destination shows; empty if it is vacant
     * @param descends whether {@code live} came from {@code there}
     * @throws ConflictException if it may not, with what to do
     * @throws org.qrepo.RefusedException if the source should not be used for that destination
     */
    void require(Plan.Base live, Plan.Base oldest, Optional<Plan.Base> there, boolean descends)
        throws IOException;
  }

  /**
   * How a mirror works.
   *
   * @param scratch where temporary files go: room for the databases of a few generations
   * @param pause how to wait
   * @param lockPatience how long to wait for another publisher's lock; where there is none, to
   *     start over when others are faster
   * @param attempts how often to try at least; at least 1
   * @param parallelism packages that are copied at a time; at least 1
   * @param depth how many generations before the live one are copied; not negative
   * @param deep whether the public check fetches every package, not only those that were copied
   */
  public record Settings(
      Path scratch,
      Pause pause,
      Duration lockPatience,
      int attempts,
      int parallelism,
      int depth,
      boolean deep) {}

  /**
   * Copies.
   *
   * @throws org.qrepo.RefusedException if the source does not verify or is not whole, or the
   *     destination is neither vacant nor a repository that verifies: clients see no change
   * @throws LockedException if another publisher held the destination's lock too long
   * @throws ConflictException if the destination is not at one of the source's generations, or
   *     others changed it in every attempt
   * @throws StoreException if a store failed; running again completes the work
   */
  public MirrorReport mirror() throws IOException {
    try (Scratch scratch = new Scratch(settings.scratch());
        Workers workers = new Workers(settings.parallelism())) {
      Generation live = from.live(scratch);
      Set<String> folders = from.folders();
      boolean finished = false;
      int attempt = 1;
      for (; rivals.mayTry(attempt); attempt++) {
        try (StoreLock held = rivals.forAttempt(attempt)) {
          Remote there = to.read(live, folders, scratch);
          List<Generation> chain = chain(live, there);
          if (there instanceof Remote.Live begun && !begun.unsettled().isEmpty()) {
            finish(begun, held, scratch);
            finished = true;
            there = to.read(live, folders, scratch);
          }
          return new Run(live, there, finished, held, scratch, workers).carryOut(chain);
        } catch (SupersededException e) {
          events.on(new Event.Superseded(attempt));
          rivals.backOff(attempt);
        }
      }
      throw rivals.lostAll(attempt - 1);
    }
  }

  /**
   * The generations between the two, the nearest to the source's first, or as many as are wanted
   * for a vacant destination.
   */
  private List<Generation> chain(Generation live, Remote there) throws IOException {
    if (!(there instanceof Remote.Live other)) {
      List<Generation> all = from.chain(live, Optional.empty());
      kinship.require(base(live), base(oldest(live, all)), Optional.empty(), false);
      return all.subList(0, Math.min(settings.depth(), all.size()));
    }
    Generation base = other.generation();
    if (base.digest().equals(live.digest())) {
      return List.of();
    }
    List<Generation> between = from.chain(live, Optional.of(base.digest()));
    Generation oldest = oldest(live, between);
    boolean descends = oldest.lineage().parent().equals(Optional.of(base.digest()));
    kinship.require(base(live), base(oldest), Optional.of(base(base)), descends);
    return between.subList(0, Math.min(settings.depth(), between.size()));
  }

  private static Generation oldest(Generation live, List<Generation> chain) {
    return chain.isEmpty() ? live : chain.get(chain.size() - 1);
  }

  private static ConflictException apart(
      End source, Plan.Base live, Plan.Base oldest, End destination, Plan.Base there) {
    return new ConflictException(
        "the destination is not at a generation from which the source's came"
            + "\nsource       "
            + named(live)
            + " at "
            + source.store().location()
            + "\ndestination  "
            + named(there)
            + " at "
            + destination.store().location()
            + "\nThe source's chain goes back to "
            + named(oldest)
            + "."
            + "\nSomebody published into the destination, or the generations between are pruned."
            + "\nMirror into an empty directory, or make the destination the source.");
  }

  private static String named(Plan.Base generation) {
    return "generation " + generation.generation() + " (seq " + generation.sequence() + ")";
  }

  private void finish(Remote.Live begun, StoreLock held, Scratch scratch)
      throws IOException, SupersededException {
    events.on(new Event.FinishingCommit(begun.generation().id()));
    finisher.finish(begun, scratch, rivals, held);
  }

  /** One attempt to bring the source's generation to the destination. */
  private final class Run {
    private final Generation live;
    private final Remote there;
    private final boolean finished;
    private final StoreLock held;
    private final Scratch scratch;
    private final Workers workers;
    private final AtomicLong objects = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    Run(
        Generation live,
        Remote there,
        boolean finished,
        StoreLock held,
        Scratch scratch,
        Workers workers) {
      this.live = live;
      this.there = there;
      this.finished = finished;
      this.held = held;
      this.scratch = scratch;
      this.workers = workers;
    }

    MirrorReport carryOut(List<Generation> chain) throws IOException, SupersededException {
      boolean committed =
          there instanceof Remote.Live now && now.generation().digest().equals(live.digest());
      if (committed) {
        int packages = copyPackages().size();
        remember();
        return report(
            objects.get() == 0 && !finished
                ? MirrorReport.Outcome.ALREADY_MIRRORED
                : MirrorReport.Outcome.COMPLETED,
            packages,
            0,
            Duration.ZERO,
            Optional.empty());
      }
      rivals.requireNobodyElse(held);
      List<StoreKey> shown = finisher.prepare(there, scratch);
      BuiltGeneration built = from.built(live, scratch);
      events.on(
          new Event.Publishing(
              built.id(),
              built.sequence(),
              destination.store().location(),
              Uploader.objects(destination.spec()) + 2 * live.database().size(),
              built.bytes()
                  + live.database().entries().stream()
                      .mapToLong(DatabaseEntry::compressedSize)
                      .sum()));
      long start = System.nanoTime();
      int generations = copyChain(chain);
      uploader().writeGeneration(built, shown);
      Set<String> packages = copyPackages();
      Duration gap = commit(built);
      events.on(
          new Event.Committed(
              built.id(), built.sequence(), objects.get(), bytes.get(), System.nanoTime() - start));
      remember();
      return report(
          MirrorReport.Outcome.MIRRORED, packages.size(), generations, gap, check(packages));
    }

    private Uploader uploader() {
      return new Uploader(
          destination.spec(),
          destination.store(),
          verifier,
          this::count,
          workers,
          settings.pause());
    }

    private void count(Event event) {
      if (event instanceof Event.Transferred transferred) {
        objects.incrementAndGet();
        bytes.addAndGet(transferred.bytes());
      }
      events.on(event);
    }

    /** The oldest first, so that no generation is there before its parent. */
    private int copyChain(List<Generation> chain) throws IOException {
      List<Generation> oldestFirst = new ArrayList<>(chain);
      Collections.reverse(oldestFirst);
      Names names = new Names(destination.spec().name());
      int copied = 0;
      for (Generation generation : oldestFirst) {
        StoreKey last = names.in(generation.id(), Part.DATABASE_SIGNATURE);
        if (destination.store().stat(last).isPresent()) {
          continue;
        }
        try (Scratch own = new Scratch(settings.scratch())) {
          uploader().writeParts(from.built(generation, own));
          copied++;
        }
      }
      return copied;
    }

    /** The names of the packages of which anything was written. */
    private Set<String> copyPackages() throws IOException {
      Collection<DatabaseEntry> known =
          there instanceof Remote.Live now
              ? new HashSet<>(now.generation().database().entries())
              : Set.of();
      PackageCopier copier =
          new PackageCopier(source.store(), destination.store(), verifier, this::count);
      return workers
          .map(
              live.database().entries(),
              entry ->
                  copier.copy(entry, known.contains(entry))
                      ? Optional.of(entry.fileName())
                      : Optional.<String>empty())
          .stream()
          .flatMap(Optional::stream)
          .collect(Collectors.toSet());
    }

    private Duration commit(BuiltGeneration built) throws IOException, SupersededException {
      return rivals.locked(
          held,
          lock -> {
            uploader().recheck(built, List.of());
            requirePackages();
            return new Committer(destination.spec(), destination.store())
                .commit(built.id(), built.parts(), there, lock::confirm);
          });
    }

    private void requirePackages() throws IOException, SupersededException {
      List<Boolean> present =
          workers.map(
              live.database().entries(),
              entry -> {
                StoreKey key = new StoreKey(entry.fileName());
                return destination.store().stat(key).isPresent()
                    && destination.store().stat(Names.signature(key)).isPresent();
              });
      if (present.contains(false)) {
        throw new SupersededException("a package that was in the store is gone");
      }
    }

    private void remember() throws IOException {
      SeenGenerations.Seen now = new SeenGenerations.Seen(live.sequence(), live.id());
      seen.record(source.spec().name(), source.store().location(), now);
      seen.record(destination.spec().name(), destination.store().location(), now);
    }

    private Optional<PublicCheck.Report> check(Set<String> packages) throws IOException {
      if (site.isEmpty()) {
        return Optional.empty();
      }
      events.on(new Event.Checking(site.get().location()));
      PublicCheck.Depth depth =
          settings.deep()
              ? new PublicCheck.Depth.Everything()
              : new PublicCheck.Depth.Packages(packages);
      return Optional.of(
          new PublicCheck(destination.spec(), site.get(), verifier)
              .run(Optional.of(base(live)), depth, settings.scratch(), settings.parallelism()));
    }

    private MirrorReport report(
        MirrorReport.Outcome outcome,
        int packages,
        int generations,
        Duration gap,
        Optional<PublicCheck.Report> check) {
      return new MirrorReport(
          outcome,
          source.store().location(),
          destination.store().location(),
          there instanceof Remote.Live now ? Optional.of(base(now.generation())) : Optional.empty(),
          base(live),
          packages,
          generations,
          objects.get(),
          bytes.get(),
          gap,
          check);
    }
  }

  private static Plan.Base base(Generation generation) {
    return new Plan.Base(generation.sequence(), generation.digest());
  }
}
