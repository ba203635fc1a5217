package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.alpm.PackageName;
import org.qrepo.alpm.SamplePackage;
import org.qrepo.database.DescOptions;
import org.qrepo.io.Blob;
import org.qrepo.io.Compression;
import org.qrepo.io.Digests;

/** What the engine's tests work with: packages, a publisher, and eyes for what a store holds. */
final class Workshop {
  final Path directory;
  final Map<String, SeenGenerations.Seen> memory = new ConcurrentHashMap<>();
  StampKey key = new StampKey('A');
  RepositorySpec spec =
      new RepositorySpec(
          new RepositoryName("t"),
          Optional.empty(),
          Layout.POINTER,
          Compression.GZIP,
          DescOptions.DEFAULT,
          true);
  Events events = Events.NONE;
  Pause pause = duration -> {};
  InstantSource clock = InstantSource.system();
  int attempts = 5;
  Duration patience = Duration.ofSeconds(20);
  Optional<PublicSite> site = Optional.empty();
  boolean deep;

  Workshop(Path directory) {
    this.directory = directory;
  }

  Workshop layout(Layout layout) {
    return describe(layout, spec.compression(), spec.aliases());
  }

  Workshop aliases(boolean aliases) {
    return describe(spec.layout(), spec.compression(), aliases);
  }

  Workshop compression(Compression compression) {
    return describe(spec.layout(), compression, spec.aliases());
  }

  /** In the pointer layout, with or without a {@code .htaccess}. */
  Workshop htaccess(boolean htaccess) {
    spec =
        new RepositorySpec(
            spec.name(),
            spec.architecture(),
            Layout.POINTER,
            spec.compression(),
            spec.desc(),
            spec.aliases(),
            htaccess);
    return this;
  }

  Workshop repository(String name) {
    spec =
        new RepositorySpec(
            new RepositoryName(name),
            spec.architecture(),
            spec.layout(),
            spec.compression(),
            spec.desc(),
            spec.aliases());
    return this;
  }

  private Workshop describe(Layout layout, Compression compression, boolean aliases) {
    spec =
        new RepositorySpec(
            spec.name(), spec.architecture(), layout, compression, spec.desc(), aliases);
    return this;
  }

  /** A package with one file that tells its version. */
  Path sample(String name, String version) throws IOException {
    return SamplePackage.of(name, version)
        .file("usr/share/" + name + "/version", version)
        .writeTo(Files.createDirectories(directory.resolve("in")));
  }

  /** The same name and version with other content. */
  Path rebuilt(String name, String version) throws IOException {
    return SamplePackage.of(name, version)
        .file("usr/share/" + name + "/version", version + " rebuilt")
        .writeTo(Files.createDirectories(directory.resolve("rebuilt")));
  }

  Publisher publisher(Store store) {
    return publisher(store, () -> key);
  }

  /** A publisher that fails as soon as it wants to sign. */
  Publisher withoutKey(Store store) {
    return publisher(
        store,
        () -> {
          throw new AssertionError("the key was asked for");
        });
  }

  private Publisher publisher(Store store, Supplier<Signer> signer) {
    return new Publisher(
        spec,
        store,
        key,
        signer,
        site,
        seen(),
        events,
        new Publisher.Settings(
            directory.resolve("scratch"), clock, pause, patience, attempts, 2, deep));
  }

  Receipt add(Store store, Path... packages) throws IOException {
    return publisher(store).publish(Change.adding(List.of(packages)), Publisher.Approval.ANY);
  }

  Receipt remove(Store store, String name) throws IOException {
    return publisher(store)
        .publish(Change.removing(Set.of(new PackageName(name))), Publisher.Approval.ANY);
  }

  /** Back to the parent of the live generation. */
  Receipt rollback(Store store) throws IOException {
    return rollback(store, Optional.empty());
  }

  /** Back to the generation that a publish made. */
  Receipt rollback(Store store, Receipt to) throws IOException {
    return rollback(store, to.generation());
  }

  private Receipt rollback(Store store, Optional<GenerationId> to) throws IOException {
    return publisher(store).publish(new Rollback(to, deep), Publisher.Approval.ANY);
  }

  /** A repository as one to promote from. */
  Promotion.Source source(Store store) {
    return new Promotion.Source(spec, store, seen());
  }

  Repairer repairer(Store store) {
    return new Repairer(
        spec, store, key, seen(), events, directory.resolve("scratch"), Duration.ofSeconds(20));
  }

  Companions companions(Store store) {
    return new Companions(
        spec, store, key, seen(), directory.resolve("scratch"), Duration.ofSeconds(10));
  }

  Pruner pruner(Store store) {
    return new Pruner(
        spec,
        store,
        key,
        seen(),
        events,
        new Pruner.Settings(directory.resolve("scratch"), clock, patience));
  }

  /** Copies to a destination of the given layout. */
  Mirror mirror(Store source, Store destination, Layout layout, int depth) {
    RepositorySpec there = new Workshop(directory).layout(layout).spec;
    return new Mirror(
        new Mirror.End(spec, source),
        new Mirror.End(there, destination),
        key,
        Optional.empty(),
        seen(),
        events,
        new Mirror.Settings(
            directory.resolve("scratch"),
            pause,
            Duration.ofSeconds(20),
            attempts,
            2,
            depth,
            false));
  }

  History history(Store store) {
    return new History(spec, store, key, seen(), directory.resolve("scratch"));
  }

  /** What is published: names and versions, verified. */
  Map<String, String> published(Store store) throws IOException {
    Map<String, String> versions = new TreeMap<>();
    history(store)
        .live()
        .ifPresent(
            g ->
                g.database()
                    .entries()
                    .forEach(e -> versions.put(e.name().value(), e.version().value())));
    return versions;
  }

  private SeenGenerations seen() {
    return remembering(memory);
  }

  static SeenGenerations remembering(Map<String, SeenGenerations.Seen> memory) {
    return new SeenGenerations() {
      @Override
      public Optional<Seen> highest(RepositoryName repository, String location) {
        return Optional.ofNullable(memory.get(repository + location));
      }

      @Override
      public void record(RepositoryName repository, String location, Seen seen) {
        memory.merge(repository + location, seen, (a, b) -> a.sequence() >= b.sequence() ? a : b);
      }

      @Override
      public void forget(RepositoryName repository, String location) {
        memory.remove(repository + location);
      }
    };
  }

  /** Every file and link below a directory and what it holds, but for the lock's own. */
  static Map<String, String> tree(Path root) throws IOException {
    Map<String, String> tree = new HashMap<>();
    if (!Files.exists(root)) {
      return tree;
    }
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.toList()) {
        String name = root.relativize(file).toString();
        if (!name.startsWith(".qrepo.lock")) {
          tree.put(name, content(file));
        }
      }
    }
    return tree;
  }

  static void delete(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** A copy of a tree, its links as links. */
  static Path copy(Path root, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(root.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
      }
    }
    return to;
  }

  private static String content(Path file) throws IOException {
    if (Files.isSymbolicLink(file)) {
      return "-> " + Files.readSymbolicLink(file);
    }
    return Files.isDirectory(file)
        ? "directory"
        : Digests.of(Files.readAllBytes(file), Set.of()).sha256().hex();
  }

  /** Whether a client that trusts the key accepts what lies at the top now. */
  static boolean isPairGood(Path root, StampKey key) {
    try {
      byte[] database = Files.readAllBytes(root.resolve("t.db"));
      byte[] signature = Files.readAllBytes(root.resolve("t.db.sig"));
      return key.verify("t.db", signature, Digests.of(database, Set.of()), Verifier.Form.BINARY)
          instanceof Verifier.Verdict.Good;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a client that trusts the key accepts what a store shows it now. */
  static boolean isPairGood(Store store, StampKey key) throws IOException {
    Optional<byte[]> database = read(store, "t.db");
    Optional<byte[]> signature = read(store, "t.db.sig");
    return database.isPresent()
        && signature.isPresent()
        && key.verify(
                "t.db", signature.get(), Digests.of(database.get(), Set.of()), Verifier.Form.BINARY)
            instanceof Verifier.Verdict.Good;
  }

  static Optional<byte[]> read(Store store, String key) throws IOException {
    try (Store.Opened opened = store.open(new StoreKey(key))) {
      return Optional.of(opened.stream().readAllBytes());
    } catch (StoreException e) {
      assertThat(e.kind()).isEqualTo(StoreException.Kind.ABSENT);
      return Optional.empty();
    }
  }

  static void put(Store store, String key, String content) throws IOException {
    StoreKey name = new StoreKey(key);
    Tag now = store.stat(name).map(StoredObject::tag).orElse(Tag.ABSENT);
    store.swap(name, now, Blob.of(content.getBytes(StandardCharsets.UTF_8)));
  }

  /** Fails unless the work is refused with this finding. */
  static void assertRefused(String finding, ThrowableAssert.ThrowingCallable work) {
    RefusedException refused = catchThrowableOfType(RefusedException.class, work);
    assertThat(refused).as("refusal").isNotNull();
    assertThat(refused.findings()).extracting(Finding::id).contains(finding);
  }

  static InstantSource fixed(String instant) {
    return InstantSource.fixed(Instant.parse(instant));
  }
}
