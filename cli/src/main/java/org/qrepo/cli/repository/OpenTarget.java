package org.qrepo.cli.repository;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qrepo.alpm.Architecture;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.Location;
import org.qrepo.cli.config.TargetLayout;
import org.qrepo.cli.keys.PublishedKeys;
import org.qrepo.cli.keys.SigningKeys;
import org.qrepo.cli.keys.TrustedKeys;
import org.qrepo.cli.page.PageFiles;
import org.qrepo.client.page.TemplateFacts;
import org.qrepo.parcel.ParcelMaker;
import org.qrepo.parcel.Reception;
import org.qrepo.publish.Companions;
import org.qrepo.publish.Events;
import org.qrepo.publish.Excerpt;
import org.qrepo.publish.History;
import org.qrepo.publish.Layout;
import org.qrepo.publish.Mirror;
import org.qrepo.publish.Pause;
import org.qrepo.publish.Promotion;
import org.qrepo.publish.Pruner;
import org.qrepo.publish.PublicCheck;
import org.qrepo.publish.PublicSite;
import org.qrepo.publish.Publisher;
import org.qrepo.publish.Repairer;
import org.qrepo.publish.RepositorySpec;
import org.qrepo.publish.SeenDirectory;
import org.qrepo.publish.SeenGenerations;
import org.qrepo.publish.Signer;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.Verifier;
import org.qrepo.store.DryRunStore;
import org.qrepo.store.MeteredStore;
import org.qrepo.store.Sites;
import org.qrepo.store.http.HttpSettings;
import org.qrepo.store.local.LocalStore;

/** A target with everything that working on its repository takes; opening it contacts nobody. */
public final class OpenTarget implements AutoCloseable {
  private static final int ATTEMPTS = 8;

  private final Session session;
  private final RepositoryFlags flags;
  private final Config.Target target;
  private final SigningKeys keys;
  private final Config config;
  private final InstantSource clock;
  private final Store store;
  private final RepositorySpec spec;
  private final TrustedKeys trusted;
  private final Verifier verifier;
  private @Nullable Signer signer;

  private OpenTarget(
      Session session,
      RepositoryFlags flags,
      Config.Target target,
      SigningKeys keys,
      TrustedKeys trusted,
      Config config,
      InstantSource clock,
      Store store,
      RepositorySpec spec) {
    this.session = session;
    this.flags = flags;
    this.target = target;
    this.keys = keys;
    this.trusted = trusted;
    this.verifier = trusted.verifier();
    this.config = config;
    this.clock = clock;
    this.store = store;
    this.spec = spec;
  }

  /** Opens a target of a configuration. */
  static OpenTarget open(
      Session session, RepositoryFlags flags, Config config, Config.Target target)
      throws IOException {
    InstantSource clock = clock(session);
    SigningKeys keys = flags.signing(session, config, clock);
    TrustedKeys trusted = flags.trusted(session, config);
    Store store = new TargetStores(session).open(target);
    return new OpenTarget(
        session, flags, target, keys, trusted, config, clock, store, spec(config, target, store));
  }

  /** {@code SOURCE_DATE_EPOCH} makes the bytes of a publish the same each time. */
  private static InstantSource clock(Session session) {
    return session.sourceDate().map(InstantSource::fixed).orElse(InstantSource.system());
  }

  private static RepositorySpec spec(Config config, Config.Target target, Store store) {
    Config.Repository repository = config.repository();
    Optional<Architecture> architecture = Optional.of(repository.architecture());
    return new RepositorySpec(
        repository
            .name()
            .orElseThrow(
                () ->
                    new UsageException(
                        "the repository has no name",
                        "Give it: --name N, or repository.name in qrepo.yml.")),
        architecture,
        layout(target, store),
        repository.compression(),
        repository.desc(),
        repository.aliases(),
        target.layout().equals(Optional.of(TargetLayout.REDIRECT)) && !target.isBucket());
  }

  /** A redirecting server follows the same pointer; in a bucket each name redirects by itself. */
  private static Layout layout(Config.Target target, Store store) {
    boolean links = store.traits().links();
    return target
        .layout()
        .map(
            l ->
                switch (l) {
                  case PLAIN -> Layout.PLAIN;
                  case POINTER -> Layout.POINTER;
                  case REDIRECT -> target.isBucket() ? Layout.PLAIN : Layout.POINTER;
                })
        .orElse(links ? Layout.POINTER : Layout.PLAIN);
  }

  public RepositorySpec spec() {
    return spec;
  }

  /** As it is configured. */
  public Config.Target configured() {
    return target;
  }

  /** Whose signatures count here. */
  public Verifier verifier() {
    return verifier;
  }

  /** Where its bytes are kept. */
  public Store store() {
    return store;
  }

  /** Where it is, without user info. */
  public String location() {
    return store.location();
  }

  /**
   * The engine for this target.
   *
   * @param deep whether the public check looks at every package
   */
  public Publisher publisher(Events events, boolean deep) {
    return publisher(new MeteredStore(store, events), events, deep);
  }

  /** The engine on a store that refuses to be written to: for plans and dry runs. */
  public Publisher planner(Events events) {
    return publisher(new DryRunStore(store), events, false);
  }

  private Publisher publisher(Store on, Events events, boolean deep) {
    return new Publisher(
        spec, on, verifier, this::signer, site(), seen(), events, settings(on, deep));
  }

  /** How engines work on one of its stores. */
  Publisher.Settings settings(Store on, boolean deep) {
    return new Publisher.Settings(
        scratch(), clock, Pause.REAL, flags.lockPatience(), ATTEMPTS, parallelism(on), deep);
  }

  /** The key is opened once, when the first signature is needed. */
  public synchronized Signer signer() {
    if (signer == null) {
      try {
        signer = keys.openResumable();
        trusted.endingSoon(signer.certificate(), Instant.now()).forEach(session.console()::warning);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return signer;
  }

  /** The repository as one that packages are promoted from. */
  public Promotion.Source source() {
    return new Promotion.Source(spec, store, seen());
  }

  /** The repository and its chain, to be read. */
  public History history() {
    return new History(spec, store, verifier, seen(), scratch());
  }

  /** Finishes what a publisher began. */
  public Repairer repairer(Events events) {
    return new Repairer(spec, store, verifier, seen(), events, scratch(), flags.lockPatience());
  }

  /** Deletes what nothing needs any more. */
  public Pruner pruner(Events events) {
    return new Pruner(
        spec,
        store,
        verifier,
        seen(),
        events,
        new Pruner.Settings(scratch(), InstantSource.system(), flags.lockPatience()));
  }

  /**
   * Copies this repository to another target.
   *
   * @param depth how many generations before the live one are copied
   * @param deep whether the public check looks at every package
   */
  public Mirror mirrorTo(OpenTarget destination, Events events, int depth, boolean deep) {
    return new Mirror(
        new Mirror.End(spec, store),
        new Mirror.End(destination.spec, new MeteredStore(destination.store, events)),
        verifier,
        destination.site(),
        seen(),
        events,
        new Mirror.Settings(
            scratch(),
            Pause.REAL,
            flags.lockPatience(),
            ATTEMPTS,
            destination.parallelism(),
            depth,
            deep));
  }

  /** Takes what is new out of this repository. */
  public Excerpt excerpt(Events events) {
    return new Excerpt(spec, store, verifier, seen(), events, scratch(), parallelism());
  }

  /** Makes parcels, signed with this target's key. */
  public ParcelMaker parcels(Events events) {
    return new ParcelMaker(LocalStore::new, verifier, this::signer, clock, events);
  }

  /**
   * Publishes what parcels bring.
   *
   * @param called what the user calls this target
   * @param deep whether the public check looks at every package
   */
  public Reception reception(String called, Events events, boolean deep) {
    return new Reception(
        new Mirror.End(spec, store),
        called,
        verifier,
        site(),
        seen(),
        events,
        new Mirror.Settings(
            scratch(),
            Pause.REAL,
            flags.lockPatience(),
            ATTEMPTS,
            parallelism(),
            Integer.MAX_VALUE,
            deep));
  }

  /** What clients are told of the keys. */
  public PublishedKeys keys() throws IOException {
    return PublishedKeys.of(config, trusted);
  }

  /** The landing page of this repository, as its configuration wants it. */
  public PageFiles pageFiles() throws IOException {
    return new PageFiles(config, target, templateFacts(), keys(), clock.instant());
  }

  /** The newest of each template, as the page shows it. */
  private List<TemplateFacts> templateFacts() throws IOException {
    Optional<OpenTemplates> place = templates();
    if (place.isEmpty()) {
      return List.of();
    }
    try (OpenTemplates templates = place.get()) {
      return templates.facts();
    }
  }

  /**
   * Brings the landing page beside the repository up to date.
   *
   * @return the files that were written
   */
  public List<StoreKey> renewPage() throws IOException {
    return new Companions(spec, store, verifier, seen(), scratch(), flags.lockPatience())
        .update(pageFiles());
  }

  /** Looks at the public side. */
  public PublicCheck.Report check(PublicCheck.Depth depth) throws IOException {
    PublicSite site =
        site()
            .orElseThrow(
                () ->
                    new UsageException(
                        location() + " has no public URL to look at",
                        "Give it: --server URL, or targets." + target.name() + ".server."));
    return new PublicCheck(spec, site, verifier)
        .run(Optional.empty(), depth, scratch(), parallelism());
  }

  /** Where strangers fetch: the configured URL, or the place itself if it is a directory here. */
  private Optional<PublicSite> site() {
    return site(target.server(), target.url());
  }

  /** Where strangers fetch what lies at a place of this target. */
  Optional<PublicSite> site(Optional<URI> server, Location place) {
    return server
        .map(Object::toString)
        .or(() -> isHere(place) ? Optional.of(place.display()) : Optional.empty())
        .map(url -> Sites.open(url, WebSettings.of(session, target, url)));
  }

  private static boolean isHere(Location place) {
    return place instanceof Location.Directory;
  }

  /** The place of its templates, if it has one. */
  public Optional<OpenTemplates> templates() {
    return target.templates().map(place -> new OpenTemplates(session, this, place));
  }

  /** How web servers are reached from here. */
  public HttpSettings http() {
    return WebSettings.of(session);
  }

  SeenGenerations seen() {
    return new SeenDirectory(session.stateDirectory().resolve("seen"));
  }

  static Path scratch() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  private int parallelism() {
    return parallelism(store);
  }

  private static int parallelism(Store store) {
    return Math.max(Runtime.getRuntime().availableProcessors(), store.traits().parallelism());
  }

  @Override
  public synchronized void close() throws IOException {
    if (signer != null) {
      signer.close();
    }
    store.close();
  }
}
