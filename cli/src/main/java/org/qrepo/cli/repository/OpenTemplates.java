package org.qrepo.cli.repository;

import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Location;
import org.qrepo.cli.config.TargetLayout;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.client.TemplateSource;
import org.qrepo.client.page.TemplateFacts;
import org.qrepo.publish.Events;
import org.qrepo.publish.Layout;
import org.qrepo.publish.Pruner;
import org.qrepo.publish.PublicSite;
import org.qrepo.publish.Publisher;
import org.qrepo.publish.Store;
import org.qrepo.publish.TemplateCheck;
import org.qrepo.publish.TemplateHistory;
import org.qrepo.publish.TemplatePublisher;
import org.qrepo.publish.TemplateRepository;
import org.qrepo.repodata.RpmEntry;
import org.qrepo.sign.rpm.RpmVerifier;
import org.qrepo.store.DryRunStore;
import org.qrepo.store.MeteredStore;

/** The place of a target's templates with everything that working on it takes. */
public final class OpenTemplates implements AutoCloseable {
  private final OpenTarget target;
  private final Location place;
  private final Store store;
  private final TemplateRepository repository;

  OpenTemplates(Session session, OpenTarget target, Location place) {
    this.target = target;
    this.place = place;
    this.store = new TargetStores(session).open(target.configured(), place);
    this.repository = new TemplateRepository(target.spec().name(), layout());
  }

  /** A redirecting server for packages says nothing about templates. */
  private Layout layout() {
    boolean plain = target.configured().layout().equals(Optional.of(TargetLayout.PLAIN));
    return store.traits().links() && !plain ? Layout.POINTER : Layout.PLAIN;
  }

  public TemplateRepository repository() {
    return repository;
  }

  /** Where it is, without user info. */
  public String location() {
    return store.location();
  }

  /** Brings the landing page of the packages' target up to date, see {@link FollowingPage}. */
  public Answer renewPage(Console console, ExitCode code) {
    return FollowingPage.renew(console, target, code);
  }

  /** What clients fetch from, as it is configured. */
  public Optional<URI> server() {
    return target.configured().templatesServer();
  }

  /**
   * The engine.
   *
   * @param deep whether the public check looks at every template
   */
  public TemplatePublisher publisher(Events events, boolean deep) {
    return publisher(new MeteredStore(store, events), events, deep);
  }

  /** The engine on a store that refuses to be written to: for plans and dry runs. */
  public TemplatePublisher planner(Events events) {
    return publisher(new DryRunStore(store), events, false);
  }

  private TemplatePublisher publisher(Store on, Events events, boolean deep) {
    RpmVerifier judge = new RpmVerifier(target.verifier());
    Publisher.Settings settings = target.settings(on, deep);
    return new TemplatePublisher(
        repository,
        on,
        target.verifier(),
        (name, headers) -> judge.verify(name, headers).findings(),
        target::signer,
        site(),
        target.seen(),
        events,
        settings);
  }

  /** The repository and its chain, to be read, and to be repaired. */
  public TemplateHistory history(Events events) {
    return new TemplateHistory(repository, store, target.verifier(), target.seen(), events);
  }

  /**
   * Finishes what a publisher began.
   *
   * @return whether anything was to be mended
   */
  public boolean repair(Events events) throws IOException {
    return history(events).repair(target.settings(store, false).lockPatience());
  }

  /** Deletes what nothing needs any more. */
  public Pruner pruner(Events events) {
    Publisher.Settings settings = target.settings(store, false);
    return Pruner.ofTemplates(
        repository,
        store,
        target.verifier(),
        target.seen(),
        events,
        new Pruner.Settings(settings.scratch(), InstantSource.system(), settings.lockPatience()));
  }

  /**
   * The newest of each template, with the command that installs it.
   *
   * @throws org.qrepo.RefusedException if what is there does not verify
   */
  public List<TemplateFacts> facts() throws IOException {
    Map<String, RpmEntry> newest = new LinkedHashMap<>();
    history(Events.NONE)
        .live()
        .ifPresent(live -> live.packages().entries().forEach(e -> newest.put(e.name(), e)));
    return newest.values().stream().map(this::facts).toList();
  }

  private TemplateFacts facts(RpmEntry entry) {
    String name = TemplateWords.name(entry.name());
    return new TemplateFacts(
        name,
        entry.version().toString(),
        entry.size(),
        Optional.of(entry.built()),
        server().map(base -> URI.create(withSlash(base) + entry.location())),
        TemplateSource.install(repository.name(), name));
  }

  private static String withSlash(URI base) {
    return base.toString().endsWith("/") ? base.toString() : base + "/";
  }

  /** Whether this publisher knows of templates that were published there. */
  public boolean wasPublished() throws IOException {
    return TemplateHistory.wasSeen(repository, store, target.seen());
  }

  /** Whether it is known where strangers fetch. */
  public boolean isPublic() {
    return site().isPresent();
  }

  /**
   * Looks at the public side.
   *
   * @param packages which of them are fetched, by location
   */
  public TemplateCheck.Report check(Predicate<String> packages) throws IOException {
    PublicSite site =
        site()
            .orElseThrow(
                () ->
                    new UsageException(
                        location() + " has no public URL to look at",
                        "Give it: targets." + target.configured().name() + ".templates-server."));
    return new TemplateCheck(repository.name(), site, target.verifier())
        .run(Optional.empty(), packages);
  }

  private Optional<PublicSite> site() {
    return target.site(server(), place);
  }

  @Override
  public void close() throws IOException {
    store.close();
  }
}
