package org.qrepo.store.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.qrepo.store.TargetException;

/**
 * Which proxy a request goes through, with the meaning that the environment variables of these
 * names have for curl, and so for pacman.
 *
 * @param http for {@code http://}: {@code http://HOST:PORT}, port 1080 by default
 * @param https for {@code https://}
 * @param except hosts that are reached directly: a name stands for itself and all names below it,
 *     {@code *} for all
 */
public record Proxies(Optional<URI> http, Optional<URI> https, List<String> except) {
  public static final Proxies NONE = new Proxies(Optional.empty(), Optional.empty(), List.of());

  private static final int DEFAULT_PORT = 1080;

  public Proxies {
    http.ifPresent(Proxies::check);
    https.ifPresent(Proxies::check);
    except = List.copyOf(except);
  }

  /** Reads what people write: {@code http://host:3128}, {@code host:3128}, nothing for no proxy. */
  public static Proxies parse(String http, String https, String except) {
    List<String> hosts =
        List.of(except.split(",", -1)).stream()
            .map(String::strip)
            .filter(h -> !h.isEmpty())
            .toList();
    return new Proxies(uri(http), uri(https), hosts);
  }

  /** The proxy for a request; empty: none. */
  Optional<InetSocketAddress> choose(URI uri) {
    String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
    if (except.stream().anyMatch(name -> covers(name.toLowerCase(Locale.ROOT), host))) {
      return Optional.empty();
    }
    Optional<URI> proxy = "https".equalsIgnoreCase(uri.getScheme()) ? https : http;
    return proxy.map(
        p -> new InetSocketAddress(p.getHost(), p.getPort() < 0 ? DEFAULT_PORT : p.getPort()));
  }

  ProxySelector selector() {
    return new ProxySelector() {
      @Override
      public List<Proxy> select(URI uri) {
        return List.of(choose(uri).map(a -> new Proxy(Proxy.Type.HTTP, a)).orElse(Proxy.NO_PROXY));
      }

      @Override
      public void connectFailed(URI uri, SocketAddress address, IOException e) {
        // The request itself fails with the same exception.
      }
    };
  }

  private static boolean covers(String name, String host) {
    String bare = name.startsWith(".") ? name.substring(1) : name;
    return bare.equals("*") || host.equals(bare) || host.endsWith("." + bare);
  }

  private static Optional<URI> uri(String text) {
    if (text.isBlank()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          URI.create(text.contains("://") ? text.strip() : "http://" + text.strip()));
    } catch (IllegalArgumentException e) {
      throw new TargetException("the proxy is not written as http://HOST:PORT");
    }
  }

  private static void check(URI proxy) {
    if (!"http".equalsIgnoreCase(proxy.getScheme()) || proxy.getHost() == null) {
      throw new TargetException("the proxy is not written as http://HOST:PORT");
    }
    if (proxy.getUserInfo() != null) {
      throw new TargetException(
          "a proxy that asks for a password is not supported: " + proxy.getHost());
    }
  }
}
