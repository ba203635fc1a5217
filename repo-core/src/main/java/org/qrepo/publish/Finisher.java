package org.qrepo.publish;

import java.io.IOException;
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
   * Before names can lead through a pointer to the live generation, its folder must be whole: in
   * the plain layout nobody needed it.
   *
   * @throws org.qrepo.RefusedException if it cannot be made whole
   */
  void prepare(Remote remote, Scratch scratch) throws IOException {
    if (remote instanceof Remote.Live live && needsFolder(live)) {
      restoreFolder(live, reader.parts(store, live.generation(), scratch));
    }
  }

  private boolean needsFolder(Remote.Live live) {
    return spec.layout() == Layout.POINTER && !live.isPointed();
  }

  private void restoreFolder(Remote.Live live, Map<Part, Blob> parts) throws IOException {
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
    }
  }
}
