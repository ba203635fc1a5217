package org.qrepo.audit;

/** A dependency that pacman cannot satisfy, and who has it. */
record Missing(Relation dependency, Offer requiredBy) {
  /** What pacman prints. */
  String sentence() {
    return ":: unable to satisfy dependency '" + dependency + "' required by " + requiredBy.name();
  }
}
