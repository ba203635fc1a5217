package org.qrepo.it;

/**
 * Where a process dies.
 *
 * @param call the number of the call to its stores, from 1
 */
record KillPoint(int call, CallSignal.Moment moment) {
  @Override
  public String toString() {
    return moment.name().toLowerCase(java.util.Locale.ROOT) + " call " + call;
  }
}
