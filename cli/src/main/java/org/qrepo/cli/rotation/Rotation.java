package org.qrepo.cli.rotation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.keys.PublishedKeys;
import org.qrepo.cli.keys.PublisherKey;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.cli.repository.Targets;
import org.qrepo.publish.Fingerprint;
import org.qrepo.sign.Certificate;

/**
 * A change of keys as it stands.
 *
 * @param own the key that signs now
 * @param next the key that will sign
 * @param old keys that are to go: still accepted, and their successor signs
 * @param revoked keys that clients are told to refuse
 */
public record Rotation(
    Certificate own,
    Optional<Certificate> next,
    Set<Fingerprint> old,
    List<Fingerprint> revoked,
    List<TargetKeys> targets) {
  public Rotation {
    old = Set.copyOf(old);
    revoked = List.copyOf(revoked);
    targets = List.copyOf(targets);
  }

  /**
   * Looks at the configuration and at what is published.
   *
   * @param named keys that are to go; none: those that certified the one that signs
   */
  public static Rotation look(Session session, Targets targets, List<Fingerprint> named)
      throws IOException {
    Config config = targets.config();
    Certificate own = PublisherKey.certificate(session, config);
    List<TargetKeys> looks = new ArrayList<>();
    Set<Fingerprint> old = new LinkedHashSet<>();
    Optional<Certificate> next = Optional.empty();
    for (int i = 0; i < targets.count(); i++) {
      try (OpenTarget open = targets.open(i)) {
        PublishedKeys keys = open.keys();
        old.addAll(old(own, keys, named));
        next = keys.next().stream().findFirst();
        Set<Fingerprint> leaving = new LinkedHashSet<>(old);
        leaving.addAll(config.keyring().revoked());
        looks.add(TargetKeys.look(session, config, targets.name(i), open, leaving));
      }
    }
    return new Rotation(own, next, old, config.keyring().revoked(), looks);
  }

  /**
   * The keys that are to go.
   *
   * @throws UsageException if the key that signs is named
   */
  public static Set<Fingerprint> old(Certificate own, PublishedKeys keys, List<Fingerprint> named) {
    Set<Fingerprint> old = new LinkedHashSet<>();
    for (Fingerprint fingerprint : named) {
      old.add(keys.find(fingerprint).map(Certificate::fingerprint).orElse(fingerprint));
    }
    if (named.isEmpty()) {
      keys.previous().forEach(c -> old.add(c.fingerprint()));
    }
    if (!named.isEmpty() && old.contains(own.fingerprint())) {
      throw new UsageException(
          "the key " + own.fingerprint().grouped() + " signs: it cannot go yet",
          "Let the new key sign first: qrepo key rotate status says how.");
    }
    old.remove(own.fingerprint());
    return old;
  }

  /** What is to be done next. */
  public Stage stage() {
    boolean shipped = targets.stream().filter(TargetKeys::published).allMatch(TargetKeys::shipped);
    if (next.isPresent()) {
      boolean offered = targets.stream().anyMatch(TargetKeys::published);
      return shipped && offered ? Stage.SWITCH : Stage.SHIP;
    }
    if (!old.isEmpty()) {
      return dependent().isEmpty() ? Stage.REVOKE : Stage.RESIGN;
    }
    return revoked.isEmpty() || shipped ? Stage.STEADY : Stage.WITHDRAW;
  }

  /** The targets where something depends on keys that are to go. */
  public List<TargetKeys> dependent() {
    return targets.stream().filter(t -> !t.dependent().isEmpty()).toList();
  }
}
