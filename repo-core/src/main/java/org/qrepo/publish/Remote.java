package org.qrepo.publish;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.database.Database;

/** What was found in the store; all of it verified, but for {@link Foreign}. */
sealed interface Remote {
  /** The state of every mutable name that exists, as first seen. */
  Map<StoreKey, Tag> tags();

  /** Names that this repository does not keep up to date, in the order of their removal. */
  List<StoreKey> obsolete();

  /** What {@code current} links to, as read; empty if it is not this repository's. */
  Optional<String> pointer();

  /** Nothing is published there. */
  record Vacant() implements Remote {
    @Override
    public Map<StoreKey, Tag> tags() {
      return Map.of();
    }

    @Override
    public List<StoreKey> obsolete() {
      return List.of();
    }

    @Override
    public Optional<String> pointer() {
      return Optional.empty();
    }
  }

  /**
   * A repository without lineage, made by repo-add or what drives it. Nothing of it is verified.
   *
   * @param source the name that its database was read from
   * @param parts what clients fetch now, as far as it is there; always a database
   * @param folder where copies of the parts are kept while names change
   * @param tags the state of every mutable name and of {@code source}, as first seen
   */
  record Foreign(
      StoreKey source,
      Database database,
      Map<Part, Scratch.Spooled> parts,
      StoreKey folder,
      Map<StoreKey, Tag> tags,
      List<StoreKey> obsolete,
      Optional<String> pointer)
      implements Remote {
    public Foreign {
      parts = Map.copyOf(parts);
      tags = Map.copyOf(tags);
      obsolete = List.copyOf(obsolete);
    }
  }

  /**
   * A repository.
   *
   * @param tags the state of every mutable name that exists, as first seen
   * @param unsettled mutable names that do not show the live generation yet
   * @param obsolete names that this repository no longer keeps up to date, in the order of their
   *     removal
   * @param pointer what {@code current} links to, as read; empty if it is not this repository's
   */
  record Live(
      Generation generation,
      Map<StoreKey, Tag> tags,
      List<Names.Mutable> unsettled,
      List<StoreKey> obsolete,
      Optional<String> pointer)
      implements Remote {
    public Live {
      tags = Map.copyOf(tags);
      unsettled = List.copyOf(unsettled);
      obsolete = List.copyOf(obsolete);
    }

    /** Whether every name shows this generation, and none shows an older one. */
    boolean isSettled() {
      return unsettled.isEmpty() && obsolete.isEmpty();
    }

    /** Whether the pointer shows this generation. */
    boolean isPointed() {
      return pointer.equals(Optional.of(Names.generation(generation.id()).value()));
    }
  }
}
