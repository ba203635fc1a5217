package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.database.DescOptions;
import org.qrepo.io.Compression;
import org.qrepo.publish.Change;
import org.qrepo.publish.Events;
import org.qrepo.publish.Layout;
import org.qrepo.publish.Pause;
import org.qrepo.publish.Publisher.Approval;
import org.qrepo.publish.Publisher.Settings;
import org.qrepo.publish.RepositoryName;
import org.qrepo.publish.RepositorySpec;
import org.qrepo.publish.SeenDirectory;
import org.qrepo.sign.NewKey;
import org.qrepo.sign.TestKeys;
import org.qrepo.store.local.LocalStore;

/**
 * Clients that demand signatures read without a pause, each time as if for the first time, while
 * one publish follows the other. Their line is slow, so that a publish often falls between a
 * client's request for the database and the one for its signature: with a redirect nobody notices.
 */
class ReaderDuringPublishIT {
  private static final int PUBLISHES = Boolean.getBoolean("qrepo.full") ? 100 : 20;
  private static final Duration DELAY = Duration.ofMillis(250);

  private final Scratch scratch = new Scratch();
  private final NewKey key = TestKeys.ed25519();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void tidy() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    scratch.close();
  }

  /** How one client fared. */
  private record Reader(String name, boolean redirected, CompletableFuture<Tally> tally) {}

  private record Tally(int reads, List<String> failures) {}

  @Test
  @Timeout(900)
  void behindARedirectNoReadFailsHoweverManyPublishes() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    publish(Layout.POINTER, 0);
    publish(Layout.PLAIN, 0);
    List<Reader> readers = new ArrayList<>();
    readers.add(reader(Layout.PLAIN, Web.Kind.NGINX_ALONE, over));
    for (Web.Kind kind : Web.Kind.values()) {
      readers.add(reader(Layout.POINTER, kind, over));
    }
    try {
      for (int i = 1; i <= PUBLISHES; i++) {
        publish(Layout.POINTER, i);
        publish(Layout.PLAIN, i);
      }
    } finally {
      over.set(true);
    }
    int races = 0;
    for (Reader reader : readers) {
      Tally tally = reader.tally().join();
      System.out.printf(
          "reader during %d publishes: %s: %d of %d reads failed%n",
          PUBLISHES, reader.name(), tally.failures().size(), tally.reads());
      assertThat(tally.reads()).as(reader.name()).isGreaterThan(PUBLISHES / 2);
      if (reader.redirected()) {
        assertThat(tally.failures()).as(reader.name()).isEmpty();
      } else {
        assertThat(tally.failures())
            .as(reader.name())
            .allMatch(text -> text.contains("signature from") && text.contains("is invalid"));
        races += tally.failures().size();
      }
    }
    assertThat(races)
        .as("reads that met a publish: without any, this test shows nothing")
        .isPositive();
  }

  private Reader reader(Layout layout, Web.Kind kind, AtomicBoolean over) {
    String name = layout.name().toLowerCase(Locale.ROOT) + " through " + kind.name();
    Path home = scratch.path().resolve("w" + open.size());
    Web web =
        Web.start(kind, new QrepoCli(scratch.folder("home")), home, tree(layout), Publisher.NAME);
    open.add(web);
    SlowSignatures line = new SlowSignatures(web.url(), DELAY);
    open.add(line);
    PacmanClient client =
        new PacmanClient(
            scratch.path().resolve("c" + open.size()),
            Publisher.NAME,
            line.url(),
            scratch.file("t.asc", key.certificate()));
    open.add(client);
    Path databases = scratch.folder("d" + open.size());
    return new Reader(
        name,
        kind.redirects(),
        CompletableFuture.supplyAsync(
            () -> read(client, databases, over), task -> new Thread(task, name).start()));
  }

  private static Tally read(PacmanClient client, Path databases, AtomicBoolean over) {
    List<String> failures = new ArrayList<>();
    int reads = 0;
    while (!over.get()) {
      Path fresh = databases.resolve(Integer.toString(reads++));
      create(fresh);
      Command.Output output = client.run("-Sy", "--dbpath", fresh.toString());
      if (output.code() != 0) {
        failures.add(output.toString());
      }
    }
    return new Tally(reads, failures);
  }

  private static void create(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path tree(Layout layout) {
    return scratch.path().resolve("tree-" + layout);
  }

  private void publish(Layout layout, int release) throws IOException {
    Path file =
        SamplePackage.of("hello", "1-" + (release + 1))
            .file("usr/share/hello", "hello " + release)
            .writeTo(scratch.folder("packages"));
    RepositorySpec spec =
        new RepositorySpec(
            new RepositoryName(Publisher.NAME),
            Optional.empty(),
            layout,
            Compression.GZIP,
            DescOptions.DEFAULT,
            true,
            layout == Layout.POINTER);
    try (LocalStore store = new LocalStore(tree(layout))) {
      new org.qrepo.publish.Publisher(
              spec,
              store,
              TestKeys.verifier(key),
              () -> TestKeys.signer(key),
              Optional.empty(),
              new SeenDirectory(scratch.path().resolve("seen")),
              Events.NONE,
              new Settings(
                  scratch.path().resolve("work"),
                  InstantSource.system(),
                  Pause.REAL,
                  Duration.ofSeconds(20),
                  5,
                  2,
                  false))
          .publish(Change.adding(List.of(file)), Approval.ANY);
    }
  }
}
