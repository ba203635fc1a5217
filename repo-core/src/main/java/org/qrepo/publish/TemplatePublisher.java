package org.qrepo.publish;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.qrepo.RefusedException;
import org.qrepo.repodata.Repomd;
import org.qrepo.repodata.RpmEntry;

/**
 * Publishes templates with the promises of {@link Publisher}: what has a name keeps its bytes,
 * packages and documents come before the index that names them, the index is swapped against the
 * state that was read and verified, and running again completes what was interrupted. There is one
 * difference: dnf asks for the index by its bytes and not by its time, so that nothing waits for
 * the next second.
 */
public final class TemplatePublisher {
  private final TemplateRepository repository;
  private final Store store;
  private final Verifier verifier;
  private final TemplateJudge judge;
  private final Supplier<Signer> signer;
  private final Optional<PublicSite> site;
  private final Events events;
  private final Publisher.Settings settings;
  private final TemplateReader reader;
  private final Rivals rivals;

  /**
   * @param judge of packages that are in the store
   * @param signer opened when the first signature is needed
   * @param site where strangers fetch; empty: nothing is checked there
   * @param settings as for packages
   */
  public TemplatePublisher(
      TemplateRepository repository,
      Store store,
      Verifier verifier,
      TemplateJudge judge,
      Supplier<Signer> signer,
      Optional<PublicSite> site,
      SeenGenerations seen,
      Events events,
      Publisher.Settings settings) {
    this.repository = repository;
    this.store = store;
    this.verifier = verifier;
    this.judge = judge;
    this.signer = signer;
    this.site = site;
    this.events = events;
    this.settings = settings;
    this.reader = new TemplateReader(repository.name(), store, verifier, seen);
    this.rivals =
        new Rivals(
            store, lock(store, settings.lockPatience()), settings.attempts(), settings.pause());
  }

  /** Keeps other publishers out; createrepo_c honours no lock that it did not make itself. */
  static RepositoryLock lock(Store store, Duration patience) {
    return new RepositoryLock(store, new LockRequest(patience, List.of()));
  }

  /**
   * What {@link #publish} would do; writes nothing and needs no key.
   *
   * @throws RefusedException if the change or the remote state is not fit
   */
  public TemplatePlan plan(TemplateChange change) throws IOException {
    return draft(change).plan();
  }

  private TemplateDraft draft(TemplateChange change) throws IOException {
    Instant now = Instant.ofEpochSecond(settings.clock().instant().getEpochSecond());
    return new TemplatePlanner(store, reader, judge, now).plan(change);
  }

  /**
   * Carries a change out.
   *
   * @throws RefusedException if the change or the remote state is not fit: clients see what they
   *     saw before
   * @throws SigningException if a signature could not be made: nothing was written
   * @throws LockedException if another publisher held the lock too long
   * @throws ConflictException if others were faster in every attempt
   * @throws StoreException if the store failed; running again completes the work
   */
  public TemplateReceipt publish(TemplateChange change) throws IOException {
    long start = System.nanoTime();
    boolean finished = false;
    int attempt = 1;
    for (; rivals.mayTry(attempt); attempt++) {
      try (StoreLock held = rivals.forAttempt(attempt)) {
        finished |= finish(held);
        return new Run(change, held, start, finished).carryOut();
      } catch (SupersededException e) {
        events.on(new Event.Superseded(attempt));
        rivals.backOff(attempt);
      }
    }
    throw rivals.lostAll(attempt - 1);
  }

  /** Ends a commit that another publisher began. */
  private boolean finish(StoreLock held) throws IOException, SupersededException {
    if (!(reader.readAnew() instanceof TemplateState.Live live)
        || live.isSettled(repository.layout())) {
      return false;
    }
    events.on(new Event.FinishingCommit(live.generation().id()));
    rivals.locked(
        held,
        lock -> {
          new TemplateCommitter(repository.layout(), store).finish(live, lock::confirm);
          return live;
        });
    return true;
  }

  /** One attempt. */
  private final class Run {
    private final TemplateDraft draft;
    private final Instant look = settings.pause().now();
    private final StoreLock held;
    private final long start;
    private final boolean finished;
    private final AtomicLong objects = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    Run(TemplateChange change, StoreLock held, long start, boolean finished) throws IOException {
      this.draft = draft(change);
      this.held = held;
      this.start = start;
      this.finished = finished;
    }

    TemplateReceipt carryOut() throws IOException, SupersededException {
      if (draft.plan().isDone() && draft.state() instanceof TemplateState.Live live) {
        reader.remember(live.generation());
        return receipt(
            finished ? Receipt.Outcome.COMPLETED : Receipt.Outcome.ALREADY_PUBLISHED,
            live.generation(),
            Optional.empty());
      }
      Instant time = TemplateWriter.time(draft.state(), settings.clock().instant());
      TemplateWriter writer = new TemplateWriter(repository.name(), store, reader, this::count);
      List<TemplateWriter.Ready> ready = writer.ready(draft, time);
      TemplateWriter.Built built =
          writer.build(draft, ready, time, new CheckedSigner(signer.get(), verifier));
      rivals.requireNobodyElse(held);
      TemplateCommitter committer = new TemplateCommitter(repository.layout(), store);
      committer.prepare(draft.state());
      announce(built, ready);
      long writing = System.nanoTime();
      TemplateWriter.Built written = write(writer, built, ready);
      rivals.locked(
          held,
          lock -> {
            rivals.requireRecent(look);
            writer.recheck(written);
            committer.commit(written.index(), written.signature(), draft.state(), lock::confirm);
            return written;
          });
      events.on(
          new Event.Committed(
              written.id(),
              written.lineage().seq(),
              objects.get(),
              bytes.get(),
              System.nanoTime() - writing));
      TemplateGeneration live = generation(written);
      if (!(draft.state() instanceof TemplateState.Live)) {
        reader.forget();
      }
      reader.remember(live);
      return receipt(Receipt.Outcome.PUBLISHED, live, check(live, ready));
    }

    private TemplateWriter.Built write(
        TemplateWriter writer, TemplateWriter.Built built, List<TemplateWriter.Ready> ready)
        throws IOException {
      try (Workers workers = new Workers(settings.parallelism())) {
        return writer.write(built, ready, workers);
      }
    }

    private TemplateGeneration generation(TemplateWriter.Built built) {
      return new TemplateGeneration(
          built.lineage(),
          Repomd.of(built.lineage().time(), List.of(built.lineage().format()), built.documents()),
          built.packages(),
          signer.get().certificate(),
          built.index(),
          built.signature());
    }

    private void announce(TemplateWriter.Built built, List<TemplateWriter.Ready> ready) {
      events.on(
          new Event.Publishing(
              built.id(),
              built.lineage().seq(),
              store.location(),
              built.documents().size() + 2 + ready.size(),
              built.bytes() + ready.stream().mapToLong(one -> one.blob().size()).sum()));
    }

    private void count(Event event) {
      if (event instanceof Event.Transferred transferred) {
        objects.incrementAndGet();
        bytes.addAndGet(transferred.bytes());
      }
      events.on(event);
    }

    private Optional<TemplateCheck.Report> check(
        TemplateGeneration live, List<TemplateWriter.Ready> ready) throws IOException {
      if (site.isEmpty()) {
        return Optional.empty();
      }
      events.on(new Event.Checking(site.get().location()));
      Set<String> packages =
          settings.deep()
              ? live.packages().entries().stream()
                  .map(RpmEntry::location)
                  .collect(Collectors.toSet())
              : ready.stream().map(one -> one.key().value()).collect(Collectors.toSet());
      return Optional.of(
          new TemplateCheck(repository.name(), site.get(), verifier)
              .run(Optional.of(live.id()), packages::contains));
    }

    private TemplateReceipt receipt(
        Receipt.Outcome outcome, TemplateGeneration live, Optional<TemplateCheck.Report> check) {
      return new TemplateReceipt(
          outcome,
          repository.name(),
          store.location(),
          live.id(),
          live.sequence(),
          live.digest(),
          draft.plan(),
          objects.get(),
          bytes.get(),
          settings.clock().instant(),
          Duration.ofNanos(System.nanoTime() - start),
          check);
    }
  }
}
