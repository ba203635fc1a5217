package org.qrepo.store.s3;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.qrepo.publish.Pause;
import org.qrepo.publish.Store;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * s3proxy as a process of its own: it checks signatures, and refuses writes whose condition does
 * not hold. It keeps objects in memory, or as files.
 */
@NullMarked
public final class S3Server implements AutoCloseable {
  public static final String IDENTITY = "tester";
  public static final String CREDENTIAL = "the-secret-of-the-tester";
  public static final String BUCKET = "packages";

  private static final Path JARS = Path.of("..", "uploaders", "test-servers", "target", "s3proxy");
  private static final Path MAIN_JARS = JARS.toAbsolutePath().normalize();
  private static final Duration START = Duration.ofSeconds(60);

  private final Process process;
  private final URI endpoint;

  private S3Server(Process process, URI endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  /**
   * Starts one with an empty bucket.
   *
   * @param dir for its configuration and its log
   */
  public static S3Server start(Path dir) throws IOException, InterruptedException {
    return start(dir, true);
  }

  /**
   * Starts one with an empty bucket.
   *
   * @param authenticates whether it looks at signatures; if not, everybody may read and write
   */
  public static S3Server start(Path dir, boolean authenticates)
      throws IOException, InterruptedException {
    return start(dir, authenticates, "transient-nio2");
  }

  /**
   * Starts one with an empty bucket that keeps objects as files, in {@code objects/BUCKET}; what
   * belongs to them is in their extended attributes.
   *
   * @param dir for its configuration, its log and the objects
   */
  public static S3Server onDisk(Path dir) throws IOException, InterruptedException {
    return start(dir, true, "filesystem-nio2");
  }

  private static S3Server start(Path dir, boolean authenticates, String provider)
      throws IOException, InterruptedException {
    requireJars();
    int port = freePort();
    URI endpoint = URI.create("http://127.0.0.1:" + port);
    Path objects = Files.createDirectories(dir.resolve("objects"));
    Path properties = dir.resolve("s3proxy-" + port + ".properties");
    String text =
        String.join(
            "\n",
            properties(endpoint, authenticates),
            "jclouds.provider=" + provider,
            "jclouds.filesystem.basedir=" + objects,
            "");
    Files.writeString(properties, text, StandardCharsets.UTF_8);
    Path logging = Files.writeString(dir.resolve("s3proxy-logback.xml"), quiet());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx600m"));
    command.add("-Dlogback.configurationFile=" + logging);
    command.addAll(List.of("-cp", MAIN_JARS + "/*", "org.gaul.s3proxy.Main"));
    command.addAll(List.of("--properties", properties.toString()));
    Path log = dir.resolve("s3proxy-" + port + ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    S3Server server = new S3Server(process, endpoint);
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    server.await(log);
    try (S3Client client = server.client()) {
      client.createBucket(b -> b.bucket(BUCKET));
    }
    return server;
  }

  public URI endpoint() {
    return endpoint;
  }

  /** A client of nobody's but the test's. */
  public S3Client client() {
    return S3Client.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .httpClient(UrlConnectionHttpClient.create())
        .credentialsProvider(credentials(CREDENTIAL))
        .build();
  }

  /** How a target of this server is configured. */
  public static S3Settings settings(URI endpoint, boolean conditional) {
    return new S3Settings(
        Optional.of(endpoint),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        conditional,
        Optional.empty());
  }

  /** A store below a prefix of the bucket. */
  public Store store(String prefix) {
    return store(endpoint, prefix, true);
  }

  /** A store behind another endpoint that leads here. */
  public static Store store(URI endpoint, String prefix, boolean conditional) {
    return store(
        prefix, settings(endpoint, conditional), CREDENTIAL, Duration.ofSeconds(30), Pause.REAL);
  }

  static Store store(
      String prefix, S3Settings settings, String secret, Duration silence, Pause pause) {
    Connection.Access access =
        new Connection.Access(credentials(secret), Duration.ofSeconds(5), silence);
    return new S3Store(new S3Address(BUCKET, prefix + "/"), settings, access, pause);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  static StaticCredentialsProvider credentials(String secret) {
    return StaticCredentialsProvider.create(AwsBasicCredentials.create(IDENTITY, secret));
  }

  private static void requireJars() throws IOException {
    boolean there = Files.isDirectory(MAIN_JARS);
    if (!there && "1".equals(System.getenv("QREPO_REQUIRE_TOOLS"))) {
      fail("the module test-servers was not built: there is no " + MAIN_JARS);
    }
    assumeTrue(there, "the module test-servers was not built");
    try (Stream<Path> jars = Files.list(MAIN_JARS)) {
      assumeTrue(jars.findAny().isPresent(), "the module test-servers is empty");
    }
  }

  private static String properties(URI endpoint, boolean authenticates) {
    return String.join(
        "\n",
        "s3proxy.endpoint=" + endpoint,
        "s3proxy.authorization=" + (authenticates ? "aws-v4" : "none"),
        "s3proxy.identity=" + IDENTITY,
        "s3proxy.credential=" + CREDENTIAL,
        "jclouds.identity=none",
        "jclouds.credential=none",
        "jclouds.endpoint=");
  }

  private static String quiet() {
    return "<configuration>"
        + "<statusListener class=\"ch.qos.logback.core.status.NopStatusListener\"/>"
        + "<appender name=\"E\" class=\"ch.qos.logback.core.ConsoleAppender\"><encoder>"
        + "<pattern>%level %logger{0}: %msg%n%ex{1}</pattern></encoder></appender>"
        + "<root level=\"ERROR\"><appender-ref ref=\"E\"/></root></configuration>";
  }

  private void await(Path log) throws IOException, InterruptedException {
    long end = System.nanoTime() + START.toNanos();
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        process.destroyForcibly();
        fail("s3proxy did not start: " + Files.readString(log));
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private boolean answers() {
    try (Socket socket = new Socket(endpoint.getHost(), endpoint.getPort())) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
