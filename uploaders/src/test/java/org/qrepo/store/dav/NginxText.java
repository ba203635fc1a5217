package org.qrepo.store.dav;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.qrepo.store.Programs;

/** nginx's configuration, with folders or for plain {@code PUT}. */
@NullMarked
final class NginxText implements WebServer.Text {
  private static final String MODULE = "ngx_http_dav_ext_module.so";
  private static final List<Path> PLACES =
      List.of(
          Path.of("/usr/lib/nginx/modules"),
          Path.of("/usr/lib64/nginx/modules"),
          Path.of("/usr/share/nginx/modules"));

  private final boolean tree;

  NginxText(boolean tree) {
    this.tree = tree;
  }

  @Override
  public List<String> command(Path configuration, Path folder) {
    return List.of(
        Programs.need("nginx"),
        "-p",
        "" + folder,
        "-c",
        "" + configuration,
        "-e",
        folder + "/error");
  }

  @Override
  public Optional<String> user() {
    return Optional.empty();
  }

  @Override
  public String configuration(Path folder, Certificates tls, int writing, int reading) {
    return """
        daemon off;
        USER
        worker_processes 2;
        pid HOME/pid;
        MODULE
        events { worker_connections 128; }
        http {
          client_body_temp_path HOME/body;
          proxy_temp_path HOME/proxy;
          fastcgi_temp_path HOME/fastcgi;
          uwsgi_temp_path HOME/uwsgi;
          scgi_temp_path HOME/scgi;
          default_type application/octet-stream;
          access_log off;
          server {
            listen 127.0.0.1:WRITING ssl;
            ssl_certificate CERTIFICATE;
            ssl_certificate_key KEY;
            keepalive_requests 100000;
            SNIPPET
          }
          server {
            listen 127.0.0.1:READING;
            root HOME/www;
          }
        }
        """
        .replace("USER", System.getProperty("user.name").equals("root") ? "user root;" : "")
        .replace("MODULE", tree ? "load_module " + module() + ";" : "")
        .replace("CERTIFICATE", tls.certificate("server").toString())
        .replace("KEY", tls.key("server").toString())
        .replace("SNIPPET", snippet(folder))
        .replace("HOME", folder.toString())
        .replace("WRITING", "" + writing)
        .replace("READING", "" + reading);
  }

  private static Path module() {
    Optional<Path> found =
        PLACES.stream().map(p -> p.resolve(MODULE)).filter(Files::exists).findFirst();
    if (found.isEmpty() && "1".equals(System.getenv("QREPO_REQUIRE_TOOLS"))) {
      fail("nginx's dav-ext module is not installed, and QREPO_REQUIRE_TOOLS is set");
    }
    assumeTrue(found.isPresent(), "nginx's dav-ext module is not installed");
    return found.orElseThrow();
  }

  private String snippet(Path folder) {
    String text;
    try {
      text = WebServer.documented("nginx");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!tree) {
      text =
          text.replace("PUT DELETE MKCOL MOVE;", "PUT DELETE;")
              .replaceAll("dav_ext_methods[^;]*;", "")
              .replace("create_full_put_path off;", "create_full_put_path on;");
    }
    return text.replace("/srv/www/mine", folder.resolve("www").toString())
        .replace("/srv/www/unfinished", folder.resolve("dav").toString())
        .replace("/etc/nginx/publishers", folder.resolve("publishers").toString());
  }
}
