package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.qrepo.alpm.SamplePackage;

/**
 * A publisher that dies at any moment leaves a repository from which a real pacman installs, and
 * the next run completes the work, without help for the lock that the dead one held.
 */
class KilledPublishIT {
  private static final int MOMENTS = 12;

  private final Scratch scratch = new Scratch();

  @AfterEach
  void tidy() {
    scratch.close();
  }

  @Test
  void clientsInstallWheneverThePublisherDies() throws InterruptedException {
    try (Publisher publisher = new Publisher(scratch, "pointer")) {
      publisher.publish(version(1)).expectSuccess();
      long start = System.nanoTime();
      publisher.publish(version(2)).expectSuccess();
      Duration whole = Duration.ofNanos(System.nanoTime() - start);
      try (PacmanClient client = publisher.client("file://" + publisher.tree())) {
        for (int i = 1; i <= MOMENTS; i++) {
          Path next = version(2 + i);
          kill(publisher.publishing(List.of(next)), whole.multipliedBy(i).dividedBy(MOMENTS));
          client.sync().expectSuccess();
          assertThat(client.list()).containsAnyOf("hello 1.0-" + (1 + i), "hello 1.0-" + (2 + i));
          client.install("hello").expectSuccess();

          publisher.publish(next).expectSuccess();
          client.upgrade().expectSuccess();
          assertThat(client.installed()).containsExactly("hello 1.0-" + (2 + i));
        }
      }
    }
  }

  /** Sends the signal that no program can handle. */
  private void kill(Command publishing, Duration after) throws InterruptedException {
    Path log = scratch.path().resolve("killed.log");
    Process process = publishing.start(log, log);
    if (!process.waitFor(after.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly();
      process.waitFor();
    }
  }

  private Path version(int release) {
    return SamplePackage.of("hello", "1.0-" + release)
        .randomFile("usr/share/hello/data", 100_000, release)
        .writeTo(scratch.folder("packages"));
  }
}
