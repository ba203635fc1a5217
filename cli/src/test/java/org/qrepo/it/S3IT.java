package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.store.s3.PublicSide;
import org.qrepo.store.s3.S3Server;
import org.qrepo.store.s3.SerialisingForwarder;

/**
 * The program publishes into a bucket of a real S3 server, and real pacmans with {@code SigLevel =
 * Required} install over the web server before it.
 */
class S3IT {
  private static final String PREFIX = "qubes/pkgs";

  @TempDir static Path dir;
  private static S3Server server;

  private final Scratch scratch = new Scratch();
  private final Path packages = scratch.folder("in");
  private GpgHome gpg;
  private PublicSide web;
  private Path certificate;
  private Path secret;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    server = S3Server.start(dir);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void prepare() throws IOException {
    web = PublicSide.of(server);
    gpg = new GpgHome(scratch.path().resolve("s"));
    String fingerprint = gpg.generateKey("T <t@example.org>", "ed25519");
    certificate = gpg.exportCertificate(fingerprint, scratch.path().resolve("t.gpg"));
    secret = gpg.exportSecretKey(fingerprint, scratch.path().resolve("secret.asc"));
  }

  @AfterEach
  void tidy() {
    gpg.close();
    web.close();
    scratch.close();
  }

  @Test
  void pacmanInstallsAndUpgradesFromABucket() {
    QrepoCli qrepo = publisher("home", "one", server.endpoint());
    Path newer = sample("hello", "1.0-2");
    Command.Output first =
        publish(qrepo, sample("hello", "1.0-1"), sample("libq++", "1:1.0-1")).expectSuccess();
    assertThat(first.err()).contains("s3://packages/" + PREFIX + "/one");
    assertThat(first.out() + first.err()).doesNotContain(S3Server.CREDENTIAL);
    try (PacmanClient client = client("one")) {
      client.sync().expectSuccess();
      client.install("hello", "libq++").expectSuccess();
      assertThat(client.installed()).containsExactly("hello 1.0-1", "libq++ 1:1.0-1");
      Command.Output second = publish(qrepo, newer).expectSuccess();
      assertThat(second.err())
          .containsPattern("to and from the store: sent [0-9.]+ KiB, received [0-9.]+ (KiB|B);")
          .containsPattern(
              "; 8 objects copied on the server; the check as a stranger fetched [0-9]");
      client.upgrade().expectSuccess();
      assertThat(client.installed()).containsExactly("hello 1.0-2", "libq++ 1:1.0-1");
      client.syncFiles().expectSuccess();
      assertThat(client.files("hello")).contains("usr/share/hello/version");
    }
    Command.Output again = publish(qrepo, newer).expectSuccess();
    assertThat(again.out() + again.err()).containsIgnoringCase("already published");
    credentials(qrepo.command("verify", "bucket")).run().expectSuccess();
  }

  /**
   * None of the servers that can be run here has websites of buckets, and only s3mock takes what is
   * meant for them: the documented redirects are played, from what was written with each object.
   * Clients get the database and the signature of one generation; who reads the bucket itself gets
   * the same bytes under every name.
   */
  @Test
  void theWebsiteOfABucketLeadsToTheGeneration() throws Exception {
    try (S3Server mock = S3Server.startMock(scratch.folder("mock"));
        SerialisingForwarder writers = SerialisingForwarder.before(mock.endpoint());
        PublicSide website = PublicSide.website(mock, writers);
        PublicSide bucket = PublicSide.of(mock)) {
      QrepoCli qrepo = publisher("home", "led", writers.endpoint());
      String server = website.url() + "/" + PREFIX + "/led";
      Path own = scratch.path().resolve("home/qrepo.yml");
      Files.writeString(
          own,
          Files.readString(own).replaceFirst("server: .*", "server: " + server)
              + "    layout: redirect\n");
      publish(qrepo, sample("hello", "1.0-1")).expectSuccess();
      publish(qrepo, sample("hello", "1.0-2")).expectSuccess();
      String prefix = "/packages/" + PREFIX + "/led/";
      assertThat(writers.redirects())
          .containsOnlyKeys(
              prefix + "t.db",
              prefix + "t.files",
              prefix + "t.db.tar.gz",
              prefix + "t.files.tar.gz")
          .hasEntrySatisfying(
              prefix + "t.db",
              to -> assertThat(to).matches("/" + PREFIX + "/led/generations/[0-9a-f]{16}/t[.]db"));
      try (PacmanClient client =
          new PacmanClient(scratch.path().resolve("c"), "t", server, certificate)) {
        client.sync().expectSuccess();
        client.install("hello").expectSuccess();
        assertThat(client.installed()).containsExactly("hello 1.0-2");
      }
      credentials(qrepo.command("verify", "bucket")).run().expectSuccess();
      String plain = bucket.url() + "/" + PREFIX + "/led";
      try (PacmanClient client =
          new PacmanClient(scratch.path().resolve("d"), "t", plain, certificate)) {
        client.sync().expectSuccess();
        assertThat(client.list()).containsExactly("hello 1.0-2");
      }
    }
  }

  @Test
  void publishersAtOneTimeLoseNothing() throws IOException {
    List<String> expected = new ArrayList<>();
    try (SerialisingForwarder forwarder = SerialisingForwarder.before(server.endpoint())) {
      publish(publisher("home", "many", forwarder.endpoint()), sample("base", "1-1"))
          .expectSuccess();
      expected.add("base 1-1");
      List<CompletableFuture<Command.Output>> running = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        QrepoCli qrepo = publisher("home" + i, "many", forwarder.endpoint());
        Command publishing = publishing(qrepo, sample("p" + i, "1-1"));
        running.add(CompletableFuture.supplyAsync(publishing::run));
        expected.add("p" + i + " 1-1");
      }
      running.forEach(r -> r.join().expectSuccess());
    }
    try (PacmanClient client = client("many")) {
      client.sync().expectSuccess();
      assertThat(client.list()).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void wrongSecretsAreRefusedAndNotTold() {
    QrepoCli qrepo = publisher("home", "denied", server.endpoint());
    Command.Output output =
        publishing(qrepo, sample("hello", "1.0-1"))
            .env("AWS_SECRET_ACCESS_KEY", "not-the-secret")
            .run();
    assertThat(output.code()).isEqualTo(5);
    assertThat(output.err())
        .contains("403")
        .contains("credentials may be wrong")
        .doesNotContain("not-the-secret");
  }

  @Test
  void theProfileOfATargetCountsBeforeTheEnvironment() throws IOException {
    QrepoCli qrepo = publisher("home", "profile", server.endpoint());
    Path own = scratch.path().resolve("home/qrepo.yml");
    Files.writeString(own, Files.readString(own) + "    profile: publisher\n");
    Path hello = sample("hello", "1.0-1");
    Command.Output unknown = publishing(qrepo, hello).run();
    assertThat(unknown.code()).isEqualTo(5);
    assertThat(unknown.err()).contains("no credentials").contains("profile 'publisher'");
    scratch.file(
        "aws",
        """
        [publisher]
        aws_access_key_id = %s
        aws_secret_access_key = %s
        """
            .formatted(S3Server.IDENTITY, S3Server.CREDENTIAL));
    publishing(qrepo, hello)
        .env("AWS_SHARED_CREDENTIALS_FILE", scratch.path().resolve("aws").toString())
        .env("AWS_ACCESS_KEY_ID", "of-another-account")
        .run()
        .expectSuccess();
  }

  @Test
  void missingCredentialsAreNamed() {
    QrepoCli qrepo = publisher("home", "none", server.endpoint());
    Command.Output output =
        qrepo
            .command("publish", "--to", "bucket", sample("hello", "1.0-1").toString())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ACCESS_KEY_ID", "")
            .env("AWS_SECRET_ACCESS_KEY", "")
            .run();
    assertThat(output.code()).isEqualTo(5);
    assertThat(output.err()).contains("no credentials").contains("AWS_ACCESS_KEY_ID");
  }

  private Command.Output publish(QrepoCli qrepo, Path... files) {
    return publishing(qrepo, files).run();
  }

  private Command publishing(QrepoCli qrepo, Path... files) {
    Command command = credentials(qrepo.command("publish", "--to", "bucket"));
    for (Path file : files) {
      command = command.with(file.toString());
    }
    return command;
  }

  private static Command credentials(Command command) {
    return command
        .env("AWS_ACCESS_KEY_ID", S3Server.IDENTITY)
        .env("AWS_SECRET_ACCESS_KEY", S3Server.CREDENTIAL)
        .env("AWS_EC2_METADATA_DISABLED", "true");
  }

  private QrepoCli publisher(String home, String repository, URI endpoint) {
    scratch.file(
        home + "/qrepo.yml",
        """
        repository:
          name: t
          arch: x86_64
        signing:
          backend: file
          key-file: %s
        targets:
          bucket:
            url: s3://%s/%s/%s
            endpoint: %s
            server: %s/%s/%s
        """
            .formatted(
                secret,
                S3Server.BUCKET,
                PREFIX,
                repository,
                endpoint,
                web.url(),
                PREFIX,
                repository));
    return new QrepoCli(scratch.path().resolve(home));
  }

  private PacmanClient client(String repository) {
    return new PacmanClient(
        scratch.path().resolve("c"), "t", web.url() + "/" + PREFIX + "/" + repository, certificate);
  }

  private Path sample(String name, String version) {
    return SamplePackage.of(name, version)
        .file("usr/share/" + name + "/version", version + "\n")
        .writeTo(packages);
  }
}
