package org.qrepo.cli.client;

import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.Location;
import org.qrepo.cli.keys.PublisherKey;
import org.qrepo.cli.keys.TrustedKeys;
import org.qrepo.client.ClientKey;
import org.qrepo.client.ServerUrl;
import org.qrepo.client.TemplateSource;
import org.qrepo.sign.Certificate;

/** The source of templates that a configured target is for dom0. */
public final class TemplateSources {
  private TemplateSources() {}

  /**
   * The source.
   *
   * @param trusted whose signatures clients are to accept besides the publisher's own
   * @param given where dom0 finds it, if not as configured
   * @throws UsageException if the repository has no name or key, or the target no templates or no
   *     URL for them
   * @throws org.qrepo.RefusedException if dom0 refuses what the publisher signs now
   */
  public static TemplateSource of(
      Session session,
      TrustedKeys trusted,
      Config config,
      Config.Target target,
      Optional<URI> given,
      boolean signedMetadata)
      throws IOException {
    List<ServerUrl> bases = List.of(base(target, given));
    return new TemplateSource(
        DropIns.name(config),
        bases,
        keys(PublisherKey.usable(session, config, Instant.now()), trusted),
        config.repository().release(),
        signedMetadata);
  }

  /** The publisher's own first; what is revoked never. */
  private static List<ClientKey> keys(Certificate own, TrustedKeys trusted) {
    Instant now = Instant.now();
    List<ClientKey> keys = new ArrayList<>(List.of(key(own, now)));
    trusted.certificates().stream()
        .filter(c -> !c.revoked() && !c.fingerprint().equals(own.fingerprint()))
        .map(c -> key(c, now))
        .forEach(keys::add);
    return keys;
  }

  private static ClientKey key(Certificate certificate, Instant now) {
    return new ClientKey(certificate.fingerprint(), certificate.armored(now));
  }

  private static ServerUrl base(Config.Target target, Optional<URI> given) {
    if (target.templates().isEmpty() && given.isEmpty()) {
      throw new UsageException(
          "target " + target.name() + " has no place for templates",
          "Set targets." + target.name() + ".templates in qrepo.yml.");
    }
    String url =
        base(target, target.templates(), given)
            .orElseThrow(
                () ->
                    new UsageException(
                        "nobody knows where dom0 finds the templates",
                        "Give it: --templates-server URL, or targets."
                            + target.name()
                            + ".templates-server in qrepo.yml."));
    try {
      return new ServerUrl(url);
    } catch (IllegalArgumentException e) {
      throw new UsageException("the server of the templates " + e.getMessage());
    }
  }

  /** The URL that clients of this target's templates use, if it is known. */
  public static Optional<String> base(
      Config.Target target, Optional<Location> place, Optional<URI> given) {
    return given
        .or(target::templatesServer)
        .map(Object::toString)
        .or(
            () ->
                place
                    .filter(p -> p instanceof Location.Remote r && r.scheme().startsWith("http"))
                    .map(Location::display));
  }
}
