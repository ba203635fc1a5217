package org.qrepo.client.page;

import java.time.Instant;
import java.util.Optional;
import org.qrepo.publish.Fingerprint;

/**
 * A key of a repository.
 *
 * @param owner the user ID, as the key has it
 * @param expires when it does; empty: never
 */
public record KeyFacts(
    Fingerprint fingerprint, String owner, Optional<Instant> expires, State state) {
  /** What a key is to clients. */
  public enum State {
    /** Its signatures are accepted. */
    CURRENT,
    /** It is trusted ahead of its first signature. */
    NEXT,
    /** Its signatures are refused. */
    REVOKED
  }
}
