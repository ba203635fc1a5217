package org.qrepo;

/** How often tests with generated input repeat. */
public final class FuzzRounds {
  private FuzzRounds() {}

  /**
   * The number that a test has in an ordinary build, or what {@code -Dqrepo.fuzz.rounds=N} says if
   * that is more, as {@code ./check --full} does.
   */
  public static int atLeast(int usual) {
    return Math.max(usual, Integer.getInteger("qrepo.fuzz.rounds", 0));
  }
}
