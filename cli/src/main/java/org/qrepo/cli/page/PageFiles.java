package org.qrepo.cli.page;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.alpm.PackageName;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.client.DropIns;
import org.qrepo.cli.client.KeyringPackages;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.Location;
import org.qrepo.cli.keys.PublishedKeys;
import org.qrepo.client.ClientSteps;
import org.qrepo.client.DropIn;
import org.qrepo.client.page.KeyFacts;
import org.qrepo.client.page.LandingPage;
import org.qrepo.client.page.PackageFacts;
import org.qrepo.client.page.Recovery;
import org.qrepo.client.page.RepositoryFacts;
import org.qrepo.client.page.RepositoryJson;
import org.qrepo.client.page.Setup;
import org.qrepo.client.page.TemplateFacts;
import org.qrepo.publish.Companions;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.Generation;
import org.qrepo.publish.RepositoryName;
import org.qrepo.publish.StoreKey;
import org.qrepo.sign.Armoring;
import org.qrepo.sign.Certificate;

/** The files of a repository's landing page: the page, its facts for programs, the certificates. */
public final class PageFiles implements Companions.Author {
  private final RepositoryName name;
  private final Optional<String> description;
  private final URI server;
  private final DropIn dropIn;
  private final PackageName keyring;
  private final PublishedKeys keys;
  private final List<TemplateFacts> templates;
  private final Instant now;

  /**
   * @param templates that dom0 can install
   * @param now for what expires
   * @throws UsageException if it is not known where clients find the repository
   */
  public PageFiles(
      Config config,
      Config.Target target,
      List<TemplateFacts> templates,
      PublishedKeys keys,
      Instant now) {
    this.name = DropIns.name(config);
    this.description = config.repository().description();
    this.server = server(target);
    this.dropIn = DropIns.of(config, target);
    this.keyring = KeyringPackages.identity(config).packageName();
    this.keys = keys;
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

  /** What the old key says of the new one stays with it: gpg may believe it. */
  private byte[] armored() {
    List<Certificate> all = keys.all();
    ByteArrayOutputStream binary = new ByteArrayOutputStream();
    all.forEach(certificate -> binary.writeBytes(certificate.export(now, all)));
    return Armoring.certificates(binary.toByteArray()).getBytes(StandardCharsets.US_ASCII);
  }

  private RepositoryFacts facts(Generation live) {
    ClientSteps steps = new ClientSteps(dropIn, keys.lasting(), keyring);
    URI certificates = below(name + ".asc");
    boolean shipped = live.database().entry(keyring).isPresent();
    return new RepositoryFacts(
        name,
        description,
        List.of(server),
        keys(),
        live.id(),
        live.sequence(),
        live.lineage().time(),
        live.database().entries().stream().map(PackageFacts::of).toList(),
        templates,
        new Setup(setupSteps(), certificates, shipped).steps(),
        keys.changed() ? new Recovery(steps, certificates, shipped).steps() : List.of());
  }

  /** Who starts now needs the old keys too, as long as something may be signed by them. */
  private ClientSteps setupSteps() {
    List<Fingerprint> all = keys.current().stream().map(Certificate::fingerprint).toList();
    return new ClientSteps(dropIn, all, keyring);
  }

  private URI below(String file) {
    String text = server.toASCIIString();
    return URI.create(text + (text.endsWith("/") ? "" : "/") + file);
  }

  private List<KeyFacts> keys() {
    List<KeyFacts> facts = new ArrayList<>();
    keys.current().forEach(c -> facts.add(key(c, KeyFacts.State.CURRENT)));
    keys.next().forEach(c -> facts.add(key(c, KeyFacts.State.NEXT)));
    keys.revoked().forEach(c -> facts.add(key(c, KeyFacts.State.REVOKED)));
    return facts;
  }

  private KeyFacts key(Certificate certificate, KeyFacts.State state) {
    return new KeyFacts(
        certificate.fingerprint(),
        certificate.userIds(now).stream().findFirst().orElse("no name"),
        certificate.expires(now),
        state);
  }
}
