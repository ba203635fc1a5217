package org.qrepo.publish;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.qrepo.io.Blob;

/**
 * Brings a commit to its end that another publisher began, and makes the live generation whole:
 * both need what is there already, and no key.
 */
final class Finisher {
  private final RepositorySpec spec;
  private final Store store;
  private final GenerationReader reader;
  private final Names names;

  Finisher(RepositorySpec spec, Store store, Verifier verifier) {
    this.spec = spec;
    this.store = store;
    this.reader = new GenerationReader(spec.name(), verifier);
    this.names = new Names(spec.name());
  }

  /**
   * @param live what was read; only parts of it that verify are used
   * @throws SupersededException if another publisher was there meanwhile
   */
  void finish(Remote.Live live, Scratch scratch, Rivals rivals, StoreLock held)
      throws IOException, SupersededException {
    Map<Part, Blob> parts = reader.parts(store, live.generation(), scratch);
    if (needsFolder(live)) {
      restoreFolder(live, parts);
    }
    if (spec.htaccess()) {
      GenerationId id = live.generation().id();
      store.putOnce(Htaccess.in(id), Htaccess.of(spec.name(), id));
    }
    rivals.locked(
        held,
        lock -> {
          new Committer(spec, store).finish(live, parts, lock::confirm);
          return live;
        });
  }

  /**
   * Before names can lead through a pointer to what is live, that must lie in a folder: in the
   * plain layout nobody needed one, and repo-add knows of none.
   *
   * @return what clients will be shown there until the next generation is live
   * @throws org.qrepo.RefusedException if the live generation cannot be made whole
   */
  List<StoreKey> prepare(Remote remote, Scratch scratch) throws IOException {
    if (remote instanceof Remote.Live live && needsFolder(live)) {
      return restoreFolder(live, reader.parts(store, live.generation(), scratch));
    }
    return remote instanceof Remote.Foreign foreign && spec.layout() == Layout.POINTER
        ? copy(foreign)
        : List.of();
  }

  /** The folder is named after what it holds, so that an attempt that died left the same. */
  private List<StoreKey> copy(Remote.Foreign foreign) throws IOException {
    List<StoreKey> copies = new ArrayList<>();
    for (Map.Entry<Part, Scratch.Spooled> part : foreign.parts().entrySet()) {
      StoreKey key = names.in(foreign.folder(), part.getKey());
      store.putOnce(key, part.getValue().blob());
      copies.add(key);
    }
    return copies;
  }

  private boolean needsFolder(Remote.Live live) {
    return spec.layout() == Layout.POINTER && !live.isPointed();
  }

  private List<StoreKey> restoreFolder(Remote.Live live, Map<Part, Blob> parts) throws IOException {
    List<StoreKey> restored = new ArrayList<>();
    for (Map.Entry<Part, Blob> part : parts.entrySet()) {
      StoreKey key = names.in(live.generation().id(), part.getKey());
      try {
        store.putOnce(key, part.getValue());
      } catch (StoreException e) {
        if (e.kind() == StoreException.Kind.CONFLICT) {
          throw GenerationReader.altered(key, "its bytes are not those that were signed");
        }
        throw e;
      }
      restored.add(key);
    }
    return restored;
  }
}
