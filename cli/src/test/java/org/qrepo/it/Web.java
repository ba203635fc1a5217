package org.qrepo.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.qrepo.cli.serve.TreeServer;

/** A tree behind a web server, as an administrator would set it up with what qrepo prints. */
record Web(String url, AutoCloseable server) implements AutoCloseable {
  /** Below the host, as most repositories are. */
  static final String PATH = "/pkgs.x/r4";

  private static final String HTACCESS =
      """
      Alias "%s" "%s"
      <Directory "%s">
          Require all granted
          Options FollowSymLinks
          AllowOverride FileInfo
      </Directory>
      """;

  /** Which server, and how it is set up. */
  enum Kind {
    /** nginx with nothing but a root. */
    NGINX_ALONE,
    /** {@code qrepo serve}. */
    SERVE,
    /** nginx with what {@code qrepo client server nginx} prints. */
    NGINX,
    /** Apache with what {@code qrepo client server apache} prints. */
    APACHE,
    /** Apache with nothing but the {@code .htaccess} that qrepo publishes. */
    HTACCESS;

    /** The servers that are set up to answer as clients and caches want it. */
    static Stream<Kind> configured() {
      return Stream.of(SERVE, NGINX, APACHE);
    }

    boolean redirects() {
      return this != NGINX_ALONE;
    }
  }

  /**
   * Starts one.
   *
   * @param home a folder to make, for its configuration and logs
   * @param repository its name
   */
  static Web start(Kind kind, QrepoCli qrepo, Path home, Path tree, String repository) {
    return switch (kind) {
      case NGINX_ALONE -> of(Nginx.serve(home, tree));
      case SERVE -> serve(tree);
      case NGINX -> {
        Nginx nginx = Nginx.start(home, snippet(qrepo, "nginx", tree, repository));
        yield new Web(nginx.url() + PATH, nginx);
      }
      case APACHE -> {
        Apache apache = Apache.start(home, snippet(qrepo, "apache", tree, repository));
        yield new Web(apache.url() + PATH, apache);
      }
      case HTACCESS -> {
        Apache apache = Apache.start(home, HTACCESS.formatted(PATH, tree, tree));
        yield new Web(apache.url() + PATH, apache);
      }
    };
  }

  private static Web of(Nginx nginx) {
    return new Web(nginx.url(), nginx);
  }

  private static Web serve(Path tree) {
    try {
      InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      TreeServer server = TreeServer.start(tree, any, true, (request, status) -> {});
      return new Web(URI.create(server.url()).resolve(".").toString().replaceAll("/$", ""), server);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What qrepo prints for a tree, as it is printed. */
  static String snippet(QrepoCli qrepo, String server, Path tree, String repository) {
    String text =
        qrepo
            .run(
                "client",
                "server",
                server,
                tree.toString(),
                "--name",
                repository,
                "--server",
                "https://example.org" + PATH)
            .expectSuccess()
            .out();
    if (!Files.isDirectory(tree) || text.isBlank()) {
      throw new AssertionError("nothing to serve, or no text for it");
    }
    return text;
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
