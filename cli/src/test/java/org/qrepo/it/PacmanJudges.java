package org.qrepo.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.qrepo.io.Digests;
import org.qrepo.store.ground.Ground;

/**
 * Several real pacmans, each with {@code SigLevel = Required} and a fresh root for each tree that
 * is put before it, and which it sees through the public side of its ground. A tree with the same
 * bytes under the same names is judged once.
 */
final class PacmanJudges implements AutoCloseable {
  private final Ground ground;
  private final BlockingQueue<PacmanClient> idle;
  private final List<PacmanClient> all;
  private final Map<String, Verdict> verdicts = new ConcurrentHashMap<>();

  /**
   * What a client finds.
   *
   * @param published whether there is a database at all
   * @param good whether the client takes both databases, and installs all packages
   * @param offers {@code name version} of each package
   * @param words what pacman said, if it is not good
   */
  record Verdict(boolean published, boolean good, Set<String> offers, String words) {}

  /**
   * @param ground where the trees lie
   * @param folder a folder to make, with a short path
   */
  PacmanJudges(Ground ground, Path folder, Path certificate, int number) {
    this.ground = ground;
    this.all =
        Stream.iterate(0, i -> i < number, i -> i + 1)
            .map(
                i ->
                    new PacmanClient(
                        folder.resolve("c" + i), "t", ground.site(folder), certificate))
            .toList();
    this.idle = new ArrayBlockingQueue<>(number, false, all);
  }

  /** How many different trees were judged. */
  int judged() {
    return verdicts.size();
  }

  Verdict judge(Path tree) throws IOException, InterruptedException {
    if (!Files.exists(tree.resolve("t.db"))) {
      return new Verdict(false, false, Set.of(), "");
    }
    String state = visible(tree);
    Verdict known = verdicts.get(state);
    if (known != null) {
      return known;
    }
    PacmanClient client = idle.take();
    try {
      client.ask(ground.site(tree));
      client.forget();
      Verdict verdict = judge(client);
      verdicts.put(state, verdict);
      return verdict;
    } finally {
      idle.put(client);
    }
  }

  private static Verdict judge(PacmanClient client) {
    Command.Output sync = client.sync();
    if (sync.code() != 0) {
      return refused(Set.of(), sync);
    }
    Set<String> offers = new TreeSet<>(client.list());
    String[] names = offers.stream().map(PacmanJudges::name).toArray(String[]::new);
    Command.Output install = client.install(names);
    Command.Output files = client.syncFiles();
    for (Command.Output each : List.of(install, files)) {
      if (each.code() != 0) {
        return refused(offers, each);
      }
    }
    if (!offers.equals(Set.copyOf(client.installed()))) {
      return new Verdict(true, false, offers, "installed: " + client.installed());
    }
    Command.Output lists = client.run(concat("-Flq", names));
    List<String> expected = Stream.of(names).map(name -> "usr/share/" + name).toList();
    if (lists.code() != 0 || !lists.lines().containsAll(expected)) {
      return refused(offers, lists);
    }
    return new Verdict(true, true, offers, "");
  }

  private static Verdict refused(Set<String> offers, Command.Output output) {
    return new Verdict(true, false, offers, output.toString());
  }

  private static String[] concat(String first, String... more) {
    return Stream.concat(Stream.of(first), Stream.of(more)).toArray(String[]::new);
  }

  private static String name(String offer) {
    return offer.substring(0, offer.indexOf(' '));
  }

  /** The names that clients ask for, and what they get. */
  private static String visible(Path tree) throws IOException {
    Map<String, String> seen = new TreeMap<>();
    try (Stream<Path> files = Files.list(tree)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        seen.put(file.getFileName().toString(), digest(Files.readAllBytes(file)));
      }
    }
    return digest(seen.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String digest(byte[] bytes) {
    return Digests.of(bytes, Set.of()).sha256().hex();
  }

  @Override
  public void close() {
    all.forEach(PacmanClient::close);
  }
}
