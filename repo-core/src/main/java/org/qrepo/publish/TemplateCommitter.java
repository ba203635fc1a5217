package org.qrepo.publish;

import java.io.IOException;
import java.util.Optional;
import org.qrepo.io.Blob;

/**
 * Makes a generation of templates live. On stores that lock, the caller holds the lock; every write
 * is conditional on the state that was read.
 */
final class TemplateCommitter {
  private final Layout layout;
  private final Store store;
  private final Swaps swaps;

  TemplateCommitter(Layout layout, Store store) {
    this.layout = layout;
    this.store = store;
    this.swaps = new Swaps(store);
  }

  /**
   * Before names can lead through a pointer to what clients see now, that must lie in a folder. The
   * folder is named after what it holds, so that an attempt that died left the same.
   */
  void prepare(TemplateState seen) throws IOException {
    if (layout != Layout.POINTER) {
      return;
    }
    if (seen instanceof TemplateState.Live live && !live.isPointed()) {
      StoreKey folder = TemplateNames.generation(live.generation().id());
      keep(TemplateNames.index(folder), live.generation().index());
      if (store.stat(TemplateNames.signature(folder)).isEmpty()) {
        keep(TemplateNames.signature(folder), live.generation().signature());
      }
    } else if (seen instanceof TemplateState.Foreign foreign) {
      StoreKey folder = adopting(foreign);
      keep(TemplateNames.index(folder), foreign.index());
      if (foreign.signature().isPresent()) {
        keep(TemplateNames.signature(folder), foreign.signature().get());
      }
    }
  }

  private void keep(StoreKey key, Blob blob) throws IOException {
    try {
      store.putOnce(key, blob);
    } catch (StoreException e) {
      if (e.kind() == StoreException.Kind.CONFLICT) {
        throw GenerationReader.altered(key, "its bytes are not those that clients fetch");
      }
      throw e;
    }
  }

  private static StoreKey adopting(TemplateState.Foreign foreign) {
    return TemplateNames.ADOPTING.child(GenerationId.of(foreign.index().sha256()).value());
  }

  /**
   * Brings the names that clients fetch to a generation.
   *
   * @throws SupersededException if the repository is not in the state that was read
   */
  void commit(Blob index, Blob signature, TemplateState seen, Committer.Permit permit)
      throws IOException, SupersededException {
    swaps.requireTag(TemplateNames.INDEX, seen.shown().index());
    if (layout == Layout.POINTER) {
      commitPointer(GenerationId.of(index.sha256()), seen, permit.orSuperseded());
    } else {
      commitPlain(index, signature, seen, permit);
    }
    if (seen instanceof TemplateState.Foreign foreign) {
      permit.confirm();
      store.delete(TemplateNames.signature(adopting(foreign)));
      store.delete(TemplateNames.index(adopting(foreign)));
    }
  }

  /** Ends a commit of the live generation that was begun. */
  void finish(TemplateState.Live live, Committer.Permit permit)
      throws IOException, SupersededException {
    prepare(live);
    commit(live.generation().index(), live.generation().signature(), live, permit);
  }

  /** Until the last step no name leads anywhere but to what is live. */
  private void commitPointer(GenerationId id, TemplateState seen, Committer.Permit permit)
      throws IOException, SupersededException {
    Optional<String> pointer = seen.shown().pointer();
    Optional<StoreKey> shown = folder(seen);
    if (shown.isPresent()) {
      String target = TemplateNames.pointing(shown.get());
      swaps.point(TemplateNames.CURRENT, pointer, target, permit);
      pointer = Optional.of(target);
    }
    for (StoreKey key : new StoreKey[] {TemplateNames.INDEX, TemplateNames.SIGNATURE}) {
      swaps.link(key, TemplateNames.throughCurrent(key), permit);
    }
    String target = TemplateNames.pointing(TemplateNames.generation(id));
    swaps.point(TemplateNames.CURRENT, pointer, target, permit);
  }

  /** Where what clients see now lies, or was put by {@link #prepare}. */
  private static Optional<StoreKey> folder(TemplateState seen) {
    if (seen instanceof TemplateState.Live live) {
      return Optional.of(TemplateNames.generation(live.generation().id()));
    }
    return seen instanceof TemplateState.Foreign foreign
        ? Optional.of(adopting(foreign))
        : Optional.empty();
  }

  /** The index first: from then on its generation is the live one, whoever finishes the rest. */
  private void commitPlain(Blob index, Blob signature, TemplateState seen, Committer.Permit permit)
      throws IOException, SupersededException {
    boolean live =
        seen instanceof TemplateState.Live now
            && now.generation().digest().equals(index.sha256())
            && seen.shown().indexLink().isEmpty();
    StoreKey folder = TemplateNames.generation(GenerationId.of(index.sha256()));
    if (!live) {
      swaps.lead(
          TemplateNames.INDEX,
          seen.shown().index(),
          new Swaps.Shown(index, TemplateNames.index(folder)),
          permit.orSuperseded());
    }
    Swaps.Leader leader = new Swaps.Leader(TemplateNames.INDEX, index);
    boolean ours =
        swaps.follow(
            TemplateNames.SIGNATURE,
            seen.shown().signature(),
            new Swaps.Shown(signature, TemplateNames.signature(folder)),
            leader,
            permit);
    if (ours && seen.shown().pointer().isPresent()) {
      permit.confirm();
      store.delete(TemplateNames.CURRENT);
    }
  }
}
