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
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.qrepo.publish.Pause;
import org.qrepo.publish.Store;
import org.qrepo.store.Retries;
import org.qrepo.store.Retry;
import org.qrepo.store.RetryPolicy;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * An S3 server as a process of its own. s3proxy checks signatures, refuses writes whose condition
 * does not hold, and keeps objects in memory or as files. s3mock checks and tells checksums, takes
 * every signature, and keeps objects in its folder.
 */
@NullMarked
public final class S3Server implements AutoCloseable {
  public static final String IDENTITY = "tester";
  public static final String CREDENTIAL = "the-secret-of-the-tester";
  public static final String BUCKET = "packages";

  private static final Path SERVERS =
      Path.of("..", "uploaders", "test-servers").toAbsolutePath().normalize();
  private static final Path PROXY_JARS = SERVERS.resolve(Path.of("target", "s3proxy"));
  private static final Path MOCK_JARS = SERVERS.resolve(Path.of("s3mock", "target", "s3mock"));
  private static final Duration START = Duration.ofMinutes(3);

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
    requireJars(PROXY_JARS);
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
    return launch(
        endpoint,
        dir.resolve("s3proxy-" + port + ".log"),
        PROXY_JARS,
        List.of("-Dlogback.configurationFile=" + logging),
        List.of("org.gaul.s3proxy.Main", "--properties", properties.toString()));
  }

  /**
   * Starts s3mock with an empty bucket. What the program is told of is bound to this machine alone;
   * s3mock opens another port beside it, by chance and for all addresses, and has no setting for
   * it: nothing but what tests write can be had there.
   *
   * @param dir for its objects and its log
   */
  public static S3Server startMock(Path dir) throws IOException, InterruptedException {
    requireJars(MOCK_JARS);
    int port = freePort();
    Files.createDirectories(dir);
    return launch(
        URI.create("http://127.0.0.1:" + port),
        dir.resolve("s3mock-" + port + ".log"),
        MOCK_JARS,
        List.of(),
        List.of(
            "com.adobe.testing.s3mock.S3MockApplication",
            "--server.address=127.0.0.1",
            "--server.port=" + port,
            "--server.ssl.enabled=false",
            "--http.port=0",
            "--com.adobe.testing.s3mock.store.root=" + dir.resolve("objects-" + port),
            "--logging.level.root=ERROR"));
  }

  private static S3Server launch(
      URI endpoint, Path log, Path jars, List<String> options, List<String> main)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx600m"));
    command.addAll(options);
    command.addAll(List.of("-cp", jars + "/*"));
    command.addAll(main);
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

  /** The same, with SHA-256 sent with each write and asked for. */
  public static S3Settings withChecksums(URI endpoint) {
    return new S3Settings(
        Optional.of(endpoint),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        true,
        Optional.of(true));
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
    return new S3Store(
        new S3Address(BUCKET, prefix + "/"),
        settings,
        access,
        new Retries(RetryPolicy.STANDARD, pause, new Random(5), Retry.Listener.NONE));
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  static StaticCredentialsProvider credentials(String secret) {
    return StaticCredentialsProvider.create(AwsBasicCredentials.create(IDENTITY, secret));
  }

  private static void requireJars(Path jars) throws IOException {
    boolean there = Files.isDirectory(jars);
    if (!there && "1".equals(System.getenv("QREPO_REQUIRE_TOOLS"))) {
      fail("the module test-servers was not built: there is no " + jars);
    }
    assumeTrue(there, "the module test-servers was not built");
    try (Stream<Path> files = Files.list(jars)) {
      assumeTrue(files.findAny().isPresent(), "the module test-servers is empty");
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
        fail("the S3 server did not start: " + Files.readString(log));
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
