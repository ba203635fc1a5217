package org.qrepo.store.lease;

import org.qrepo.publish.LockedException;
import org.qrepo.publish.StoreException;

/** A publisher's claim to a repository, written on the server. Called by one thread at a time. */
public interface Claim {
  /** Tries once to have it; false if another has it, or was faster. */
  boolean take() throws StoreException;

  /** Gives a sign by the server's clock; false if the claim is no longer this publisher's. */
  boolean renew() throws StoreException;

  /**
   * Removes it, or what a try to take it left that was broken off; nothing if it is another's by
   * now, or was never taken.
   */
  void giveUp() throws StoreException;

  /** Who has it, for the one who waited in vain. */
  LockedException refusal() throws StoreException;

  /** False once its store is closed: then it ends by itself. */
  boolean isReachable();

  /** Where it is, for messages. */
  String place();
}
