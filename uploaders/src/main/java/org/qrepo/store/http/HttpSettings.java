package org.qrepo.store.http;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How web servers are reached.
 *
 * @param connectTimeout how long a connection may take to be made
 * @param idleTimeout how long a server may send nothing, before its answer or within it
 * @param proxies which proxies to go through
 * @param tls the certificates to trust; empty: those of this Java
 * @param userAgent how requests name their sender
 */
public record HttpSettings(
    Duration connectTimeout,
    Duration idleTimeout,
    Proxies proxies,
    Optional<SSLContext> tls,
    String userAgent) {

  /** Ten seconds to connect, thirty of silence, no proxy, the certificates of this Java. */
  public static HttpSettings standard() {
    return new HttpSettings(
        Duration.ofSeconds(10), Duration.ofSeconds(30), Proxies.NONE, Optional.empty(), "qrepo");
  }

  /** A client that speaks HTTP/1.1, keeps no cookies, and follows no redirect by itself. */
  public HttpClient client() {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(connectTimeout)
            .proxy(proxies.selector());
    tls.ifPresent(builder::sslContext);
    return builder.build();
  }

  public HttpSettings withProxies(Proxies others) {
    return new HttpSettings(connectTimeout, idleTimeout, others, tls, userAgent);
  }

  public HttpSettings withTimeouts(Duration connect, Duration idle) {
    return new HttpSettings(connect, idle, proxies, tls, userAgent);
  }

  public HttpSettings withTls(SSLContext context) {
    return new HttpSettings(connectTimeout, idleTimeout, proxies, Optional.of(context), userAgent);
  }

  public HttpSettings withUserAgent(String name) {
    return new HttpSettings(connectTimeout, idleTimeout, proxies, tls, name);
  }
}
