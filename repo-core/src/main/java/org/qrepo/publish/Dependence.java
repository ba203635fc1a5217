package org.qrepo.publish;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which signatures of a repository count only as long as clients trust some keys. */
public final class Dependence {
  private final Store store;
  private final Verifier verifier;
  private final Set<Fingerprint> keys;

  /**
   * @param keys certificates, by their primary keys
   */
  public Dependence(Store store, Verifier verifier, Collection<Fingerprint> keys) {
    this.store = store;
    this.verifier = verifier;
    this.keys = Set.copyOf(keys);
  }

  /** Names of packages and databases of a live generation that depend on the keys, in order. */
  public List<StoreKey> of(RepositoryName repository, Generation live) throws IOException {
    List<StoreKey> found = new ArrayList<>();
    Names names = new Names(repository);
    for (Part part : List.of(Part.DATABASE, Part.FILES)) {
      if (on(GenerationReader.signature(store, names.top(part.signature())))) {
        found.add(names.top(part));
      }
    }
    for (var entry : live.database().entries()) {
      StoreKey file = new StoreKey(entry.fileName());
      if (on(GenerationReader.signature(store, Names.signature(file)))) {
        found.add(file);
      }
    }
    return Collections.unmodifiableList(found);
  }

  /**
   * Whether a signature says to be by one of the keys, or by nobody who is known. Nothing is
   * verified: who can write a wrong name into a signature makes it bad, not good.
   */
  boolean on(Optional<byte[]> signature) {
    Set<Fingerprint> claimed = signature.map(verifier::claimed).orElse(Set.of());
    return claimed.isEmpty() || !Collections.disjoint(claimed, keys);
  }
}
