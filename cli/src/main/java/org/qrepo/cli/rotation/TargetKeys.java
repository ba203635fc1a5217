package org.qrepo.cli.rotation;

import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.qrepo.cli.Session;
import org.qrepo.cli.client.KeyringPackages;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.client.KeyringPackage;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.publish.Dependence;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.Generation;
import org.qrepo.publish.StoreKey;

/**
 * What one target says of the keys.
 *
 * @param target what the user calls it
 * @param published whether there is a repository
 * @param shipped whether its keyring package holds the keys as they are configured
 * @param since when that keyring package was made
 * @param dependent packages and databases that count only as long as clients trust keys that are to
 *     go
 */
public record TargetKeys(
    String target,
    boolean published,
    boolean shipped,
    Optional<Instant> since,
    List<StoreKey> dependent) {
  public TargetKeys {
    dependent = List.copyOf(dependent);
  }

  static TargetKeys look(
      Session session,
      Config config,
      String called,
      OpenTarget open,
      Collection<Fingerprint> leaving)
      throws IOException {
    Optional<Generation> live = open.history().live();
    if (live.isEmpty()) {
      return new TargetKeys(called, false, false, Optional.empty(), List.of());
    }
    KeyringPackages keyrings = KeyringPackages.of(session, config);
    KeyringPackage keyring = keyrings.of(open.configured());
    boolean shipped = !keyrings.after(live.get().database(), keyring).fresh();
    Optional<DatabaseEntry> entry =
        live.get().database().entry(keyring.identity().packageName()).filter(e -> shipped);
    List<StoreKey> dependent =
        leaving.isEmpty()
            ? List.of()
            : new Dependence(open.store(), open.verifier(), leaving)
                .of(open.spec().name(), live.get());
    return new TargetKeys(
        called,
        true,
        shipped,
        entry.filter(e -> e.buildDate() > 0).map(e -> Instant.ofEpochSecond(e.buildDate())),
        dependent);
  }
}
