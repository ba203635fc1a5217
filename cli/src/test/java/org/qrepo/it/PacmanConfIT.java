package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.qrepo.client.conf.ConfRepository;
import org.qrepo.client.conf.Effect;
import org.qrepo.client.conf.PacmanConf;

/** What qrepo says that pacman does with a configuration is what pacman does. */
class PacmanConfIT {
  private static final int TREES = Boolean.getBoolean("qrepo.full") ? 2000 : 90;
  private static final long SEED = 20_261_122L;

  private Scratch scratch;
  private GpgHome keyring;

  @BeforeEach
  void makeDatabases() throws IOException {
    Programs.require("pacman", "pacman-conf", "repo-add");
    scratch = new Scratch();
    scratch.folder("root");
    scratch.folder("hooks");
    scratch.folder("db");
    keyring = new GpgHome(scratch.path().resolve("g"));
    Files.createFile(keyring.path().resolve("pubring.gpg"));
    try (GpgHome publisher = new GpgHome(scratch.path().resolve("s"))) {
      String key = publisher.generateKey("T <t@example.org>", "ed25519");
      keyring.trust(publisher.exportCertificate(key, scratch.path().resolve("t.gpg")));
      Path repo = scratch.folder("repo");
      scratch.folder("repo/x86_64");
      Command.of("repo-add", "-q", repo.resolve("empty.db.tar.gz").toString()).run();
      Path signature = publisher.sign(key, repo.resolve("empty.db.tar.gz"));
      for (String name : List.of("a", "b", "c", "d", "e")) {
        Files.copy(repo.resolve("empty.db.tar.gz"), repo.resolve(name + ".db"));
        Files.copy(signature, repo.resolve(name + ".db.sig"));
      }
    }
  }

  @AfterEach
  void close() {
    keyring.close();
    scratch.close();
  }

  private String head() {
    return """
        [options]
        RootDir = W/root
        DBPath = W/db
        CacheDir = W/cache/
        LogFile = W/log
        GPGDir = W/g/
        HookDir = W/hooks/
        """
        .replace("W", scratch.path().toString());
  }

  @Test
  void generatedTreesAreJudgedAsPacmanJudgesThem() throws IOException {
    Map<Effect, Integer> seen = new EnumMap<>(Effect.class);
    for (int i = 0; i < TREES; i++) {
      Path folder = scratch.folder("t" + i);
      String server = "file://" + scratch.path().resolve("repo");
      Path conf = new ConfTree(folder, new Random(SEED + i), head(), server).write();
      seen.merge(compare(conf), 1, Integer::sum);
    }
    assertThat(seen).as("the generator reaches every verdict").containsKeys(Effect.values());
    assertThat(seen.values()).allMatch(n -> n >= TREES / 30);
  }

  private Effect compare(Path file) throws IOException {
    PacmanConf ours = PacmanConf.read(file, Path.of("/"));
    String about = describe(file, ours);
    Command.Output list = conf(file, "--repo-list");
    boolean stops = ours.verdict() == Effect.STOPS;
    assertThat(list.code() != 0).as("pacman stops: %s%s", list, about).isEqualTo(stops);
    long unknown = list.err().lines().filter(l -> l.contains("not recognized.")).count();
    assertThat(unknown).as("unknown: %s%s", list, about).isEqualTo(count(ours, Effect.WARNED));
    Command.Output sync = sync(file);
    boolean fails = ours.verdict().compareTo(Effect.SYNC_FAILS) >= 0;
    assertThat(sync.code() != 0).as("pacman -Sy fails: %s%s", sync, about).isEqualTo(fails);
    if (!stops) {
      assertThat(list.lines()).as("repositories%s", about).isEqualTo(ours.sections());
      long passed =
          sync.err().lines().filter(l -> l.matches("error: could not (register|add).*")).count();
      assertThat(passed).as("%s%s", sync, about).isEqualTo(count(ours, Effect.PASSED_OVER));
      if (file.toString().endsWith("3/pacman.conf")) {
        compareSignatures(file, ours, about);
      }
    }
    return ours.verdict();
  }

  private void compareSignatures(Path file, PacmanConf ours, String about) {
    assertThat(conf(file, "SigLevel").lines()).as(about).isEqualTo(ours.sigLevel().words());
    for (ConfRepository repository : ours.repositories()) {
      List<String> printed =
          conf(file, "--repo", repository.name()).lines().stream()
              .filter(l -> l.startsWith("SigLevel = "))
              .map(l -> l.substring("SigLevel = ".length()))
              .toList();
      assertThat(repository.sigLevel().words()).as(repository + about).containsAll(printed);
      assertThat(printed.isEmpty()).as(repository + about).isEqualTo(!repository.sigLevelSaid());
    }
  }

  private static long count(PacmanConf conf, Effect effect) {
    return conf.findings().stream().filter(f -> f.effect() == effect).count();
  }

  private static Command.Output conf(Path file, String... words) {
    return Command.of("pacman-conf", "--config", file.toString()).with(words).run();
  }

  private Command.Output sync(Path file) {
    boolean rooted = "root".equals(System.getProperty("user.name"));
    Command pacman = rooted ? Command.of("pacman") : Command.of("fakeroot", "pacman");
    return pacman.with("--config", file.toString(), "-Sy").run();
  }

  private static String describe(Path file, PacmanConf ours) throws IOException {
    try (Stream<Path> all = Files.walk(file.resolveSibling("."))) {
      return "\n"
          + ours
          + all.filter(Files::isRegularFile)
              .sorted()
              .map(PacmanConfIT::shown)
              .collect(Collectors.joining());
    }
  }

  private static String shown(Path file) {
    try {
      return "\n--- " + file + "\n" + Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
