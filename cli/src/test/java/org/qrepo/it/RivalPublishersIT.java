package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.store.ground.Extent;
import org.qrepo.store.ground.Ground;
import org.qrepo.store.ground.Grounds;

/**
 * Several publishers at a time, some of which die on the way and begin again, lose nothing of each
 * other's work. A real pacman, which demands signatures, judges every generation that they made.
 */
class RivalPublishersIT {
  private static final Extent EXTENT = Extent.chosen();

  private final Scratch scratch = new Scratch();

  @AfterEach
  void tidy() {
    scratch.close();
  }

  /** Store, layout, publishers, packages of each, packages in one publish. */
  static List<Arguments> rivals() {
    return Grounds.chosen().flatMap(RivalPublishersIT::rivals).toList();
  }

  private static Stream<Arguments> rivals(Grounds kind) {
    if (kind == Grounds.LOCAL) {
      return EXTENT == Extent.FEW
          ? Stream.of(Arguments.of(kind, "pointer", 2, 20, 5), Arguments.of(kind, "plain", 8, 5, 5))
          : Stream.of(
              Arguments.of(kind, "pointer", 2, 20, 1),
              Arguments.of(kind, "pointer", 8, 20, 2),
              Arguments.of(kind, "plain", 8, 20, 2));
    }
    int each = EXTENT == Extent.ALL ? 20 : 5;
    return EXTENT == Extent.FEW
        ? Stream.of(Arguments.of(kind, kind.layouts().get(0), 3, 4, 4))
        : kind.layouts().stream().map(layout -> Arguments.of(kind, layout, 8, each, 1));
  }

  /**
   * Some publishers are killed where the lock of the dead ends with them; elsewhere all others
   * would wait for ten minutes.
   */
  @ParameterizedTest(name = "{0}, {1}, {2} publishers of {3} packages, {4} at a time")
  @MethodSource("rivals")
  void nothingOfAnybodyIsLost(Grounds kind, String layout, int publishers, int each, int atATime)
      throws Exception {
    Ground ground = kind.get();
    Path folder = ground.folder("rivals-" + layout + publishers + "x" + each);
    try (Publisher publisher = new Publisher(scratch, layout, ground, folder.resolve("tree"))) {
      publisher.publish(sample("first")).expectSuccess();
      Set<String> expected = new TreeSet<>(Set.of("first 1.0-1"));
      List<Rival> rivals = new ArrayList<>();
      for (int i = 0; i < publishers; i++) {
        List<String> names = names(i, each);
        names.forEach(name -> expected.add(name + " 1.0-1"));
        rivals.add(rival(kind, i, names, atATime));
      }
      long start = System.nanoTime();

      Rival.Tally tally = run(rivals);

      long seconds = (System.nanoTime() - start) / 1_000_000_000;
      int generations = unbrokenChain(ground, publisher, expected);
      publisher.qrepo().run("verify", "web").expectSuccess();
      System.out.printf(
          "rivals: %s, %s: %d publishers, %d packages each: %d processes, of which %d killed,"
              + " %d lost too many races, %d met a lock too long, %d met another's commit in their check;"
              + " %d generations in %d s%n",
          kind,
          layout,
          publishers,
          each,
          tally.processes(),
          tally.killed(),
          tally.conflicts(),
          tally.locked(),
          tally.unconfirmed(),
          generations,
          seconds);
      assertThat(tally.killed() > 0).isEqualTo(kind == Grounds.LOCAL);
      assertThat(tally.conflicts() + tally.locked()).as("nobody had to try again").isZero();
    }
    Command.of("rm", "-rf", folder.toString()).run().expectSuccess();
  }

  private Rival rival(Grounds kind, int number, List<String> names, int atATime)
      throws IOException {
    Path home = scratch.folder("rival" + number);
    Files.copy(scratch.path().resolve("home/qrepo.yml"), home.resolve("qrepo.yml"));
    List<Path> packages = names.stream().map(this::sample).toList();
    List<List<Path>> steps =
        IntStream.range(0, names.size() / atATime)
            .mapToObj(i -> packages.subList(i * atATime, (i + 1) * atATime))
            .toList();
    QrepoCli qrepo = new QrepoCli(home, kind.get().environment());
    return new Rival(qrepo, steps, number, kind == Grounds.LOCAL, home.resolve("log"));
  }

  private static Rival.Tally run(List<Rival> rivals) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(rivals.size());
    try {
      Rival.Tally sum = new Rival.Tally(0, 0, 0, 0, 0);
      for (Future<Rival.Tally> tally : threads.invokeAll(rivals)) {
        sum = sum.plus(tally.get());
      }
      return sum;
    } finally {
      threads.shutdownNow();
    }
  }

  /**
   * Follows the chain from the live generation, which offers everything, to the first: each one is
   * accepted by pacman, in {@code .db} and {@code .files}, and none has lost what was there before.
   *
   * @return its length
   */
  private static int unbrokenChain(Ground ground, Publisher publisher, Set<String> expected) {
    List<String> log = publisher.qrepo().run("log", "web", "-n", "1000").expectSuccess().lines();
    List<String> chain =
        log.stream()
            .filter(l -> l.startsWith("generation "))
            .map(l -> l.split(" ", -1)[1])
            .toList();
    assertThat(log.get(0)).contains("(seq " + chain.size() + ")");
    try (PacmanClient client = publisher.client(ground.site(publisher.tree()))) {
      Set<String> later = offers(client);
      assertThat(later).isEqualTo(expected);
      client.install("first", "r0x0", "r1x0").expectSuccess();
      for (String generation : chain) {
        client.ask(ground.site(publisher.tree().resolve("generations/" + generation)));
        Set<String> offers = offers(client);
        assertThat(later).as(generation).containsAll(offers);
        later = offers;
      }
      assertThat(later).containsExactly("first 1.0-1");
    }
    return chain.size();
  }

  private static Set<String> offers(PacmanClient client) {
    client.run("-Syy").expectSuccess();
    client.run("-Fyy").expectSuccess();
    Set<String> offers = new TreeSet<>(client.list());
    List<String> files = offers.stream().map(o -> "usr/share/" + o.split(" ", -1)[0]).toList();
    String[] names = offers.stream().map(o -> "t/" + o.split(" ", -1)[0]).toArray(String[]::new);
    List<String> words = new ArrayList<>(List.of("-Flq"));
    words.addAll(List.of(names));
    assertThat(client.run(words.toArray(String[]::new)).expectSuccess().lines()).containsAll(files);
    return offers;
  }

  private static List<String> names(int publisher, int number) {
    return IntStream.range(0, number).mapToObj(i -> "r" + publisher + "x" + i).toList();
  }

  private Path sample(String name) {
    return SamplePackage.of(name, "1.0-1")
        .file("usr/share/" + name, name)
        .writeTo(scratch.folder("packages"));
  }
}
