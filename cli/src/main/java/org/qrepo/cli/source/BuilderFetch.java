package org.qrepo.cli.source;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.cli.config.Location;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.program.GitProgram;
import org.qrepo.cli.repository.WebSettings;
import org.qrepo.publish.Fingerprint;
import org.qrepo.sign.git.ObjectId;
import org.qrepo.sign.git.SourceSignature;

/** Gets a builder, or brings it up to date, and says whose it is. */
public final class BuilderFetch {
  private static final Map<BuilderKind, URI> QUBES =
      Map.of(
          BuilderKind.CLASSIC,
          URI.create("https://github.com/QubesOS/qubes-builder.git"),
          BuilderKind.V2,
          URI.create("https://github.com/QubesOS/qubes-builderv2.git"));

  private final Session session;
  private final Wish wish;

  /**
   * What is asked for.
   *
   * @param directory of the builder, absolute
   * @param kind which builder it must be; empty for any
   * @param otherwise which to get if neither that nor what is there tells
   * @param url empty: Qubes' own
   * @param branch empty: the one that is checked out, or the server's first
   * @param masterKey empty: Qubes' own
   * @param certificates files, directories and URLs
   * @param systemFile the system's copy of the master key; empty: where Qubes OS has it
   */
  public record Wish(
      Path directory,
      Optional<BuilderKind> kind,
      Optional<BuilderKind> otherwise,
      Optional<Location> url,
      Optional<String> branch,
      Optional<Fingerprint> masterKey,
      List<Location> certificates,
      Optional<Path> systemFile) {
    public Wish {
      certificates = List.copyOf(certificates);
    }
  }

  public BuilderFetch(Session session, Wish wish) {
    this.session = session;
    this.wish = wish;
  }

  /** Verifies what is there, without a network and without a change. */
  public Answer verify() throws IOException, InterruptedException {
    session.console().stage("Looking at " + wish.directory());
    return tell(source(true).verify(wish.directory()));
  }

  /** Gets it where there is none, and brings it up to date where there is one. */
  public Answer fetch() throws IOException, InterruptedException {
    Path directory = real(wish.directory());
    boolean there = isFilled(directory);
    GitProgram git = GitProgram.find(session.environment());
    GitRemote remote = new GitRemote(git, url(there), wish.branch());
    BuilderSource source = source(false);
    if (there) {
      Checkout.open(directory);
      session.console().stage("Fetching from " + remote.display() + " into " + directory);
      return tell(source.update(directory, remote));
    }
    session.console().stage("Getting " + remote.display());
    return tell(source.create(directory, remote));
  }

  /** A link to a directory stays, and what it leads to is filled. */
  private static Path real(Path directory) throws IOException {
    return Files.exists(directory) ? directory.toRealPath() : directory;
  }

  private static boolean isFilled(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return false;
    }
    if (!Files.isDirectory(directory)) {
      return true;
    }
    try (Stream<Path> content = Files.list(directory)) {
      return content.findAny().isPresent();
    }
  }

  private Location url(boolean there) throws IOException {
    if (wish.url().isPresent()) {
      return existing(wish.url().get());
    }
    BuilderKind kind =
        wish.kind()
            .or(() -> there ? kindOf(wish.directory()) : Optional.empty())
            .or(wish::otherwise)
            .orElseThrow(
                () ->
                    new UsageException(
                        "which builder is meant, the classic one or v2?",
                        "Say --v2 (for release 4.3 and later) or --classic, or build.kind in"
                            + " qrepo.yml."));
    return new Location.Remote(QUBES.getOrDefault(kind, URI.create("")));
  }

  private static Location existing(Location location) {
    if (location instanceof Location.Directory directory && !Files.exists(directory.path())) {
      throw new UsageException(
          directory.display() + ": there is no such directory to fetch from",
          "Name one with a git repository, or a URL: https://, http://, ssh://.");
    }
    return location;
  }

  /** Only to choose where to fetch from; nothing relies on it. */
  private static Optional<BuilderKind> kindOf(Path directory) {
    if (Files.isRegularFile(directory.resolve("qb"))) {
      return Optional.of(BuilderKind.V2);
    }
    return Files.isRegularFile(directory.resolve("Makefile.generic"))
        ? Optional.of(BuilderKind.CLASSIC)
        : Optional.empty();
  }

  private BuilderSource source(boolean offline) {
    Fingerprint master = wish.masterKey().orElse(BuilderKeys.QUBES);
    // what Qubes OS ships says nothing of the key of a fork
    Optional<Path> usual =
        master.equals(BuilderKeys.QUBES) ? Optional.of(BuilderKeys.SYSTEM_FILE) : Optional.empty();
    BuilderKeys.Request request =
        new BuilderKeys.Request(
            master, wish.certificates(), wish.systemFile().or(() -> usual), offline);
    CertificateFiles files =
        new CertificateFiles(
            session.stateDirectory().resolve("certificates"), WebSettings.of(session));
    return new BuilderSource(
        GitProgram.find(session.environment()),
        new BuilderKeys(request, files, session.console()),
        request,
        wish.kind(),
        session.console());
  }

  private Answer tell(BuilderSource.Outcome outcome) {
    Console console = session.console();
    SourceProof proof = outcome.proof();
    proof.tags().forEach(tag -> console.detail("tag " + tag.name() + by(tag.signature())));
    proof.commitSignature().ifPresent(own -> console.detail("the commit itself" + by(own)));
    console.detail("certified by the master key " + proof.master().grouped());
    console.detail(outcome.files() + " files are what was signed");
    proof.warnings().forEach(console::warning);
    outcome
        .previous()
        .ifPresent(old -> console.detail(old.abbreviated() + " → " + proof.commit().abbreviated()));
    console.result(
        "%s: %s, %s, commit %s%s"
            .formatted(
                outcome.directory(),
                proof.kind() == BuilderKind.V2 ? "qubes-builder v2" : "qubes-builder (classic)",
                words(outcome.action()),
                proof.commit(),
                tagNames(proof)));
    return Answer.done(
        json -> {
          json.field("directory", outcome.directory().toString())
              .field("builder", proof.kind().word())
              .field("action", outcome.action().name().toLowerCase(java.util.Locale.ROOT))
              .field("commit", proof.commit().hex())
              .field("previous", outcome.previous().map(ObjectId::hex))
              .field("files", outcome.files())
              .field("master-key", proof.master().hex())
              .objects(
                  "tags",
                  proof.tags(),
                  (object, tag) -> {
                    object.field("name", tag.name());
                    write(object, tag.signature());
                  })
              .objects(
                  "commit-signatures",
                  proof.commitSignature().stream().toList(),
                  BuilderFetch::write);
        });
  }

  private static void write(org.qrepo.cli.console.JsonObject object, SourceSignature.Good signature)
      throws IOException {
    object
        .field("signer", signature.signer().hex())
        .field("owner", signature.owner())
        .field("signed", signature.made().toString());
  }

  private static String by(SourceSignature.Good signature) {
    String owner = signature.owner().isEmpty() ? "" : "'" + signature.owner() + "' ";
    return " was signed by "
        + owner
        + signature.signer().grouped()
        + " on "
        + signature.made().toString().substring(0, 10);
  }

  private static String words(BuilderSource.Action action) {
    return switch (action) {
      case VERIFIED -> "verified";
      case CLONED -> "fetched and verified";
      case UPDATED -> "brought up to date and verified";
      case UNCHANGED -> "up to date and verified";
    };
  }

  private static String tagNames(SourceProof proof) {
    List<String> names = proof.tags().stream().map(SourceProof.SignedTag::name).toList();
    return names.isEmpty() ? "" : ", tag " + String.join(", ", names);
  }
}
