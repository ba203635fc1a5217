package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.cli.Run;
import org.qrepo.io.Blob;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.Tag;
import org.qrepo.sign.NewKey;
import org.qrepo.sign.TestKeys;
import org.qrepo.store.ground.Grounds;

/**
 * Every command that writes works on every store, alone, from one to another and on several at a
 * time; a real pacman with {@code SigLevel = Required} judges each step through the public side.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoresIT {
  private static final boolean FULL = Boolean.getBoolean("qrepo.full");
  private static final int LOCKED = 7;
  private static final String FOLDER = "matrix";

  private final Scratch scratch = new Scratch();
  private final NewKey key = TestKeys.ed25519();
  private final Path packages = scratch.folder("packages");
  private final Map<String, Place> places = new TreeMap<>();
  private final Map<Grounds, PacmanJudges> judges = new EnumMap<>(Grounds.class);
  private Path certificate = scratch.path();
  private Path secret = scratch.path();

  @BeforeAll
  void prepare() throws IOException {
    Programs.require("pacman");
    certificate = scratch.file("t.asc", key.certificate());
    secret = Files.write(scratch.path().resolve("secret.asc"), key.secretKey());
    for (String each : List.of("a 1-1", "a 2-1", "b 1-1", "keep 1-1", "late 1-1")) {
      String[] words = each.split(" ", -1);
      SamplePackage.of(words[0], words[1])
          .file("usr/share/" + words[0], words[1])
          .writeTo(packages);
    }
    for (Grounds kind : Grounds.values()) {
      kind.get().folder(FOLDER);
      Path home = scratch.folder("j" + kind);
      judges.put(kind, new PacmanJudges(kind.get(), home, certificate, 1));
    }
  }

  @AfterAll
  void tidy() {
    judges.values().forEach(PacmanJudges::close);
    for (Grounds kind : judges.keySet()) {
      KillGround.remove(kind.get().root().resolve(FOLDER));
    }
    scratch.close();
  }

  /** Other tests do all of it on a disk, and nginx is written to by the same store as Apache. */
  static Stream<Grounds> kinds() {
    return Stream.of(Grounds.values())
        .filter(kind -> FULL || (kind != Grounds.LOCAL && kind != Grounds.NGINX));
  }

  static List<Arguments> stores() {
    return kinds()
        .flatMap(
            kind ->
                (FULL ? kind.layouts() : kind.layouts().subList(0, 1))
                    .stream().map(layout -> Arguments.of(kind, layout)))
        .toList();
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("stores")
  void everyCommandWorksThere(Grounds kind, String layout) throws Exception {
    Place place = new Place(kind, "tree-" + layout, layout);
    Place testing = new Place(kind, "testing-" + layout, layout);
    String name = place.name();

    done("publish", "a-1-1", "keep-1-1", "--to", name);
    offers(place, "a 1-1", "keep 1-1");
    done("publish", "a-2-1", "--to", name);
    offers(place, "a 2-1", "keep 1-1");
    assertThat(done("status", name).out() + done("status", name).err()).contains("seq 2");
    assertThat(done("log", name).out().lines().filter(l -> l.startsWith("generation "))).hasSize(2);
    done("verify", name);

    age(place);
    done("rollback", name);
    offers(place, "a 1-1", "keep 1-1");
    done("publish", "b-1-1", "--to", testing.name());
    age(place);
    done("promote", "--all", "--from", testing.name(), "--to", name);
    offers(place, "a 1-1", "b 1-1", "keep 1-1");
    age(place);
    done("remove", "keep", "--to", name);
    offers(place, "a 1-1", "b 1-1");

    for (int phase = 1; phase <= 2; phase++) {
      age(place);
      done("prune", name, "--keep", "0", "--grace", "0");
      offers(place, "a 1-1", "b 1-1");
    }
    assertThat(GroundState.packages(place.tree())).containsExactly("a 1-1", "b 1-1");
    assertThat(GroundState.generations(place.tree())).hasSize(1);

    Files.delete(place.tree().resolve("t.files"));
    assertThat(done("repair", name).err()).contains("t.files");
    offers(place, "a 1-1", "b 1-1");
    assertThat(GroundState.strangers(place.tree())).isEmpty();
    assertThat(GroundState.unfinished(place.tree())).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void whatRepoAddMadeThereIsAdopted(Grounds kind) throws Exception {
    Place place = new Place(kind, "foreign", kind.layouts().get(0));
    Path made = scratch.folder("made" + kind);
    List<Path> files = new ArrayList<>();
    for (String name : List.of("a-1-1", "keep-1-1")) {
      files.add(Files.copy(file(name), made.resolve(file(name).getFileName())));
    }
    RepoAdd.add(made, "t", files);
    put(place, made);

    done("adopt", place.name());

    offers(place, "a 1-1", "keep 1-1");
    age(place);
    done("publish", "a-2-1", "--to", place.name());
    offers(place, "a 2-1", "keep 1-1");
  }

  /** As another tool puts them there; links as what they lead to, which not every store has. */
  private static void put(Place place, Path folder) throws IOException {
    try (Store store = place.kind.get().open(place.tree());
        Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> !f.toString().endsWith(".old")).toList()) {
        StoreKey name = new StoreKey(file.getFileName().toString());
        store.swap(name, Tag.ABSENT, Blob.of(Files.readAllBytes(file)));
      }
    }
  }

  /** From each store to the next one, and from the last one to the first; to all with full. */
  @Test
  void mirrorsGoFromStoreToStore() throws Exception {
    Grounds[] kinds = Grounds.values();
    Place first = new Place(kinds[0], "mirrored", kinds[0].layouts().get(0));
    List<String> offers = new ArrayList<>();
    for (String next : FULL ? List.of("a", "late") : List.of("a")) {
      age(first);
      done("publish", next + "-1-1", "--to", first.name());
      offers.add(next + " 1-1");
      Place from = first;
      for (int i = 1; i <= kinds.length; i++) {
        Grounds kind = kinds[i % kinds.length];
        Place to = new Place(kind, "copy", kind.layouts().get(0));
        mirror(from, to, offers);
        for (Grounds other : FULL ? kinds : new Grounds[0]) {
          mirror(to, new Place(other, "from-" + kind, other.layouts().get(0)), offers);
        }
        from = to;
      }
    }
  }

  private void mirror(Place from, Place to, List<String> offers) throws Exception {
    age(to);
    Run run = run(configuration(false), "mirror", from.name(), to.name(), trusting());
    assertThat(run.code()).as(from + " to " + to + ": " + run.out() + run.err()).isZero();
    offers(to, offers.toArray(String[]::new));
  }

  @Test
  void oneRunOnSeveralTargetsHasAVerdictForEach() throws Exception {
    List<Place> all = new ArrayList<>();
    List<String> words = new ArrayList<>(List.of("publish", "a-1-1", "--lock-wait", "0"));
    for (Grounds kind : Grounds.values()) {
      Place place = new Place(kind, "several", kind.layouts().get(0));
      all.add(place);
      words.addAll(List.of("--to", place.name()));
    }
    Path locked = all.get(0).tree();
    Files.writeString(Files.createDirectories(locked).resolve("t.db.tar.gz.lck"), "1\n");

    Run run = run(words.toArray(String[]::new));

    assertThat(run.code()).as(run.err()).isEqualTo(LOCKED);
    for (Place place : all) {
      boolean held = place.tree().equals(locked);
      assertThat((run.out() + run.err()).lines())
          .as(place + "\n" + run.out() + run.err())
          .anyMatch(line -> line.contains(place.name() + ":") && line.contains("lock") == held);
      if (!held) {
        offers(place, "a 1-1");
      }
    }
  }

  /** A repository of the matrix, and what the configuration calls it. */
  private final class Place {
    private final Grounds kind;
    private final Path tree;
    private final String layout;

    Place(Grounds kind, String name, String layout) {
      this.kind = kind;
      this.layout = layout;
      this.tree = kind.get().root().resolve(FOLDER).resolve(name);
      places.put(name(), this);
    }

    Path tree() {
      return tree;
    }

    String name() {
      return (kind + "-" + tree.getFileName()).toLowerCase(java.util.Locale.ROOT);
    }

    String target() {
      Map<String, String> keys = new TreeMap<>(kind.get().target(tree));
      keys.put("layout", layout);
      return keys.entrySet().stream()
          .map(entry -> "    " + entry.getKey() + ": " + entry.getValue() + "\n")
          .collect(Collectors.joining("", "  " + name() + ":\n", ""));
    }

    @Override
    public String toString() {
      return name() + " (" + layout + ")";
    }
  }

  private void offers(Place place, String... offers) throws Exception {
    PacmanJudges.Verdict verdict = Objects.requireNonNull(judges.get(place.kind)).judge(place.tree);
    assertThat(verdict.good()).as(place + verdict.words()).isTrue();
    assertThat(verdict.offers()).as(place.toString()).isEqualTo(Set.of(offers));
  }

  private Run done(String... words) {
    Run run = run(words);
    assertThat(run.code()).as(List.of(words) + "\n" + run.out() + run.err()).isZero();
    return run;
  }

  private Run run(String... words) {
    return run(configuration(true), words);
  }

  private Run run(Path configuration, String... words) {
    Map<String, String> environment = new HashMap<>();
    for (Grounds kind : Grounds.values()) {
      environment.putAll(kind.get().environment());
    }
    environment.put("HOME", scratch.folder("home").toString());
    List<String> typed = new ArrayList<>(List.of("--config", configuration.toString()));
    Stream.of(words)
        .map(word -> word.matches("[a-z]+-[0-9]-[0-9]") ? file(word).toString() : word)
        .forEach(typed::add);
    return Run.of(scratch.path(), environment, typed);
  }

  private String trusting() {
    return "--trust=" + certificate;
  }

  private Path configuration(boolean withKey) {
    String signing = "signing:\n  backend: file\n  key-file: " + secret + "\n";
    return scratch.file(
        withKey ? "qrepo.yml" : "keyless.yml",
        "repository:\n  name: t\n  arch: x86_64\n"
            + (withKey ? signing : "")
            + "targets:\n"
            + places.values().stream().map(Place::target).collect(Collectors.joining()));
  }

  private Path file(String name) {
    return packages.resolve(name + "-any.pkg.tar.zst");
  }

  /** Clients ask by the second: else the next publish would wait for it. */
  private static void age(Place place) {
    if (Files.exists(place.tree())) {
      KillGround.age(place.tree());
    }
  }
}
