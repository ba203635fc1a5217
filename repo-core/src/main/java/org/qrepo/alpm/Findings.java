package org.qrepo.alpm;

import java.util.ArrayList;
import java.util.List;
import org.qrepo.Finding;
import org.qrepo.RefusedException;

/** Collects what is wrong with one input, so that all of it can be told at once. */
final class Findings {
  /** A hostile input may be wrong in a million places; this many are told. */
  private static final int MAX = 20;

  private final List<Finding> list = new ArrayList<>();

  void add(Finding finding) {
    if (list.size() < MAX) {
      list.add(finding);
    }
  }

  /**
   * @throws RefusedException if anything was added
   */
  void refuseIfAny() {
    if (!list.isEmpty()) {
      throw new RefusedException(list);
    }
  }
}
