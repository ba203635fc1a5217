package org.qrepo.publish;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.io.Blob;

/**
 * Makes a generation live. On stores that lock, the caller holds the lock; every write is
 * conditional on the state that was read, so that a publisher that lost its lock without knowing
 * does no harm.
 */
final class Committer {
  private final RepositorySpec spec;
  private final Store store;
  private final Names names;
  private final Swaps swaps;

  Committer(RepositorySpec spec, Store store) {
    this.spec = spec;
    this.store = store;
    this.names = new Names(spec.name());
    this.swaps = new Swaps(store);
  }

  /** Confirms before each write that this publisher may still commit. */
  @FunctionalInterface
  interface Permit {
    void confirm() throws StoreException, SupersededException;

    /** The same, for as long as nothing was committed: who lost its lock starts over. */
    default Permit orSuperseded() {
      return () -> {
        try {
          confirm();
        } catch (StoreException e) {
          if (e.kind() == StoreException.Kind.CONFLICT) {
            throw new SupersededException("the lock was lost");
          }
          throw e;
        }
      };
    }
  }

  /**
   * Brings every mutable name to the generation.
   *
   * @param parts of the generation, for stores without links
   * @return how long clients could see a new database with an old signature
   * @throws SupersededException if the repository is not in the state that was read
   */
  Duration commit(GenerationId id, Map<Part, Blob> parts, Remote seen, Permit permit)
      throws IOException, SupersededException {
    if (spec.layout() == Layout.POINTER) {
      if (seen instanceof Remote.Foreign foreign) {
        takeOver(id, foreign, permit.orSuperseded());
      } else {
        commitPointer(id, seen, permit.orSuperseded());
      }
      retire(seen, permit);
      return Duration.ZERO;
    }
    Optional<Duration> gap = commitPlain(id, mutable(), parts, seen, permit);
    if (gap.isPresent()) {
      retire(seen, permit);
    }
    return gap.orElse(Duration.ZERO);
  }

  /**
   * Finishes the commit of the live generation that another publisher began: no key is needed.
   *
   * @param parts of that generation, as {@link GenerationReader#parts} has checked them
   */
  void finish(Remote.Live live, Map<Part, Blob> parts, Permit permit)
      throws IOException, SupersededException {
    Permit held = permit.orSuperseded();
    GenerationId id = live.generation().id();
    if (spec.layout() == Layout.POINTER) {
      commitPointer(id, live, held);
      retire(live, held);
    } else if (commitPlain(id, live.unsettled(), parts, live, held).isPresent()) {
      retire(live, held);
    }
  }

  private List<Names.Mutable> mutable() {
    return names.mutable(spec.compression(), spec.aliases());
  }

  /** Until the last step no name leads anywhere but to what is live. */
  private void commitPointer(GenerationId id, Remote seen, Permit permit)
      throws IOException, SupersededException {
    requireUnchanged(seen);
    Optional<String> pointer = Optional.empty();
    if (seen instanceof Remote.Live live) {
      String shown = Names.generation(live.generation().id()).value();
      swaps.point(Names.CURRENT, live.pointer(), shown, permit);
      pointer = Optional.of(shown);
    }
    for (Names.Mutable name : mutable()) {
      swaps.link(name.key(), names.throughCurrent(name.part()), permit);
    }
    if (spec.htaccess()) {
      swaps.link(Htaccess.KEY, Htaccess.TARGET, permit);
    }
    swaps.point(Names.CURRENT, pointer, Names.generation(id).value(), permit);
  }

  /**
   * Leads the names that clients fetch to copies of what they see already, one after the other, and
   * then all of them to the generation in one step. repo-add's own names follow: until then its
   * database is as it was, and its owner can go on with it.
   */
  private void takeOver(GenerationId id, Remote.Foreign foreign, Permit permit)
      throws IOException, SupersededException {
    requireUnchanged(foreign);
    List<Names.Mutable> fetched = names.mutable(spec.compression(), false);
    swaps.point(Names.CURRENT, foreign.pointer(), foreign.folder().value(), permit);
    for (Names.Mutable name : fetched) {
      swaps.link(name.key(), names.throughCurrent(name.part()), permit);
    }
    if (spec.htaccess()) {
      swaps.link(Htaccess.KEY, Htaccess.TARGET, permit);
    }
    swaps.point(
        Names.CURRENT, Optional.of(foreign.folder().value()), Names.generation(id).value(), permit);
    for (Names.Mutable name : mutable()) {
      swaps.link(name.key(), names.throughCurrent(name.part()), permit);
    }
  }

  /** Without lineage nothing but their state tells which of the names belong together. */
  private void requireUnchanged(Remote.Foreign foreign) throws IOException, SupersededException {
    for (StoreKey key : foreign.tags().keySet()) {
      requireTag(foreign, key);
    }
    for (Part part : Part.values()) {
      requireTag(foreign, names.top(part));
    }
  }

  /**
   * Removes what no generation will bring up to date again: names of another compression, what
   * clients were shown during an adoption, and the pointer, once no name leads through it.
   */
  private void retire(Remote seen, Permit permit) throws IOException, SupersededException {
    for (StoreKey key : seen.obsolete()) {
      permit.confirm();
      store.delete(key);
    }
    if (spec.layout() == Layout.PLAIN && seen.pointer().isPresent() && !isPointerInUse()) {
      permit.confirm();
      store.delete(Names.CURRENT);
    }
  }

  private boolean isPointerInUse() throws StoreException {
    for (Names.Mutable name : mutable()) {
      if (store.readLink(name.key()).filter(t -> t.startsWith(Names.CURRENT + "/")).isPresent()) {
        return true;
      }
    }
    return false;
  }

  /** The pointer's expected target says too little when the live names are no links yet. */
  private void requireUnchanged(Remote seen) throws IOException, SupersededException {
    requireTag(seen, names.top(Part.DATABASE));
  }

  private void requireTag(Remote seen, StoreKey key) throws IOException, SupersededException {
    swaps.requireTag(key, tag(seen, key));
  }

  private static Tag tag(Remote seen, StoreKey key) {
    return seen.tags().getOrDefault(key, Tag.ABSENT);
  }

  /**
   * The database first: from then on its generation is the live one, whoever finishes the rest.
   *
   * @return how long clients could see a new database with an old signature; empty if a successor
   *     was live before every name was written
   */
  private Optional<Duration> commitPlain(
      GenerationId id, List<Names.Mutable> order, Map<Part, Blob> parts, Remote seen, Permit permit)
      throws IOException, SupersededException {
    StoreKey database = names.top(Part.DATABASE);
    long databaseLive = System.nanoTime();
    Duration gap = Duration.ZERO;
    for (Names.Mutable name : order) {
      Swaps.Shown shown = new Swaps.Shown(part(parts, name.part()), names.in(id, name.part()));
      if (name.key().equals(database)) {
        swaps.lead(database, tag(seen, database), shown, permit.orSuperseded());
        databaseLive = System.nanoTime();
      } else if (!swaps.follow(
          name.key(),
          tag(seen, name.key()),
          shown,
          new Swaps.Leader(database, part(parts, Part.DATABASE)),
          permit)) {
        return Optional.empty();
      }
      if (name.key().equals(names.top(Part.DATABASE_SIGNATURE))) {
        gap = Duration.ofNanos(System.nanoTime() - databaseLive);
      }
    }
    return Optional.of(gap);
  }

  private static Blob part(Map<Part, Blob> parts, Part part) {
    Blob blob = parts.get(part);
    if (blob == null) {
      throw new IllegalStateException("no " + part);
    }
    return blob;
  }
}
