package org.qrepo.publish;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a prune did, or would do.
 *
 * @param live the generation that clients see; empty if nothing is published
 * @param kept how many generations stay, the live one among them
 * @param deleted what is gone
 * @param announced what the next prune may delete
 * @param due when what is announced may be deleted, by the server's clock; empty if nothing is
 */
public record PruneReport(
    Outcome outcome,
    String location,
    Optional<GenerationId> live,
    int kept,
    Batch deleted,
    Batch announced,
    Optional<Instant> due) {
  /** What kind of run it was. */
  public enum Outcome {
    /** Everything that is there is kept. */
    NOTHING,
    /** Something was announced, nothing deleted. */
    ANNOUNCED,
    /** What was announced before must wait; nothing was written. */
    WAITING,
    /** What was announced before is deleted, as far as it is still not needed. */
    DELETED
  }

  /**
   * Some generations and packages.
   *
   * @param generations in order
   * @param packages their names in the store, in order, without those of their signatures
   * @param bytes of what is in the store of it, signatures and databases too
   */
  public record Batch(List<GenerationId> generations, List<StoreKey> packages, long bytes) {
    /** Nothing. */
    public static final Batch NONE = new Batch(List.of(), List.of(), 0);

    public Batch {
      generations = List.copyOf(generations);
      packages = List.copyOf(packages);
    }

    public boolean isEmpty() {
      return generations.isEmpty() && packages.isEmpty();
    }
  }
}
