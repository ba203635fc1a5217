package org.qrepo.parcel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.io.Digests;
import org.qrepo.publish.Events;
import org.qrepo.publish.Excerpt;
import org.qrepo.publish.GenerationId;
import org.qrepo.publish.RepositoryName;
import org.qrepo.publish.Signer;
import org.qrepo.publish.Store;
import org.qrepo.publish.Verifier;

/**
 * Makes parcels in directories of their own. The directory gets its name when everything is in it;
 * until then it is hidden, and gone if the making fails.
 */
public final class ParcelMaker {
  private final Function<Path, Store> stores;
  private final Verifier verifier;
  private final Supplier<Signer> signer;
  private final InstantSource clock;
  private final Events events;

  /**
   * @param stores opens a directory as a store
   * @param signer asked for once there is something to sign
   */
  public ParcelMaker(
      Function<Path, Store> stores,
      Verifier verifier,
      Supplier<Signer> signer,
      InstantSource clock,
      Events events) {
    this.stores = stores;
    this.verifier = verifier;
    this.signer = signer;
    this.clock = clock;
    this.events = events;
  }

  /**
   * What goes into a parcel.
   *
   * @param excerpt takes it from the repository
   * @param after the generation that the receiver has; empty: none
   * @param target what the maker's configuration calls the repository's place
   * @param templates see {@link ParcelTemplates#find}
   */
  public record Wish(
      RepositoryName repository,
      Excerpt excerpt,
      Optional<GenerationId> after,
      Optional<String> target,
      List<ParcelTemplates.Found> templates) {
    public Wish {
      templates = List.copyOf(templates);
    }
  }

  /**
   * Makes a parcel.
   *
   * @param parent where its directory will be; made if it is not there
   * @return empty if there is nothing new to put into one
   * @throws RefusedException if the repository does not verify, is not whole, or its chain does not
   *     hold the wished generation
   * @throws org.qrepo.publish.SigningException if the manifest cannot be signed
   */
  public Optional<ParcelDirectory> make(Path parent, Wish wish) throws IOException {
    Files.createDirectories(parent);
    Path building =
        Files.createTempDirectory(
            parent,
            ".qrepo-parcel-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try {
      Excerpt.Report report = pack(building, wish);
      if (report.base().equals(Optional.of(report.head())) && wish.templates().isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(finish(parent, building, wish, report));
    } finally {
      remove(building);
    }
  }

  private Excerpt.Report pack(Path building, Wish wish) throws IOException {
    Excerpt.Report report;
    try (Store repository = stores.apply(building.resolve(ParcelPath.REPOSITORY))) {
      report = wish.excerpt().copy(wish.after(), repository);
    }
    if (!wish.templates().isEmpty()) {
      try (Store templates = stores.apply(building.resolve(ParcelPath.TEMPLATES))) {
        ParcelTemplates.pack(wish.templates(), templates, events);
      }
    }
    return report;
  }

  private ParcelDirectory finish(Path parent, Path building, Wish wish, Excerpt.Report report)
      throws IOException {
    ParcelName name = ParcelName.fresh(wish.repository(), report.head());
    Manifest manifest =
        new Manifest(
            name,
            wish.repository(),
            clock.instant().truncatedTo(ChronoUnit.SECONDS),
            wish.target(),
            report.base(),
            report.head(),
            measure(building));
    SignedManifest signed = SignedManifest.sign(manifest, signer.get(), verifier);
    Files.write(building.resolve(SignedManifest.NAME), signed.bytes());
    Files.write(building.resolve(SignedManifest.SIGNATURE_NAME), signed.signature());
    Path directory = parent.resolve(name.value());
    Files.move(building, directory, StandardCopyOption.ATOMIC_MOVE);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    return ParcelDirectory.open(directory, wish.repository(), verifier);
  }

  /** What is really there, not what was meant to be. */
  private static List<Manifest.Item> measure(Path building) throws IOException {
    List<Manifest.Item> items = new ArrayList<>();
    try (Stream<Path> files = Files.walk(building)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        items.add(item(building.relativize(file).toString(), file));
      }
    }
    items.sort(Comparator.comparing(Manifest.Item::path));
    return items;
  }

  private static Manifest.Item item(String name, Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      Digests digests = Digests.of(in, Set.of());
      return new Manifest.Item(new ParcelPath(name), Files.size(file), digests.sha256());
    } catch (IllegalArgumentException e) {
      throw new RefusedException(
          Finding.of(
              "parcel-name",
              name,
              "a file of this name cannot be handed over",
              "Publish the package under another name."));
    }
  }

  /** Removes a parcel, or what there is of one. */
  public static void remove(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
