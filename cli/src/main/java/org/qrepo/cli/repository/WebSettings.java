package org.qrepo.cli.repository;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.qrepo.cli.Session;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.Location;
import org.qrepo.store.http.HttpSettings;
import org.qrepo.store.http.Proxies;
import org.qrepo.store.http.TlsFiles;

/** How web servers are reached, by this user's environment and what a target says. */
public final class WebSettings {
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final Duration IDLE = Duration.ofSeconds(60);

  private WebSettings() {}

  /** Any server, as a stranger. */
  public static HttpSettings of(Session session) {
    Map<String, String> environment = session.environment();
    return HttpSettings.standard()
        .withProxies(
            Proxies.parse(
                variable(environment, "http_proxy"),
                variable(environment, "https_proxy"),
                variable(environment, "no_proxy")));
  }

  /** What clients fetch from; a host that is the store's, too, has a certificate of the same CA. */
  static HttpSettings of(Session session, Config.Target target, String server) {
    boolean same =
        target.url() instanceof Location.Remote remote
            && remote.uri().getHost() != null
            && remote.uri().getHost().equalsIgnoreCase(host(server));
    return same ? trusting(of(session), tls(session, target.web(), false)) : of(session);
  }

  /**
   * The server that takes files.
   *
   * @throws org.qrepo.store.TargetException if a file of certificates cannot be used
   */
  static HttpSettings ofStore(Session session, Config.Target target) {
    return trusting(of(session).withTimeouts(CONNECT, IDLE), tls(session, target.web(), true));
  }

  private static HttpSettings trusting(HttpSettings settings, TlsFiles files) {
    Optional<SSLContext> tls = files.context();
    return tls.isPresent() ? settings.withTls(tls.get()) : settings;
  }

  private static TlsFiles tls(Session session, Config.Web web, boolean ours) {
    return new TlsFiles(
        web.caFile(),
        web.certificate().filter(file -> ours),
        web.key().filter(file -> ours),
        file -> session.terminal().readSecret("Passphrase of the key " + file + ": "));
  }

  private static String host(String server) {
    return String.valueOf(URI.create(server).getHost());
  }

  /** Proxies are named in small letters or capitals. */
  private static String variable(Map<String, String> environment, String name) {
    String small = environment.getOrDefault(name, "");
    return small.isEmpty() ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "") : small;
  }
}
