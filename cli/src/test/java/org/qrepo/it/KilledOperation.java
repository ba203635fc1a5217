package org.qrepo.it;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A command of the kill sweep, by its words and by what clients are offered before and after it.
 * The repository of a {@link KillGround} has had three generations before.
 */
enum KilledOperation {
  FIRST_PUBLISH("", "a 4-1, b 1-1", "publish a-4-1 b-1-1 --to web"),
  PUBLISH(Offers.OLD, Offers.NEW, "publish a-4-1 b-1-1 --to web"),
  REMOVE(Offers.OLD, "a 3-1, keep 1-1", "remove gone --to web"),
  ROLLBACK(Offers.OLD, "a 1-1, gone 1-1", "rollback web --to-generation FIRST"),
  PROMOTE(Offers.OLD, Offers.NEW, "promote --all --from testing --to web"),
  PRUNE_ANNOUNCES(Offers.OLD, Offers.OLD, "prune web --keep 1 --grace 0"),
  PRUNE_DELETES(Offers.OLD, Offers.OLD, "prune web --keep 1 --grace 0");

  private final String before;
  private final String after;
  private final String words;

  /**
   * @param words a word of the form {@code NAME-VERSION-RELEASE} stands for that package's file,
   *     {@code FIRST} for the first generation
   */
  KilledOperation(String before, String after, String words) {
    this.before = before;
    this.after = after;
    this.words = words;
  }

  /** {@code name version} of each package; none: nothing is published. */
  Set<String> before() {
    return before.isEmpty() ? Set.of() : Set.of(before.split(", ", -1));
  }

  Set<String> after() {
    return Set.of(after.split(", ", -1));
  }

  List<String> words() {
    return List.of(words.split(" ", -1));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** Constants of an enum may not refer to its fields. */
  private static final class Offers {
    static final String OLD = "a 3-1, gone 1-1, keep 1-1";
    static final String NEW = "a 4-1, b 1-1, gone 1-1, keep 1-1";
  }
}
