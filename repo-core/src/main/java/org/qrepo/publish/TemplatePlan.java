package org.qrepo.publish;

import java.util.List;
import java.util.Optional;
import org.qrepo.rpm.RpmVersion;

/**
 * What a change does to a repository of templates.
 *
 * @param base the live generation that it builds upon
 * @param sequence of the generation that it makes, or of the live one if it makes none
 */
public record TemplatePlan(Optional<GenerationId> base, long sequence, List<Item> items) {
  public TemplatePlan {
    items = List.copyOf(items);
  }

  /** What becomes of one package. */
  public enum Kind {
    /** It is published now. */
    ADDED,
    /** It was in the store, without being listed: it is now. */
    FOUND,
    /** It is published already. */
    PUBLISHED,
    /** It is listed no longer. */
    REMOVED
  }

  /**
   * One package.
   *
   * @param location below the repository
   * @param size in bytes, before it is signed
   */
  public record Item(Kind kind, String name, RpmVersion version, String location, long size) {}

  /** Whether nothing is to be done. */
  public boolean isDone() {
    return base.isPresent() && items.stream().allMatch(item -> item.kind() == Kind.PUBLISHED);
  }
}
