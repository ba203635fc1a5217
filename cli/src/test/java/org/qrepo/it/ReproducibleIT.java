package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.qrepo.alpm.SamplePackage;

/** Same packages, same {@code SOURCE_DATE_EPOCH}: same bytes. */
class ReproducibleIT {
  private final Scratch scratch = new Scratch();

  @AfterEach
  void tidy() {
    scratch.close();
  }

  @Test
  void databasesAreTheSameToTheByte() {
    Path folder = scratch.folder("packages");
    List<Path> packages =
        List.of(
            sample("a").writeTo(folder), sample("b").writeTo(folder), sample("c").writeTo(folder));
    try (Publisher publisher = new Publisher(scratch, "pointer")) {
      long time = Instant.now().getEpochSecond();
      Path one = publishAt(time, publisher, scratch.path().resolve("one"), packages);
      Path two = publishAt(time, publisher, scratch.path().resolve("two"), packages);
      for (String name : List.of("t.db", "t.files", "t.db.tar.gz", "t.files.tar.gz")) {
        assertThat(one.resolve(name)).hasSameBinaryContentAs(two.resolve(name));
      }
    }
  }

  private static Path publishAt(long time, Publisher publisher, Path tree, List<Path> packages) {
    publisher
        .qrepo()
        .command("publish")
        .with(packages.stream().map(Path::toString).toList())
        .with("--to", tree.toString())
        .env("SOURCE_DATE_EPOCH", time)
        .run()
        .expectSuccess();
    return tree;
  }

  private static SamplePackage sample(String name) {
    return SamplePackage.of(name, "1.0-1").file("usr/share/" + name + "/f", name);
  }
}
