package org.qrepo.store;

/** The calls of a store and of its lock. */
public enum Verb {
  STAT(false),
  OPEN(false),
  LIST(false),
  FOLDERS(false),
  READ_LINK(false),
  PUT_ONCE(true),
  SWAP(true),
  SWAP_LINK(true),
  DELETE(true),
  LOCK(true),
  CONFIRM(false),
  UNLOCK(true);

  private final boolean writes;

  Verb(boolean writes) {
    this.writes = writes;
  }

  /** Whether it leaves, or may leave, something changed in the store. */
  public boolean writes() {
    return writes;
  }
}
