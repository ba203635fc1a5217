package org.qrepo.store.http;

import java.util.Optional;

/** Knows who publishes on which server. */
@FunctionalInterface
public interface CredentialSource {
  /** Knows nobody. */
  CredentialSource NONE = (host, user) -> Optional.empty();

  /**
   * What to say to a server; asked for when the first request is made.
   *
   * @param host as the URL has it
   * @param user the user name of the URL; empty: it has none
   * @throws org.qrepo.store.TargetException if what should say it cannot be read
   */
  Optional<Authorization> of(String host, Optional<String> user);

  /** This source, and where it knows nobody another one. */
  default CredentialSource or(CredentialSource other) {
    return (host, user) -> of(host, user).or(() -> other.of(host, user));
  }
}
