package org.qrepo.store.dav;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.qrepo.client.ServedFolder;
import org.qrepo.publish.RepositoryName;
import org.qrepo.store.Programs;

/**
 * Apache's configuration; its children run as an ordinary user where the tests run as root. It has
 * what is documented for publishers in the host that they write to, and for all hosts what {@code
 * qrepo client server apache} prints for the same folder.
 */
@NullMarked
final class ApacheText implements WebServer.Text {
  private static final List<Path> PLACES =
      List.of(
          Path.of("/usr/lib/apache2/modules"),
          Path.of("/usr/lib64/httpd/modules"),
          Path.of("/usr/lib/httpd/modules"));
  private static final List<String> MODULES =
      List.of(
          "mpm_event",
          "unixd",
          "authn_core",
          "authn_file",
          "authz_core",
          "authz_user",
          "auth_basic",
          "alias",
          "dir",
          "mime",
          "socache_shmcb",
          "ssl",
          "dav",
          "dav_fs",
          "rewrite",
          "headers",
          "log_config");

  @Override
  public List<String> command(Path configuration, Path folder) {
    boolean httpd = Files.exists(Path.of("/usr/sbin/httpd"));
    String program = Programs.need(httpd ? "httpd" : "apache2");
    return List.of(program, "-f", configuration.toString(), "-D", "FOREGROUND");
  }

  @Override
  public Optional<String> user() {
    return System.getProperty("user.name").equals("root")
        ? Optional.of("nobody")
        : Optional.empty();
  }

  @Override
  public String configuration(Path folder, Certificates tls, int writing, int reading) {
    Path modules = PLACES.stream().filter(Files::isDirectory).findFirst().orElseThrow();
    String loaded =
        MODULES.stream()
            .filter(name -> Files.exists(modules.resolve("mod_" + name + ".so")))
            .map(name -> "LoadModule " + name + "_module " + modules + "/mod_" + name + ".so")
            .collect(Collectors.joining("\n"));
    return """
        ServerRoot "HOME"
        ServerName localhost
        PidFile "HOME/pid"
        Listen 127.0.0.1:WRITING
        Listen 127.0.0.1:READING
        MODULES
        ErrorLog "HOME/error"
        TypesConfig /dev/null
        USER
        StartServers 2
        MaxKeepAliveRequests 0
        KeepAliveTimeout 60
        <Directory />
          AllowOverride None
          Require all granted
        </Directory>
        CLIENTS
        <VirtualHost 127.0.0.1:WRITING>
        SSLEngine on
        SSLCertificateFile "CERTIFICATE"
        SSLCertificateKeyFile "KEY"
        SNIPPET
        </VirtualHost>
        <VirtualHost 127.0.0.1:READING>
        DocumentRoot "HOME/www"
        </VirtualHost>
        """
        .replace("MODULES", loaded)
        .replace("USER", user().map(u -> "User " + u + "\nGroup " + group()).orElse(""))
        .replace("CERTIFICATE", tls.certificate("server").toString())
        .replace("KEY", tls.key("server").toString())
        .replace("SNIPPET", snippet(folder))
        .replace("CLIENTS", clients(folder))
        .replace("HOME", folder.toString())
        .replace("WRITING", "" + writing)
        .replace("READING", "" + reading);
  }

  private static String clients(Path folder) {
    return org.qrepo.client.WebServer.APACHE.configuration(
        new ServedFolder(new RepositoryName("t"), folder.resolve("www").toString(), "/mine/"));
  }

  private static String snippet(Path folder) {
    try {
      return WebServer.documented("apache")
          .replace("/var/lib/apache2/dav", folder.resolve("dav").toString())
          .replace("/srv/www/mine", folder.resolve("www").toString())
          .replace("/etc/apache2/publishers", folder.resolve("publishers").toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String group() {
    try {
      boolean nogroup =
          Files.readAllLines(Path.of("/etc/group")).stream()
              .anyMatch(line -> line.startsWith("nogroup:"));
      return nogroup ? "nogroup" : "nobody";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
