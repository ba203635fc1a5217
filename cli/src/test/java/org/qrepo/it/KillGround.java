package org.qrepo.it;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.cli.Run;
import org.qrepo.cli.Terminal;
import org.qrepo.sign.KeyAlgorithm;
import org.qrepo.sign.NewKey;
import org.qrepo.sign.UserId;
import org.qrepo.store.Stores;

/**
 * What the commands of the kill sweep work on. A ground is a folder with a repository of three
 * generations in {@code tree}, another one to promote from in {@code testing}, and the
 * configuration that names both; it is made once for a layout, and copied for each command. All of
 * it is made to look ten days old.
 */
final class KillGround {
  /** When the repositories were made, by the clock of who made them. */
  private final Instant made = Instant.now().minus(Duration.ofDays(10));

  private final Instant killed = made.plus(Duration.ofDays(5));
  private final Scratch scratch;
  private final Path packages;
  private final Path secret;
  private final Path certificate;
  private final Map<String, Path> grounds = new ConcurrentHashMap<>();

  KillGround(Scratch scratch) {
    this.scratch = scratch;
    this.packages = scratch.folder("packages");
    NewKey key =
        NewKey.generate(
            new UserId("T <t@example.org>"),
            KeyAlgorithm.ED25519,
            Optional.empty(),
            Optional.empty(),
            made.minus(Duration.ofDays(1)));
    try {
      secret = Files.write(scratch.path().resolve("secret.asc"), key.secretKey());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    certificate = scratch.file("t.asc", key.certificate());
    Map.of("a", 4, "b", 1, "gone", 1, "keep", 1, "other", 1).forEach(this::makeVersions);
  }

  private void makeVersions(String name, int versions) {
    for (int i = 1; i <= versions; i++) {
      SamplePackage.of(name, i + "-1").file("usr/share/" + name, i + "-1").writeTo(packages);
    }
  }

  Path certificate() {
    return certificate;
  }

  /** A copy of the ground of a layout, as an operation finds it. */
  Path copy(String layout, KilledOperation operation, String name) {
    Path copy = copy(grounds.computeIfAbsent(layout, this::make), name);
    if (operation == KilledOperation.FIRST_PUBLISH) {
      remove(copy.resolve("tree"));
    }
    if (operation == KilledOperation.PRUNE_DELETES) {
      run(copy, made, KilledOperation.PRUNE_ANNOUNCES.words());
      age(copy.resolve("tree"));
    }
    return copy;
  }

  Path copy(Path ground, String name) {
    Path copy = scratch.path().resolve(name);
    Command.of("cp", "-a", ground.toString(), copy.toString()).run().expectSuccess();
    return copy;
  }

  static void remove(Path folder) {
    Command.of("rm", "-rf", folder.toString()).run().expectSuccess();
  }

  private Path make(String layout) {
    Path ground = scratch.folder("ground-" + layout);
    scratch.file(ground.getFileName() + "/qrepo.yml", configuration(layout));
    publish(ground, "web", "a-1-1", "gone-1-1");
    publish(ground, "web", "a-2-1", "keep-1-1");
    publish(ground, "web", "a-3-1");
    publish(ground, "testing", "a-4-1", "b-1-1");
    age(ground);
    remove(ground.resolve("home"));
    return ground;
  }

  private String configuration(String layout) {
    return """
        repository:
          name: t
          arch: x86_64
        signing:
          backend: file
          key-file: %s
        targets:
          web:
            url: ./tree
            layout: %s
          testing:
            url: ./testing
            layout: %s
        """
        .formatted(secret, layout, layout);
  }

  private void publish(Path ground, String target, String... names) {
    List<String> words =
        Stream.of(Stream.of("publish"), Stream.of(names), Stream.of("--to", target))
            .flatMap(s -> s)
            .toList();
    Run done = run(ground, made, words);
    if (done.code() != 0) {
      throw new AssertionError(words + "\n" + done.err());
    }
    age(ground.resolve(target.equals("web") ? "tree" : target));
  }

  /** The words of an operation as they are typed in a copy of a ground. */
  List<String> typed(Path ground, List<String> words) {
    return words.stream()
        .map(
            word ->
                word.equals("FIRST")
                    ? firstGeneration(ground)
                    : word.matches("[a-z]+-[0-9]+-[0-9]+")
                        ? packages.resolve(word + "-any.pkg.tar.zst").toString()
                        : word)
        .toList();
  }

  /** The one without a parent. Who was killed may have left a folder without its note. */
  private static String firstGeneration(Path ground) {
    try (Stream<Path> folders = Files.list(ground.resolve("tree/generations"))) {
      for (Path folder : folders.filter(Files::isDirectory).toList()) {
        Path note = folder.resolve("generation.json");
        if (Files.exists(note) && Files.readString(note).matches("(?s).*\"seq\" : 1,.*")) {
          return folder.getFileName().toString();
        }
      }
      throw new AssertionError("no first generation in " + ground);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The program in a process of its own, which sends itself a signal at a point; it keeps a diary
   * of its calls.
   */
  Command signalled(Path ground, String signal, KillPoint point, List<String> words) {
    Path classes = Path.of("target").toAbsolutePath();
    return Command.of(Path.of(System.getProperty("java.home"), "bin", "java").toString())
        .with("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")
        .with("-Djava.io.tmpdir=" + scratch.folder("tmp"))
        .with("-cp", classes.resolve("qrepo.jar") + ":" + classes.resolve("test-classes"))
        .with(SignalledQrepo.class.getName(), ground.resolve("diary").toString(), signal)
        .with(Integer.toString(point.call()), point.moment().name())
        .with(typed(ground, words))
        .in(ground)
        .env("HOME", ground.resolve("home"))
        .env("SOURCE_DATE_EPOCH", killed.getEpochSecond());
  }

  /** The calls to its stores of a command that is left in peace. */
  List<String> calls(Path ground, List<String> words) throws IOException {
    try (ByteArrayOutputStream diary = new ByteArrayOutputStream()) {
      CallSignal signal = new CallSignal(diary, "KILL", 0, CallSignal.Moment.BEFORE);
      Stores stores = Stores.standard().behind(store -> new SignalledStore(store, signal));
      Run run =
          Run.of(ground, environment(ground, killed), Terminal.NONE, stores, typed(ground, words));
      if (run.code() != 0) {
        throw new AssertionError(words + "\n" + run.err());
      }
      return diary.toString(StandardCharsets.UTF_8).lines().toList();
    }
  }

  /** The program in this process, by the publisher of the ground. */
  Run again(Path ground, List<String> words) {
    return run(ground, killed.plus(Duration.ofDays(1)), words);
  }

  private Run run(Path ground, Instant clock, List<String> words) {
    return Run.of(ground, environment(ground, clock), typed(ground, words));
  }

  private static Map<String, String> environment(Path ground, Instant clock) {
    return Map.of(
        "HOME",
        ground.resolve("home").toString(),
        "SOURCE_DATE_EPOCH",
        Long.toString(clock.getEpochSecond()));
  }

  /** The same by another publisher, who has the key and has never seen the repository. */
  Run byAnother(Path ground, List<String> words) {
    remove(ground.resolve("home"));
    return run(ground, killed.plus(Duration.ofDays(2)), words);
  }

  /** The same by someone who has no key and no configuration. */
  Run keyless(Path ground, String layout, String command, String... more) {
    Path elsewhere = scratch.folder("elsewhere");
    List<String> words =
        Stream.concat(
                Stream.of(
                    command,
                    ground.resolve("tree").toString(),
                    "--name",
                    "t",
                    "--layout",
                    layout,
                    "--lock-wait",
                    "0",
                    "--trust",
                    certificate.toString()),
                Stream.of(more))
            .toList();
    return Run.of(elsewhere, Map.of("HOME", elsewhere.toString()), words);
  }

  /** Lets three days pass for everything in a folder. */
  static void age(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file :
          files.filter(f -> Files.isRegularFile(f, LinkOption.NOFOLLOW_LINKS)).toList()) {
        FileTime old = Files.getLastModifiedTime(file);
        Files.setLastModifiedTime(file, FileTime.from(old.toInstant().minus(Duration.ofDays(3))));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
