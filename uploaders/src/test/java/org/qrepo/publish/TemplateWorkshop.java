package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;
import org.qrepo.repodata.RpmEntry;
import org.qrepo.rpm.RpmHeader;
import org.qrepo.rpm.RpmHeaders;
import org.qrepo.rpm.SampleRpm;

/** What the tests of template repositories work with. Packages are built once for all of them. */
final class TemplateWorkshop {
  private static final Map<String, byte[]> BUILT = new ConcurrentHashMap<>();

  final Path directory;
  final Map<String, SeenGenerations.Seen> memory = new ConcurrentHashMap<>();
  final TemplateRepository repository;
  StampKey key = new StampKey('A');
  InstantSource clock = InstantSource.system();
  Optional<PublicSite> site = Optional.empty();
  TemplateJudge judge = (name, headers) -> List.of();
  Events events = Events.NONE;

  TemplateWorkshop(Path directory, Layout layout) {
    this.directory = directory;
    this.repository = new TemplateRepository(new RepositoryName("t"), layout);
  }

  /** {@code qubes-template-NAME-VERSION-1.noarch.rpm}. */
  static byte[] rpm(String name, String version, String summary) {
    return BUILT.computeIfAbsent(
        name + " " + version + " " + summary,
        which -> {
          try {
            Path scratch = Files.createTempDirectory("templates");
            Path file =
                SampleRpm.bare()
                    .set("Name", "qubes-template-" + name)
                    .set("Version", version)
                    .set("Release", "1")
                    .set("Summary", summary)
                    .file(
                        "/var/lib/qubes/vm-templates/" + name + "/root.img", "echo '" + which + "'")
                    .build(scratch);
            byte[] bytes = Files.readAllBytes(file);
            Workshop.delete(scratch);
            return bytes;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  static TemplateInput input(String name, String version) throws IOException {
    return input(rpm(name, version, "A template"));
  }

  static TemplateInput input(byte[] rpm) throws IOException {
    Blob blob = Blob.of(rpm);
    RpmHeaders headers;
    try (InputStream in = blob.open()) {
      headers = RpmHeaders.read("input", in, rpm.length);
    }
    return new TemplateInput() {
      @Override
      public String name() {
        return "input";
      }

      @Override
      public RpmHeader header() {
        return headers.header();
      }

      @Override
      public long size() {
        return rpm.length;
      }

      @Override
      public Signed signed() {
        return new Signed(headers, blob);
      }
    };
  }

  TemplatePublisher publisher(Store store) {
    return new TemplatePublisher(
        repository,
        store,
        key,
        judge,
        () -> key,
        site,
        seen(),
        events,
        new Publisher.Settings(
            directory.resolve("scratch"),
            clock,
            duration -> {},
            Duration.ofSeconds(20),
            5,
            2,
            false));
  }

  TemplateReceipt add(Store store, TemplateInput... templates) throws IOException {
    return publisher(store)
        .publish(TemplateChange.adding(List.of(templates), TemplateChange.Options.NONE));
  }

  TemplateHistory history(Store store) {
    return new TemplateHistory(repository, store, key, seen(), events);
  }

  Pruner pruner(Store store) {
    return Pruner.ofTemplates(
        repository,
        store,
        key,
        seen(),
        events,
        new Pruner.Settings(directory.resolve("scratch"), clock, Duration.ofSeconds(20)));
  }

  /** {@code NAME-VERSION-RELEASE} of what is published, verified. */
  List<String> published(Store store) throws IOException {
    return history(store).live().stream()
        .flatMap(generation -> generation.packages().entries().stream())
        .map(RpmEntry::label)
        .map(label -> label.replaceFirst("^qubes-template-", ""))
        .toList();
  }

  /** Fails unless every package that is listed is in the store as listed. */
  void assertWhole(Store store) throws IOException {
    for (RpmEntry entry : history(store).live().orElseThrow().packages().entries()) {
      byte[] bytes = Workshop.read(store, entry.location()).orElseThrow();
      assertThat((long) bytes.length).isEqualTo(entry.size());
      assertThat(Digests.of(bytes, Set.of()).sha256()).isEqualTo(entry.digest());
    }
  }

  /** Whether a client that trusts the key accepts what a store shows it now. */
  boolean isPairGood(Store store) throws IOException {
    Optional<byte[]> index = Workshop.read(store, "repodata/repomd.xml");
    Optional<byte[]> signature = Workshop.read(store, "repodata/repomd.xml.asc");
    return index.isPresent()
        && signature.isPresent()
        && key.verify(
                "repomd.xml",
                signature.get(),
                Digests.of(index.get(), Set.of()),
                Verifier.Form.BINARY_OR_ARMORED)
            instanceof Verifier.Verdict.Good;
  }

  private SeenGenerations seen() {
    return Workshop.remembering(memory);
  }
}
