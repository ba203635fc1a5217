package org.qrepo.cli.page;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.qrepo.alpm.PackageName;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.Location;
import org.qrepo.client.page.Instruction;
import org.qrepo.client.page.KeyFacts;
import org.qrepo.client.page.LandingPage;
import org.qrepo.client.page.PackageFacts;
import org.qrepo.client.page.RepositoryFacts;
import org.qrepo.client.page.RepositoryJson;
import org.qrepo.client.page.Setup;
import org.qrepo.client.page.TemplateFacts;
import org.qrepo.publish.Companions;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.Generation;
import org.qrepo.publish.RepositoryName;
import org.qrepo.publish.StoreKey;
import org.qrepo.sign.Certificate;

/** The files of a repository's landing page: the page, its facts for programs, the certificates. */
public final class PageFiles implements Companions.Author {
  private final RepositoryName name;
  private final Optional<String> description;
  private final URI server;
  private final List<Certificate> certificates;
  private final List<TemplateFacts> templates;
  private final Instant now;

  /**
   * @param templates that dom0 can install
   * @param certificates whose signatures clients are to accept, or once did
   * @param now for what expires
   * @throws UsageException if it is not known where clients find the repository
   */
  public PageFiles(
      RepositoryName name,
      Optional<String> description,
      Config.Target target,
      List<TemplateFacts> templates,
      List<Certificate> certificates,
      Instant now) {
    this.name = name;
    this.description = description;
    this.server = server(target);
    this.certificates =
        certificates.stream()
            .sorted(Comparator.comparing(Certificate::revoked).thenComparing(Certificate::created))
            .toList();
    this.templates = List.copyOf(templates);
    this.now = now;
  }

  private static URI server(Config.Target target) {
    return target
        .server()
        .or(() -> readable(target.url()))
        .orElseThrow(
            () ->
                new UsageException(
                    "a page has to say where clients find the repository",
                    "Give it: --server URL, or targets." + target.name() + ".server."));
  }

  private static Optional<URI> readable(Location url) {
    return url instanceof Location.Remote remote && remote.scheme().startsWith("http")
        ? Optional.of(remote.uri())
        : Optional.empty();
  }

  @Override
  public Map<StoreKey, byte[]> files(Generation live) {
    RepositoryFacts facts = facts(live);
    Map<StoreKey, byte[]> files = new LinkedHashMap<>();
    files.put(new StoreKey(facts.keyFile()), armored());
    files.put(new StoreKey(RepositoryJson.FILE_NAME), RepositoryJson.of(facts));
    files.put(new StoreKey(LandingPage.FILE_NAME), LandingPage.of(facts));
    return files;
  }

  private byte[] armored() {
    return certificates.stream()
        .map(certificate -> certificate.armored(now))
        .collect(Collectors.joining())
        .getBytes(StandardCharsets.US_ASCII);
  }

  private RepositoryFacts facts(Generation live) {
    return new RepositoryFacts(
        name,
        description,
        List.of(server),
        certificates.stream().map(this::key).toList(),
        live.id(),
        live.sequence(),
        live.lineage().time(),
        live.database().entries().stream().map(PackageFacts::of).toList(),
        templates,
        setup(live),
        List.of());
  }

  private KeyFacts key(Certificate certificate) {
    return new KeyFacts(
        certificate.fingerprint(),
        certificate.userIds(now).stream().findFirst().orElse("no name"),
        certificate.expires(now),
        certificate.revoked() ? KeyFacts.State.REVOKED : KeyFacts.State.CURRENT);
  }

  private List<Instruction> setup(Generation live) {
    List<Fingerprint> keys =
        certificates.stream().filter(c -> !c.revoked()).map(Certificate::fingerprint).toList();
    PackageName keyring = new PackageName(name + "-keyring");
    return new Setup(
            name,
            List.of(server),
            keys,
            live.database().entry(keyring).isPresent() ? Optional.of(keyring) : Optional.empty())
        .steps();
  }
}
