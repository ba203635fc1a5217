package org.qrepo.publish;

/** Another publisher changed the repository between reading it and committing to it. */
final class SupersededException extends Exception {
  private static final long serialVersionUID = 1L;

  SupersededException(String message) {
    super(message);
  }
}
