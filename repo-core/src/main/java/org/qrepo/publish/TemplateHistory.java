package org.qrepo.publish;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qrepo.repodata.Repodata;
import org.qrepo.repodata.RpmEntry;

/**
 * Reads a repository of templates and the chain of generations behind it, and ends commits that
 * were begun; needs no key.
 */
public final class TemplateHistory {
  private static final int ATTEMPTS = 5;

  private final TemplateRepository repository;
  private final Store store;
  private final TemplateReader reader;
  private final Events events;

  public TemplateHistory(
      TemplateRepository repository,
      Store store,
      Verifier verifier,
      SeenGenerations seen,
      Events events) {
    this.repository = repository;
    this.store = store;
    this.reader = new TemplateReader(repository.name(), store, verifier, seen);
    this.events = events;
  }

  /**
   * One generation and what it changed against the one before.
   *
   * @param added what came, in order; of the oldest that is there nothing, if it has a parent
   * @param removed what went, in order
   */
  public record Entry(TemplateGeneration generation, List<RpmEntry> added, List<RpmEntry> removed) {
    public Entry {
      added = List.copyOf(added);
      removed = List.copyOf(removed);
    }
  }

  /** Whether the publisher's memory knows of a generation at this place; nobody is contacted. */
  public static boolean wasSeen(TemplateRepository repository, Store store, SeenGenerations seen)
      throws IOException {
    return seen.highest(repository.name(), TemplateReader.place(store)).isPresent();
  }

  /**
   * The live generation; empty if nothing is published.
   *
   * @throws org.qrepo.RefusedException if what is there does not verify
   */
  public Optional<TemplateGeneration> live() throws IOException {
    TemplateState state = reader.read();
    if (state instanceof TemplateState.Foreign) {
      throw TemplatePlanner.foreign();
    }
    return state instanceof TemplateState.Live live
        ? Optional.of(live.generation())
        : Optional.empty();
  }

  /** The chain from the live generation back, as far as it is there. */
  public List<Entry> chain(int limit) throws IOException {
    List<Entry> chain = new ArrayList<>();
    Optional<TemplateGeneration> next = live();
    while (next.isPresent() && chain.size() < limit) {
      TemplateGeneration generation = next.get();
      Optional<GenerationId> id = generation.lineage().parent().map(GenerationId::of);
      Optional<TemplateGeneration> parent =
          id.isPresent() ? reader.generation(id.get()) : Optional.empty();
      chain.add(
          id.isPresent() && parent.isEmpty()
              ? new Entry(generation, List.of(), List.of())
              : entry(generation, parent.map(TemplateGeneration::packages).orElse(Repodata.EMPTY)));
      next = parent;
    }
    return chain;
  }

  private static Entry entry(TemplateGeneration generation, Repodata before) {
    List<RpmEntry> added = new ArrayList<>(generation.packages().entries());
    added.removeAll(before.entries());
    List<RpmEntry> removed = new ArrayList<>(before.entries());
    removed.removeAll(generation.packages().entries());
    return new Entry(generation, added, removed);
  }

  /**
   * Ends a commit that a publisher began and did not live to end; writes nothing if all is well.
   *
   * @param lockPatience how long to wait for a publisher that is at work
   * @return whether anything was to be mended
   * @throws org.qrepo.RefusedException if what is there does not verify
   * @throws ConflictException if others changed the repository in every attempt
   */
  public boolean repair(Duration lockPatience) throws IOException {
    if (begun().isEmpty()) {
      return false;
    }
    try (StoreLock lock = TemplatePublisher.lock(store, lockPatience).take()) {
      for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
        Optional<TemplateState.Live> live = begun();
        if (live.isEmpty()) {
          return true;
        }
        try {
          events.on(new Event.FinishingCommit(live.get().generation().id()));
          new TemplateCommitter(repository.layout(), store).finish(live.get(), lock::confirm);
          reader.remember(live.get().generation());
          return true;
        } catch (SupersededException e) {
          events.on(new Event.Superseded(attempt));
        }
      }
    }
    throw new ConflictException(
        "other publishers changed "
            + store.location()
            + " in each of "
            + ATTEMPTS
            + " attempts to repair it. Run it again.");
  }

  private Optional<TemplateState.Live> begun() throws IOException {
    return reader.read() instanceof TemplateState.Live live && !live.isSettled(repository.layout())
        ? Optional.of(live)
        : Optional.empty();
  }
}
