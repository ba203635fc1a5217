package org.qrepo.publish;

/**
 * What a store can do. Capabilities are data: the engine chooses by them, and adapters hold no
 * policy.
 *
 * @param links symbolic links that are replaced atomically: the pointer layout is possible
 * @param exclusive a lock that keeps other publishers out; without it only {@code conditional}
 *     helps
 * @param conditional {@link Store#swap} is atomic against the expected tag on the server itself
 * @param lists {@link Store#list} and {@link Store#folders} tell what is there; without them nobody
 *     can see what a vacant place holds, or what is left over
 * @param parallelism how many transfers at a time are worth it; at least 1
 */
public record StoreTraits(
    boolean links, boolean exclusive, boolean conditional, boolean lists, int parallelism) {

  /** Of a store that lists, as nearly all do. */
  public StoreTraits(boolean links, boolean exclusive, boolean conditional, int parallelism) {
    this(links, exclusive, conditional, true, parallelism);
  }
}
