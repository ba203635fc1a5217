package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.qrepo.alpm.FileList;
import org.qrepo.alpm.PackageInfo;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.cli.Json;
import org.qrepo.database.Database;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.database.DatabaseWriter;
import org.qrepo.database.DescOptions;
import org.qrepo.database.FileLists;
import org.qrepo.database.FilesDatabaseWriter;
import org.qrepo.database.Lineage;
import org.qrepo.io.Blob;
import org.qrepo.io.Compression;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;
import org.qrepo.publish.GenerationId;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.Tag;
import org.qrepo.store.s3.PublicSide;
import org.qrepo.store.s3.S3Server;
import org.qrepo.store.s3.SerialisingForwarder;
import org.qrepo.store.s3.SerialisingForwarder.Exchange;

/**
 * One package is added to a bucket whose databases hold 15,000 entries, by the program and from an
 * empty directory. A forwarder before the S3 server counts the bodies of all requests and answers;
 * the check as a stranger goes another way, and is not among them. The server copies on the
 * condition of an upload in parts, and pacman reads what it made.
 */
class S3TrafficIT {
  private static final int ENTRIES = 15_000;
  private static final String PLACE = "large";
  private static final String TOP = "/" + S3Server.BUCKET + "/" + PLACE + "/";

  /** What the protocol itself says, in XML, and the note of the generation, for people. */
  private static final long WORDS = 16_000;

  private static final List<String> PARTS = List.of("t.db", "t.db.sig", "t.files", "t.files.sig");

  private final Scratch scratch = new Scratch();
  private GpgHome gpg;
  private String fingerprint = "";
  private Path certificate;
  private S3Server server;
  private SerialisingForwarder forwarder;
  private PublicSide web;

  @BeforeEach
  void prepare() throws IOException, InterruptedException {
    server = S3Server.start(scratch.folder("server"));
    forwarder = SerialisingForwarder.before(server.endpoint());
    web = PublicSide.of(server);
    gpg = new GpgHome(scratch.path().resolve("s"));
    fingerprint = gpg.generateKey("T <t@example.org>", "ed25519");
    certificate = gpg.exportCertificate(fingerprint, scratch.path().resolve("t.gpg"));
  }

  @AfterEach
  void tidy() {
    gpg.close();
    web.close();
    forwarder.close();
    server.close();
    scratch.close();
  }

  @Test
  void onePackageCostsTheDatabasesOnceEachWay() throws IOException {
    Map<String, Long> before = publishLarge();
    Path added = SamplePackage.of("added", "1-1").writeTo(scratch.folder("in"));
    forwarder.forget();
    Command.Output output = publish(added).expectSuccess();
    List<Exchange> all = forwarder.exchanges();

    assertThat(all).noneMatch(e -> e.request().contains("list-type"));
    assertThat(all).noneMatch(e -> e.request().matches("GET /[^/]*/?([?].*)?"));
    assertReceived(all, before);
    Map<String, Long> after = sizes("generations/" + generation(output) + "/");
    assertSent(all, after, Files.size(added), size("added-1-1-any.pkg.tar.zst.sig"));
    assertThat(copied(all))
        .containsExactlyInAnyOrder(
            "t.db",
            "t.db.sig",
            "t.files",
            "t.files.sig",
            "t.db.tar.gz",
            "t.db.tar.gz.sig",
            "t.files.tar.gz",
            "t.files.tar.gz.sig");
    assertTold(output, all);
    assertClientsSee();
  }

  /** Each part of what was live at most once, from wherever it was. */
  private static void assertReceived(List<Exchange> all, Map<String, Long> before) {
    for (String part : PARTS) {
      assertThat(all)
          .filteredOn(e -> e.request().startsWith("GET ") && e.request().endsWith("/" + part))
          .as(part)
          .hasSizeLessThanOrEqualTo(1);
    }
    long live = before.values().stream().mapToLong(Long::longValue).sum();
    assertThat(sum(all, Exchange::received, e -> true)).isLessThan(live + WORDS);
    assertThat(sum(all, Exchange::received, e -> e.request().startsWith("GET ")))
        .isLessThanOrEqualTo(live);
  }

  private static void assertSent(
      List<Exchange> all, Map<String, Long> after, long packageSize, long signatureSize) {
    long parts = after.values().stream().mapToLong(Long::longValue).sum();
    long due = parts + packageSize + signatureSize;
    assertThat(sum(all, Exchange::sent, e -> true)).isBetween(due, due + WORDS);
    for (Map.Entry<String, Long> part : after.entrySet()) {
      assertThat(all)
          .filteredOn(e -> e.request().startsWith("PUT ") && !e.copies() && e.status() == 200)
          .filteredOn(e -> e.request().endsWith("/" + part.getKey()))
          .as(part.getKey())
          .singleElement()
          .matches(e -> e.request().contains("/generations/") && e.sent() == part.getValue());
    }
  }

  private static Set<String> copied(List<Exchange> all) {
    return all.stream()
        .filter(e -> e.copies() && e.status() == 200 && !e.request().contains(".qrepo.probe"))
        .map(e -> e.request().replaceFirst("[?].*", "").substring(("PUT " + TOP).length()))
        .collect(Collectors.toSet());
  }

  /** The program says what the forwarder counted. */
  private void assertTold(Command.Output output, List<Exchange> all) throws IOException {
    Json traffic = (Json) Objects.requireNonNull(Json.of(output.out()).fields().get("traffic"));
    assertThat(traffic.fields())
        .containsEntry("bytes-sent", sum(all, Exchange::sent, e -> true))
        .containsEntry("bytes-received", sum(all, Exchange::received, e -> true))
        .containsEntry("objects-copied-on-server", 8L)
        .containsEntry("objects-sent-again", 0L);
    Json check = (Json) Objects.requireNonNull(Json.of(output.out()).fields().get("check"));
    assertThat((Long) check.fields().get("bytes-fetched")).isPositive();
  }

  private void assertClientsSee() {
    try (PacmanClient client =
        new PacmanClient(scratch.path().resolve("c"), "t", web.url() + "/" + PLACE, certificate)) {
      client.sync().expectSuccess();
      assertThat(client.list()).hasSize(ENTRIES + 1).contains("added 1-1", "entry-00042 1.42-1");
      client.install("added").expectSuccess();
    }
  }

  private static long sum(
      List<Exchange> all,
      java.util.function.ToLongFunction<Exchange> figure,
      Predicate<Exchange> which) {
    return all.stream().filter(which).mapToLong(figure).sum();
  }

  private static String generation(Command.Output output) {
    return String.valueOf(Json.of(output.out()).fields().get("generation"));
  }

  private Map<String, Long> sizes(String folder) {
    return PARTS.stream().collect(Collectors.toMap(part -> part, part -> size(folder + part)));
  }

  private long size(String name) {
    try (Store store = server.store(PLACE)) {
      return store.stat(new StoreKey(name)).orElseThrow().size();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Command.Output publish(Path file) throws IOException {
    scratch.file(
        "home/qrepo.yml",
        """
        repository:
          name: t
          arch: x86_64
        signing:
          backend: file
          key-file: %s
        targets:
          bucket:
            url: s3://%s/%s
            endpoint: %s
            server: %s/%s
        """
            .formatted(
                gpg.exportSecretKey(fingerprint, scratch.path().resolve("secret.asc")),
                S3Server.BUCKET,
                PLACE,
                forwarder.endpoint(),
                web.url(),
                PLACE));
    return new QrepoCli(scratch.path().resolve("home"))
        .command("publish", "--json", "--to", "bucket", file.toString())
        .env("AWS_ACCESS_KEY_ID", S3Server.IDENTITY)
        .env("AWS_SECRET_ACCESS_KEY", S3Server.CREDENTIAL)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .run();
  }

  /** A generation as a publish leaves it, but for the packages, which nobody looks for. */
  private Map<String, Long> publishLarge() throws IOException {
    Path folder = scratch.folder("generation");
    Database database = Database.of(entries());
    FileLists lists = entry -> Optional.of(list(entry.directory()));
    Path files = folder.resolve("t.files");
    try (OutputStream out = Files.newOutputStream(files)) {
      FilesDatabaseWriter.write(database, lists, Optional.empty(), Compression.GZIP, out);
    }
    Lineage lineage =
        new Lineage("t", 1, Optional.empty(), digest(files), Instant.parse("2026-01-02T03:04:05Z"));
    Path db = folder.resolve("t.db");
    try (OutputStream out = Files.newOutputStream(db)) {
      DatabaseWriter.write(database, Optional.of(lineage), Compression.GZIP, out);
    }
    gpg.sign(fingerprint, db);
    gpg.sign(fingerprint, files);
    String generation = "generations/" + GenerationId.of(digest(db)) + "/";
    try (Store store = server.store(PLACE)) {
      for (String part : PARTS) {
        Path file = folder.resolve(part);
        Blob blob = Blob.of(file, Files.size(file), digest(file));
        store.putOnce(new StoreKey(generation + part), blob);
        store.swap(new StoreKey(part), Tag.ABSENT, blob);
        String alias = part.replaceFirst("[.](db|files)", ".$1.tar.gz");
        store.swap(new StoreKey(alias), Tag.ABSENT, blob);
      }
    }
    return sizes("");
  }

  private static List<DatabaseEntry> entries() {
    List<DatabaseEntry> entries = new ArrayList<>();
    for (int i = 0; i < ENTRIES; i++) {
      String name = String.format("entry-%05d", i);
      String version = "1." + i + "-1";
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      String text =
          "pkgname = %s\npkgbase = %s\npkgver = %s\npkgdesc = Number %d\nbuilddate = 1700000000\nsize = %d\narch = any\n"
              .formatted(name, name, version, i, i);
      PackageInfo info = PackageInfo.parse(name, text.getBytes(StandardCharsets.UTF_8));
      entries.add(
          DatabaseEntry.describe(
              info,
              name + "-" + version + "-any.pkg.tar.zst",
              bytes.length,
              Digests.of(bytes, Set.of()),
              Optional.empty(),
              DescOptions.DEFAULT));
    }
    return entries;
  }

  private static FileList list(String directory) {
    String text =
        "%FILES%\nusr/\nusr/share/\nusr/share/"
            + directory
            + "/\nusr/share/"
            + directory
            + "/data\n";
    return FileList.ofStored(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Sha256 digest(Path file) throws IOException {
    try (java.io.InputStream in = Files.newInputStream(file)) {
      return Digests.of(in, Set.of()).sha256();
    }
  }
}
