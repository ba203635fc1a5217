package org.qrepo.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A real Apache on a free port of the loopback address, with a configuration of its own. Its
 * children run as an ordinary user where the tests run as root, which Apache asks for.
 */
final class Apache implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final List<Path> MODULES =
      List.of(
          Path.of("/usr/lib/apache2/modules"),
          Path.of("/usr/lib64/httpd/modules"),
          Path.of("/usr/lib/httpd/modules"));
  private static final List<String> NEEDED =
      List.of(
          "mpm_event",
          "unixd",
          "authz_core",
          "alias",
          "dir",
          "mime",
          "autoindex",
          "rewrite",
          "headers",
          "deflate",
          "filter",
          "log_config");

  private final Process process;
  private final Path home;
  private final int port;

  private Apache(Process process, Path home, int port) {
    this.process = process;
    this.home = home;
    this.port = port;
  }

  /**
   * Starts one with the given directives and waits until it answers.
   *
   * @param home a folder to make, for its configuration and logs
   */
  static Apache start(Path home, String directives) {
    Path program = program();
    try {
      Files.createDirectories(home);
      int port = freePort();
      Path configuration =
          Files.writeString(home.resolve("apache.conf"), text(home, directives, port));
      Process process =
          new ProcessBuilder(program.toString(), "-f", configuration.toString(), "-D", "FOREGROUND")
              .redirectErrorStream(true)
              .redirectOutput(home.resolve("output.log").toFile())
              .start();
      Apache apache = new Apache(process, home, port);
      apache.awaitReady();
      return apache;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Debian calls it {@code apache2}, others {@code httpd}. */
  private static Path program() {
    Optional<Path> program = Programs.find("apache2").or(() -> Programs.find("httpd"));
    if (program.isEmpty()) {
      Programs.require("apache2");
    }
    return program.orElseThrow();
  }

  /** Types that a system may have, which say of databases and packages what clients do not want. */
  private static Path types(Path home) throws IOException {
    return Files.writeString(
        home.resolve("mime.types"),
        "application/gzip gz\napplication/zstd zst\napplication/x-tar tar\ntext/plain db files\n");
  }

  private static String user() throws IOException {
    boolean nogroup =
        Files.readAllLines(Path.of("/etc/group")).stream().anyMatch(l -> l.startsWith("nogroup:"));
    boolean root = "root".equals(System.getProperty("user.name"));
    return root ? "User nobody\nGroup " + (nogroup ? "nogroup" : "nobody") : "";
  }

  private static String text(Path home, String directives, int port) throws IOException {
    Path modules = MODULES.stream().filter(Files::isDirectory).findFirst().orElseThrow();
    String loaded =
        NEEDED.stream()
            .map(name -> "mod_" + name + ".so")
            .filter(file -> Files.exists(modules.resolve(file)))
            .map(file -> "LoadModule " + module(file) + " " + modules.resolve(file))
            .collect(Collectors.joining("\n"));
    return """
        ServerRoot "HOME"
        ServerName 127.0.0.1
        PidFile "HOME/pid"
        Listen 127.0.0.1:PORT
        MODULES
        ErrorLog "HOME/error.log"
        LogFormat "%>s %m %U" plain
        CustomLog "HOME/access.log" plain
        DocumentRoot "HOME"
        TypesConfig "TYPES"
        USER
        <IfModule deflate_module>
          SetOutputFilter DEFLATE
          AddEncoding x-gzip .gz
        </IfModule>
        StartServers 1
        <Directory />
          Options Indexes
          AllowOverride None
          Require all denied
        </Directory>
        DIRECTIVES
        """
        .replace("HOME", home.toString())
        .replace("PORT", Integer.toString(port))
        .replace("MODULES", loaded)
        .replace("TYPES", types(home).toString())
        .replace("USER", user())
        .replace("DIRECTIVES", directives);
  }

  private static String module(String file) {
    return file.substring("mod_".length(), file.length() - ".so".length()) + "_module";
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitReady() throws IOException {
    Instant end = Instant.now().plus(PATIENCE);
    while (!answers()) {
      if (!process.isAlive() || Instant.now().isAfter(end)) {
        close();
        throw new AssertionError(
            "apache2 does not start:\n" + Files.readString(home.resolve("output.log")));
      }
      pause();
    }
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** What stands before the path, without a slash at its end. */
  String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Its children end with it, and are waited for. */
  @Override
  public void close() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    children.forEach(ProcessHandle::destroyForcibly);
  }
}
