package org.qrepo.store;

import java.util.Optional;
import java.util.OptionalInt;
import org.qrepo.publish.Store;

/**
 * The decorators that the store of a target lies behind. This is the one place that says which
 * there are, and in what order; from the outside in:
 *
 * <ol>
 *   <li>{@link DryRunStore} or {@link MeteredStore}, which belong to what is done with the store
 *       and are put on by who does it: a dry run ends before anything is waited for or repeated,
 *       and progress is told of what the user sees, with its setbacks.
 *   <li>{@link RetryingStore}: outside of the limits, so that who waits for a server holds no turn,
 *       and what is sent again counts as sent. A store whose factory {@link
 *       StoreFactory#repeatsRequests repeats requests} has none: it tries again what failed, one
 *       part of a file say, and to try again the whole around it would multiply the attempts.
 *   <li>{@link BoundedStore}: the turns. Outside of the bandwidth, so that what has not begun takes
 *       no share of it.
 *   <li>{@link BandwidthStore}: next to the store, for it counts bytes as they are sent.
 *   <li>What {@link Stores#behind} was given: {@link RecordingStore}, and in tests the faults that
 *       a server could make.
 *   <li>What a factory puts around its own stores: {@link ClaimingStore} around those that can keep
 *       no second publisher out.
 * </ol>
 *
 * @param parallel how many objects are written at a time; empty: what the store finds worth it
 * @param bandwidth of all writes together
 * @param listener hears of what is tried again
 */
public record Decorators(
    RetryPolicy retries,
    OptionalInt parallel,
    Optional<Bandwidth> bandwidth,
    Retry.Listener listener) {
  /** Retries as they come, no limits. */
  public static Decorators standard(Retry.Listener listener) {
    return new Decorators(RetryPolicy.STANDARD, OptionalInt.empty(), Optional.empty(), listener);
  }

  /**
   * @param repeatsRequests whether the store tries again by itself
   */
  Store around(Store store, boolean repeatsRequests) {
    Store decorated = store;
    if (bandwidth.isPresent()) {
      decorated = new BandwidthStore(decorated, bandwidth.get());
    }
    if (parallel.isPresent()) {
      decorated = new BoundedStore(decorated, parallel.getAsInt());
    }
    return repeatsRequests ? decorated : new RetryingStore(decorated, retries, listener);
  }
}
