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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.cli.Run;
import org.qrepo.cli.Terminal;
import org.qrepo.sign.KeyAlgorithm;
import org.qrepo.sign.NewKey;
import org.qrepo.sign.UserId;
import org.qrepo.store.Stores;
import org.qrepo.store.ground.Ground;

/**
 * What the commands of the kill sweep work on. It is a folder of a {@link Ground} with a repository
 * of three generations in {@code tree}, another one to promote from in {@code testing}, and the
 * configuration that names both; it is made once for a layout, and copied for each command. All of
 * it is made to look ten days old.
 */
final class KillGround implements AutoCloseable {
  private static final String NO_KEY =
      """
      repository:
        name: t
        arch: x86_64
      targets:
      """;
  private static final String KEY =
      """
      repository:
        name: t
        arch: x86_64
      signing:
        backend: file
        key-file: %s
      targets:
      """;
  private static final AtomicInteger NUMBER = new AtomicInteger();

  /** When the repositories were made, by the clock of who made them. */
  private final Instant made = Instant.now().minus(Duration.ofDays(10));

  private final Instant killed = made.plus(Duration.ofDays(5));
  private final Scratch scratch;
  private final Ground ground;
  private final String name = "kill-" + NUMBER.incrementAndGet() + "/";
  private final Path packages;
  private final Path secret;
  private final Path certificate;
  private final Map<String, Path> grounds = new ConcurrentHashMap<>();

  KillGround(Scratch scratch, Ground ground) {
    this.scratch = scratch;
    this.ground = ground;
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

  Path copy(Path folder, String copied) {
    Path copy = folder.resolveSibling(copied);
    Command.of("cp", "-a", folder.toString(), copy.toString()).run().expectSuccess();
    configure(copy);
    return copy;
  }

  static void remove(Path folder) {
    Command.of("rm", "-rf", folder.toString()).run().expectSuccess();
  }

  private Path make(String layout) {
    Path made = ground.folder(name + "ground-" + layout);
    write(made.resolve("layout"), layout);
    configure(made);
    publish(made, "web", "a-1-1", "gone-1-1");
    publish(made, "web", "a-2-1", "keep-1-1");
    publish(made, "web", "a-3-1");
    publish(made, "testing", "a-4-1", "b-1-1");
    age(made);
    remove(made.resolve("home"));
    return made;
  }

  /** Its places have other addresses than those of what it is a copy of. */
  private void configure(Path folder) {
    String layout = read(folder.resolve("layout"));
    String targets =
        Stream.of("web", "testing")
            .map(target -> target(target, folder, layout))
            .collect(Collectors.joining());
    write(folder.resolve("qrepo.yml"), KEY.formatted(secret) + targets);
    write(folder.resolve("keyless.yml"), NO_KEY + targets);
  }

  private String target(String target, Path folder, String layout) {
    Path place = folder.resolve(target.equals("web") ? "tree" : target);
    Map<String, String> keys = new TreeMap<>(ground.target(place));
    keys.put("layout", layout);
    return keys.entrySet().stream()
        .map(key -> "    " + key.getKey() + ": " + key.getValue() + "\n")
        .collect(Collectors.joining("", "  " + target + ":\n", ""));
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void publish(Path folder, String target, String... names) {
    List<String> words =
        Stream.of(Stream.of("publish"), Stream.of(names), Stream.of("--to", target))
            .flatMap(s -> s)
            .toList();
    Run done = run(folder, made, words);
    if (done.code() != 0) {
      throw new AssertionError(words + "\n" + done.err());
    }
    age(folder.resolve(target.equals("web") ? "tree" : target));
  }

  /** The words of an operation as they are typed in a copy of a ground. */
  List<String> typed(Path folder, List<String> words) {
    return words.stream()
        .map(
            word ->
                word.equals("FIRST")
                    ? firstGeneration(folder)
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
  Command signalled(Path folder, String signal, KillPoint point, List<String> words) {
    Path classes = Path.of("target").toAbsolutePath();
    Command command =
        Command.of(Path.of(System.getProperty("java.home"), "bin", "java").toString())
            .with("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")
            .with("-Djava.io.tmpdir=" + scratch.folder("tmp"))
            .with("-cp", classes.resolve("qrepo.jar") + ":" + classes.resolve("test-classes"))
            .with(SignalledQrepo.class.getName(), folder.resolve("diary").toString(), signal)
            .with(Integer.toString(point.call()), point.moment().name())
            .with(typed(folder, words))
            .in(folder)
            .env("HOME", folder.resolve("home"))
            .env("SOURCE_DATE_EPOCH", killed.getEpochSecond());
    ground.environment().forEach(command::env);
    return command;
  }

  /**
   * The calls to its stores of a command that is left in peace.
   *
   * @param halved the numbers of those that sent bytes
   */
  record Calls(List<String> lines, Set<Integer> halved) {}

  Calls calls(Path folder, List<String> words) throws IOException {
    try (ByteArrayOutputStream diary = new ByteArrayOutputStream()) {
      CallSignal signal = new CallSignal(diary, "KILL", 0, CallSignal.Moment.BEFORE);
      Stores stores = Stores.standard().behind(store -> new SignalledStore(store, signal));
      Run run =
          Run.of(folder, environment(folder, killed), Terminal.NONE, stores, typed(folder, words));
      if (run.code() != 0) {
        throw new AssertionError(words + "\n" + run.err());
      }
      return new Calls(diary.toString(StandardCharsets.UTF_8).lines().toList(), signal.halved());
    }
  }

  /** The program in this process, by the publisher of the ground. */
  Run again(Path folder, List<String> words) {
    return run(folder, killed.plus(Duration.ofDays(1)), words);
  }

  private Run run(Path folder, Instant clock, List<String> words) {
    return Run.of(folder, environment(folder, clock), typed(folder, words));
  }

  private Map<String, String> environment(Path folder, Instant clock) {
    Map<String, String> environment = new HashMap<>(ground.environment());
    environment.put("HOME", folder.resolve("home").toString());
    environment.put("SOURCE_DATE_EPOCH", Long.toString(clock.getEpochSecond()));
    return environment;
  }

  /** The same by another publisher, while the one of the ground may still be at work. */
  Run byRival(Path folder, List<String> words) {
    Map<String, String> environment = environment(folder, killed.plus(Duration.ofDays(1)));
    environment.put("HOME", scratch.folder("rival").toString());
    return Run.of(folder, environment, typed(folder, words));
  }

  /** The same by another publisher, who has the key and has never seen the repository. */
  Run byAnother(Path folder, List<String> words) {
    remove(folder.resolve("home"));
    return run(folder, killed.plus(Duration.ofDays(2)), words);
  }

  /** The same by someone who has no key. */
  Run keyless(Path folder, String command, String... more) {
    Path elsewhere = scratch.folder("elsewhere");
    List<String> words =
        Stream.concat(
                Stream.of("--config", folder.resolve("keyless.yml").toString(), command, "web"),
                Stream.concat(
                    Stream.of("--lock-wait", "0", "--trust", certificate.toString()),
                    Stream.of(more)))
            .toList();
    Map<String, String> environment = new HashMap<>(ground.environment());
    environment.put("HOME", elsewhere.toString());
    return Run.of(elsewhere, environment, words);
  }

  /** Lets so much time pass for a lock that it ends unless its holder gives a sign. */
  static void expire(Path tree) {
    Path locks = tree.resolve(".qrepo.lock");
    if (Files.exists(locks)) {
      age(locks, file -> true, Duration.ofMinutes(11));
    }
  }

  /** Lets three days pass for everything in a folder. */
  static void age(Path folder) {
    age(folder, file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS), Duration.ofDays(3));
  }

  private static void age(Path folder, Predicate<Path> which, Duration by) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(which).toList()) {
        FileTime old = Files.getLastModifiedTime(file);
        Files.setLastModifiedTime(file, FileTime.from(old.toInstant().minus(by)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    remove(ground.root().resolve(name));
  }
}
