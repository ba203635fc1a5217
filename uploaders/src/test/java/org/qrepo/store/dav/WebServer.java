package org.qrepo.store.dav;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.NullMarked;
import org.qrepo.store.Programs;
import org.qrepo.store.http.Authorization;
import org.qrepo.store.http.TlsFiles;

/**
 * A real web server on 127.0.0.1 that takes files from one user, over TLS, below {@code /publish},
 * and shows them to everybody, over HTTP, at its top: configured as {@code docs/stores.md} says.
 */
@NullMarked
public final class WebServer implements AutoCloseable {
  public static final String USER = "publisher";

  /** With what a header could get wrong. */
  public static final String PASSWORD = "grün:und \"gelb\"";

  private final Path folder;
  private final Certificates certificates;
  private final int writing;
  private final int reading;
  private final Process process;

  private WebServer(
      Path folder, Certificates certificates, int writing, int reading, Process process) {
    this.folder = folder;
    this.certificates = certificates;
    this.writing = writing;
    this.reading = reading;
    this.process = process;
  }

  /** Apache with mod_dav. */
  public static WebServer apache(Path folder) throws IOException, InterruptedException {
    return start(folder, new ApacheText());
  }

  /** nginx with its DAV modules. */
  public static WebServer nginx(Path folder) throws IOException, InterruptedException {
    return start(folder, new NginxText(true));
  }

  /** nginx that takes {@code PUT} and {@code DELETE}, and no more. */
  public static WebServer plain(Path folder) throws IOException, InterruptedException {
    return start(folder, new NginxText(false));
  }

  /** What differs between servers. */
  interface Text {
    List<String> command(Path configuration, Path folder);

    String configuration(Path folder, Certificates certificates, int writing, int reading);

    /** Who the server is while it writes; empty: who runs the tests. */
    Optional<String> user();
  }

  private static WebServer start(Path folder, Text text) throws IOException, InterruptedException {
    Files.createDirectories(folder.resolve("www"));
    Files.createDirectories(folder.resolve("dav"));
    Certificates certificates = Certificates.in(folder.resolve("tls"));
    certificates.server("server");
    writeUsers(folder);
    int writing = freePort();
    int reading = freePort();
    Path configuration =
        Files.writeString(
            folder.resolve("server.conf"),
            text.configuration(folder, certificates, writing, reading));
    List<String> command = text.command(configuration, folder);
    if (text.user().isPresent()) {
      give(folder, text.user().get());
    }
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output").toFile())
            .start();
    WebServer server = new WebServer(folder, certificates, writing, reading, process);
    server.awaitStart();
    return server;
  }

  /** Where files are written to: {@code https://localhost:PORT/publish}. */
  public String url() {
    return "https://localhost:" + writing + "/publish";
  }

  /** Where everybody reads them: {@code http://127.0.0.1:PORT}. */
  public String server() {
    return "http://127.0.0.1:" + reading;
  }

  public int port() {
    return writing;
  }

  /** Where the files are. */
  public Path documents() {
    return folder.resolve("www");
  }

  /** The certificate of the authority that has signed the server's. */
  public Path authority() {
    return certificates.authority();
  }

  /** A file for the user, as ftp and curl have it, which only its owner can read. */
  public Path netrc(Path file, String password) throws IOException {
    String quoted = password.replace("\\", "\\\\").replace("\"", "\\\"");
    Files.writeString(file, "machine localhost login " + USER + " password \"" + quoted + "\"\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  /** Of the user who may write, with a short patience. */
  public DavSettings settings() {
    SSLContext tls =
        new TlsFiles(
                Optional.of(authority()),
                Optional.empty(),
                Optional.empty(),
                TlsFiles.Passphrase.NONE)
            .context()
            .orElseThrow();
    DavSettings standard = DavSettings.standard();
    return standard
        .withWeb(
            standard
                .web()
                .withTls(tls)
                .withTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(20)))
        .withCredentials(
            (host, user) -> Optional.of(Authorization.basic(USER, PASSWORD, "the test")));
  }

  /** What the server said of its failures. */
  public String errors() throws IOException {
    return Files.readString(folder.resolve("error"));
  }

  /** The processes of the server. */
  public List<ProcessHandle> processes() {
    return java.util.stream.Stream.concat(
            java.util.stream.Stream.of(process.toHandle()), process.descendants())
        .toList();
  }

  @Override
  public void close() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
    children.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** The snippet of the documentation in a language; tests run in a module's folder. */
  static String documented(String language) throws IOException {
    Path module = Path.of("").toAbsolutePath();
    Path docs = module.resolveSibling("docs/stores.md");
    Matcher block =
        Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(docs));
    if (!block.find()) {
      fail("docs/stores.md has no block of " + language);
    }
    return block.group(1);
  }

  private static void writeUsers(Path folder) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(Programs.need("openssl"), "passwd", "-6", "-stdin").start();
    try (java.io.OutputStream in = process.getOutputStream()) {
      in.write((PASSWORD + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    Files.writeString(
        folder.resolve("publishers"), USER + ":" + Programs.outcome(process).output());
  }

  private static void give(Path folder, String user) throws IOException {
    var owner = folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user);
    for (String name : List.of("www", "dav")) {
      Files.setOwner(folder.resolve(name), owner);
    }
    for (Path up = folder; up != null && up.getNameCount() > 1; up = up.getParent()) {
      if (Files.getOwner(up).getName().equals(System.getProperty("user.name"))) {
        Files.setPosixFilePermissions(up, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitStart() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
    while (!answers()) {
      if (System.nanoTime() > end || !process.isAlive()) {
        close();
        fail("the web server does not start: " + Files.readString(folder.resolve("output")));
      }
      Thread.sleep(20);
    }
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), writing), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
