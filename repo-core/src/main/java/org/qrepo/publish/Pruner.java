package org.qrepo.publish;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.qrepo.RefusedException;
import org.qrepo.io.Blob;

/**
 * Deletes what no generation that is kept names, in two phases: it is announced first, and deleted
 * by a later prune if nothing has come to need it meanwhile. A file that no generation names is
 * never touched, and nothing is deleted while anything cannot be read. Needs no key.
 *
 * <p>A publish looks again, after its generation is up and before it commits, at what it reuses.
 * Where the store locks, it does so under the lock that a prune holds from its first look to its
 * last deletion, so that one of the two always sees the other. Elsewhere a prune looks for new
 * generations before each deletion; a publish whose generation comes, and which looks, between that
 * and the deletion may lose a package that it reuses, if that has been announced for the whole
 * delay.
 */
public final class Pruner {
  private final PruneGround ground;
  private final Store store;
  private final Events events;
  private final Settings settings;
  private final StoreKey clock;
  private final StoreKey announcement;

  /** One of a pacman repository. */
  public Pruner(
      RepositorySpec spec,
      Store store,
      Verifier verifier,
      SeenGenerations seen,
      Events events,
      Settings settings) {
    this(
        new PackageGround(spec, store, verifier, seen, settings.scratch()),
        store,
        events,
        settings);
  }

  /** One of a repository of templates. */
  public static Pruner ofTemplates(
      TemplateRepository repository,
      Store store,
      Verifier verifier,
      SeenGenerations seen,
      Events events,
      Settings settings) {
    TemplateReader reader = new TemplateReader(repository.name(), store, verifier, seen);
    return new Pruner(new TemplateGround(repository, store, reader), store, events, settings);
  }

  private Pruner(PruneGround ground, Store store, Events events, Settings settings) {
    this.ground = ground;
    this.store = store;
    this.events = events;
    this.settings = settings;
    this.clock = ground.generations().child("prune.time");
    this.announcement = PruneAnnouncement.key(ground);
  }

  /**
   * How a pruner works.
   *
   * @param scratch where temporary files go: room for one database
   * @param clock stands in for the server's in a dry run, which writes nothing that would tell
   * @param lockPatience how long to wait for a publisher
   */
  public record Settings(Path scratch, InstantSource clock, Duration lockPatience) {}

  /**
   * What {@link #prune} would do; writes nothing and takes no lock.
   *
   * @throws RefusedException as {@link #prune}
   */
  public PruneReport plan(PrunePolicy policy) throws IOException {
    Optional<GenerationId> live = ground.settled();
    return live.isEmpty()
        ? nothing()
        : new Run(live.get(), policy, settings.clock().instant()).plan();
  }

  /**
   * Announces what may go, or deletes what was announced long enough ago.
   *
   * @throws RefusedException if anything there cannot be read or verified, or a publisher may be at
   *     work: nothing was deleted
   * @throws LockedException if a publisher held the lock too long
   * @throws StoreException if the store failed, or, of kind CONFLICT, if a publish began meanwhile;
   *     running again completes the work
   */
  public PruneReport prune(PrunePolicy policy) throws IOException {
    // Without the lock: a commit that seems unfinished now may be one that is being made.
    if (ground.published().isEmpty()) {
      return nothing();
    }
    try (StoreLock lock = ground.lock(settings.lockPatience()).take()) {
      Optional<GenerationId> live = ground.settled();
      return live.isEmpty() ? nothing() : new Run(live.get(), policy, serverTime()).prune(lock);
    }
  }

  private PruneReport nothing() {
    return new PruneReport(
        PruneReport.Outcome.NOTHING,
        store.location(),
        Optional.empty(),
        0,
        PruneReport.Batch.NONE,
        PruneReport.Batch.NONE,
        Optional.empty());
  }

  /** What the server would say of a file that is written now. */
  private Instant serverTime() throws IOException {
    Tag before = store.stat(clock).map(StoredObject::tag).orElse(Tag.ABSENT);
    store.swap(clock, before, Blob.of(new byte[] {'\n'}));
    Optional<StoredObject> written = store.stat(clock);
    store.delete(clock);
    return written
        .map(StoredObject::lastModified)
        .orElseThrow(
            () ->
                new StoreException(
                    StoreException.Kind.CONFLICT, clock + " is gone: another prune is at work"));
  }

  /** One look at everything, and what follows from it. */
  private final class Run {
    private final GenerationId live;
    private final PrunePolicy policy;
    private final Instant now;
    private final Tag announcementTag;
    private final PruneAnnouncement announced;
    private final PruneSelection selection;

    Run(GenerationId live, PrunePolicy policy, Instant now) throws IOException {
      this.live = live;
      this.policy = policy;
      this.now = now;
      Optional<StoredObject> there = store.stat(announcement);
      this.announcementTag = there.map(StoredObject::tag).orElse(Tag.ABSENT);
      this.announced = there.isPresent() ? readAnnouncement() : PruneAnnouncement.NONE;
      this.selection =
          PruneSelection.of(ground.shelf(), live, ground.present(), policy, announced, now);
    }

    private PruneAnnouncement readAnnouncement() throws IOException {
      try (Store.Opened opened = store.open(announcement)) {
        return PruneAnnouncement.parse(
            opened.stream().readNBytes(PruneAnnouncement.MAX_LENGTH + 1),
            opened.object().lastModified(),
            ground);
      }
    }

    private boolean mayDelete() {
      return !announced.isEmpty() && !now.isBefore(due(announced.made()));
    }

    private Instant due(Instant made) {
      return made.plus(policy.delay());
    }

    /** Whether an announcement that is not due yet still says something. */
    private boolean mustWait() {
      return !announced.isEmpty() && !mayDelete() && !selection.deletable(announced).isEmpty();
    }

    PruneReport plan() throws IOException {
      if (mustWait()) {
        return waiting();
      }
      PruneAnnouncement going = going();
      PruneAnnouncement next = selection.without(going.generations()).announcement();
      return report(
          going.isEmpty() ? PruneReport.Outcome.ANNOUNCED : PruneReport.Outcome.DELETED,
          batch(going),
          next,
          now);
    }

    PruneReport prune(StoreLock lock) throws IOException {
      if (mustWait()) {
        return waiting();
      }
      PruneAnnouncement going = going();
      PruneReport.Batch deleted = delete(going, lock);
      PruneAnnouncement next = selection.without(going.generations()).announcement();
      Instant made = announce(next, lock);
      return report(
          going.isEmpty() ? PruneReport.Outcome.ANNOUNCED : PruneReport.Outcome.DELETED,
          deleted,
          next,
          made);
    }

    private PruneAnnouncement going() {
      return mayDelete() ? selection.deletable(announced) : PruneAnnouncement.NONE;
    }

    private PruneReport waiting() throws IOException {
      return report(
          PruneReport.Outcome.WAITING,
          PruneReport.Batch.NONE,
          selection.deletable(announced),
          announced.made());
    }

    private PruneReport report(
        PruneReport.Outcome outcome,
        PruneReport.Batch deleted,
        PruneAnnouncement next,
        Instant made)
        throws IOException {
      return new PruneReport(
          next.isEmpty() && deleted.isEmpty() ? PruneReport.Outcome.NOTHING : outcome,
          store.location(),
          Optional.of(live),
          selection.kept().size(),
          deleted,
          batch(next),
          next.isEmpty() ? Optional.empty() : Optional.of(due(made)));
    }

    private PruneReport.Batch batch(PruneAnnouncement some) throws IOException {
      long bytes = 0;
      for (StoreKey key : ground.objects(some)) {
        bytes += store.stat(key).map(StoredObject::size).orElse(0L);
      }
      return batch(some, bytes);
    }

    private static PruneReport.Batch batch(PruneAnnouncement some, long bytes) {
      return new PruneReport.Batch(
          some.folders().stream().map(GenerationId::new).toList(),
          some.packages().stream().map(StoreKey::new).toList(),
          bytes);
    }

    private PruneReport.Batch delete(PruneAnnouncement going, StoreLock lock) throws IOException {
      long bytes = 0;
      for (StoreKey key : ground.objects(going)) {
        Optional<StoredObject> there = store.stat(key);
        lock.confirm();
        requireNoNewcomer();
        store.delete(key);
        if (there.isPresent()) {
          bytes += there.get().size();
          events.on(new Event.Deleted(key, there.get().size()));
        }
      }
      return batch(going, bytes);
    }

    private void requireNoNewcomer() throws IOException {
      Set<GenerationId> newcomers = new HashSet<>(ground.folders());
      newcomers.removeAll(selection.shelf().folders());
      if (!newcomers.isEmpty()) {
        throw new StoreException(
            StoreException.Kind.CONFLICT,
            "generation "
                + newcomers.iterator().next()
                + " came while this prune was at work\nWhat it names was not deleted."
                + " Run the prune again to go on.");
      }
    }

    /**
     * @return when, by the server's clock
     */
    private Instant announce(PruneAnnouncement next, StoreLock lock) throws IOException {
      lock.confirm();
      if (!next.isEmpty()) {
        store.swap(announcement, announcementTag, Blob.of(next.json()));
      } else if (!announcementTag.equals(Tag.ABSENT)) {
        store.delete(announcement);
      }
      return now;
    }
  }
}
