package org.qrepo.publish;

import java.util.List;

/**
 * The names that a repository of templates uses in its store. All but the packages lie below {@code
 * repodata/}, so that it can share its place with a pacman repository.
 */
final class TemplateNames {
  /** Where the packages are. */
  static final StoreKey PACKAGES = new StoreKey("rpm");

  static final StoreKey METADATA = new StoreKey("repodata");

  /** What clients fetch first, and what says which generation is live. */
  static final StoreKey INDEX = METADATA.child("repomd.xml");

  static final StoreKey SIGNATURE = METADATA.child("repomd.xml.asc");
  static final StoreKey GENERATIONS = METADATA.child("generations");

  /** In the pointer layout, the link that the other two lead through. */
  static final StoreKey CURRENT = METADATA.child("current");

  /** Holds what clients see of another tool's metadata while it is taken over. */
  static final StoreKey ADOPTING = METADATA.child("adopting");

  private TemplateNames() {}

  static StoreKey generation(GenerationId id) {
    return GENERATIONS.child(id.value());
  }

  static StoreKey index(StoreKey folder) {
    return folder.child(INDEX.name());
  }

  static StoreKey signature(StoreKey folder) {
    return folder.child(SIGNATURE.name());
  }

  /** The files of a generation, the index first: without it the folder is no state. */
  static List<StoreKey> files(GenerationId id) {
    return List.of(index(generation(id)), signature(generation(id)));
  }

  /** What {@link #CURRENT} leads to for a folder. */
  static String pointing(StoreKey folder) {
    return folder.value().substring(METADATA.value().length() + 1);
  }

  /** What a name that clients fetch links to in the pointer layout. */
  static String throughCurrent(StoreKey key) {
    return CURRENT.name() + "/" + key.name();
  }
}
