package org.qrepo.store.ground;

/** How many of its points a sweep over stores tries. */
public enum Extent {
  /** Some that tell most. */
  FEW,
  /** Points of all work on all stores, in an hour or so: {@code -Dqrepo.sweeps=many}. */
  MANY,
  /** Every point, in hours: {@code -Dqrepo.full=true} alone. */
  ALL;

  public static Extent chosen() {
    if (!Boolean.getBoolean("qrepo.full")) {
      return FEW;
    }
    return "many".equals(System.getProperty("qrepo.sweeps")) ? MANY : ALL;
  }
}
