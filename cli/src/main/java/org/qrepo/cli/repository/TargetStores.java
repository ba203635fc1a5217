package org.qrepo.cli.repository;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.cli.Session;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.Location;
import org.qrepo.cli.config.TargetLayout;
import org.qrepo.cli.console.Figures;
import org.qrepo.publish.Store;
import org.qrepo.store.Bandwidth;
import org.qrepo.store.Decorators;
import org.qrepo.store.Retry;
import org.qrepo.store.StoreFactory;
import org.qrepo.store.Stores;
import org.qrepo.store.dav.DavFactory;
import org.qrepo.store.dav.DavSettings;
import org.qrepo.store.s3.S3Factory;
import org.qrepo.store.s3.S3Settings;
import org.qrepo.store.sftp.SftpFactory;
import org.qrepo.store.sftp.SftpSettings;

/** Opens the stores of targets, by what the configuration and this user's surroundings say. */
public final class TargetStores {
  private final Session session;

  public TargetStores(Session session) {
    this.session = session;
  }

  /** Opens a target's store; nobody is contacted yet. */
  public Store open(Config.Target target) {
    return open(target, target.url());
  }

  /**
   * Opens a store at another place of the same target.
   *
   * @param place where it is
   */
  public Store open(Config.Target target, Location place) {
    String scheme = place instanceof Location.Remote remote ? remote.scheme() : "";
    Stores stores =
        switch (scheme) {
          case "sftp" -> with(new SftpFactory(sftp(target.ssh())));
          case "s3" -> bucket(target);
          case "http", "https" -> web(target);
          default -> session.stores();
        };
    return stores.open(address(place), decorators(target.transfers()));
  }

  private Stores with(StoreFactory factory) {
    return session.stores().with(factory);
  }

  private Stores bucket(Config.Target target) {
    if (!target.bucket().conditional()) {
      onlyOne(
          target,
          "conditional-writes is false: only one publisher may write to this bucket",
          "Two at a time undo each other's work; one that sees the other stops, but that is no lock.");
    }
    boolean redirects = target.layout().equals(Optional.of(TargetLayout.REDIRECT));
    S3Settings settings = redirects ? target.bucket().withRedirects() : target.bucket();
    return with(new S3Factory(settings, target.transfers().retries(), this::tell));
  }

  private Decorators decorators(Config.Transfers transfers) {
    return new Decorators(
        transfers.retries(),
        transfers.parallel(),
        transfers.bandwidth().stream().mapToObj(Bandwidth::of).findFirst(),
        this::tell);
  }

  /** Who watches a terminal wants to know why nothing moves. */
  private void tell(Retry retry) {
    String reason = String.valueOf(retry.reason().getMessage()).lines().findFirst().orElse("");
    String text =
        String.format(
            "trying again in %s (%d of %d): %s",
            Figures.time(retry.delay()), retry.attempt(), retry.attempts(), reason);
    if (session.terminal().showsErrors()) {
      session.console().detail(text);
    } else {
      session.console().verbose(text);
    }
  }

  private Stores web(Config.Target target) {
    if (!target.web().dav()) {
      onlyOne(
          target,
          "dav is false: only one publisher may write to this server",
          "A second one is seen by a marker in most cases; two that begin at the same moment may",
          "undo each other's work, and what lies there cannot be listed (prune, adopt).");
    }
    return with(
        new DavFactory(
            DavSettings.standard()
                .withWeb(WebSettings.ofStore(session, target))
                .withCredentials(new WebCredentials(session, target))
                .withTree(target.web().dav())));
  }

  private void onlyOne(Config.Target target, String reason, String... details) {
    session.console().warning(Finding.of("one-publisher-only", target.name(), reason, details));
  }

  /** With the user name, which is not shown. */
  private static String address(Location place) {
    return place instanceof Location.Remote remote ? remote.uri().toString() : place.display();
  }

  private SftpSettings sftp(Config.Ssh ssh) {
    return SftpSettings.of(System.getProperty("user.name", ""), session.home())
        .withAgent(agent())
        .withIdentities(ssh.identityFile().map(List::of).orElse(List.of()))
        .withKnownHosts(ssh.knownHosts().map(List::of).orElse(List.of()))
        .withJump(ssh.jump())
        .withPassphrases(
            file -> session.terminal().readSecret("Passphrase of the key " + file + ": "));
  }

  private Optional<Path> agent() {
    return Optional.of(session.environment().getOrDefault("SSH_AUTH_SOCK", ""))
        .filter(socket -> !socket.isEmpty())
        .map(session::path);
  }
}
