package org.qrepo.publish;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.alpm.PackageFileName;
import org.qrepo.alpm.StreamedPackage;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.database.DescVersion;
import org.qrepo.io.Blob;
import org.qrepo.io.HashAlgorithm;

/**
 * One entry of a database without lineage, held against the file that it names and that file's
 * signature. The file is what clients install: it is described anew, and the entry is only compared
 * with it.
 */
final class AdoptedEntry {
  private final Surroundings in;
  private final DatabaseEntry entry;
  private final StoreKey key;
  private final StoreKey signatureKey;
  private final List<Finding> refusals = new ArrayList<>();
  private final List<Finding> told = new ArrayList<>();
  private boolean taken;

  AdoptedEntry(Surroundings in, DatabaseEntry entry) {
    this.in = in;
    this.entry = entry;
    this.key = new StoreKey(entry.fileName());
    this.signatureKey = Names.signature(key);
  }

  /** What all entries have in common. */
  record Surroundings(
      RepositorySpec spec,
      Store store,
      Verifier verifier,
      Events events,
      Adoption.Options options,
      SpooledLists.Writer lists) {}

  /**
   * What becomes of an entry.
   *
   * @param item the package to publish; empty if the entry is refused or left out
   * @param taken whether the package is another than the entry names
   */
  record Result(
      DatabaseEntry entry,
      Optional<Item> item,
      boolean taken,
      List<Finding> refusals,
      List<Finding> told) {
    Result {
      refusals = List.copyOf(refusals);
      told = List.copyOf(told);
    }
  }

  /** What lies where the signature belongs. */
  private record Beside(Optional<byte[]> bytes, Optional<Tag> tag, boolean leadsOut) {}

  Result read() throws IOException {
    Optional<Item> item = item();
    return new Result(entry, refusals.isEmpty() ? item : Optional.empty(), taken, refusals, told);
  }

  private Optional<Item> item() throws IOException {
    PackageLinks links = new PackageLinks(in.store());
    Optional<String> target = links.target(key);
    Optional<StoredObject> there = in.store().stat(key);
    if (there.isEmpty()) {
      missing(target);
      return Optional.empty();
    }
    Beside beside = beside(links);
    Optional<byte[]> recorded = recorded();
    Optional<StreamedPackage> read = walk(wanted(beside.bytes(), recorded));
    if (read.isEmpty()) {
      return Optional.empty();
    }
    compare(read.get());
    Optional<byte[]> own = beside.bytes().filter(bytes -> isGood(read.get(), bytes));
    Optional<byte[]> signature =
        own.isPresent() ? own : substitute(read.get(), beside.bytes(), recorded);
    boolean out = target.isPresent() && links.leadsOut(key);
    if (out) {
      told.add(leadsOut(target.get()));
    }
    in.lists()
        .add(read.get().info().name() + "-" + read.get().info().version(), read.get().files());
    boolean kept = own.isPresent() && !beside.leadsOut();
    return Optional.of(
        new Item(
            readPackage(read.get(), target.filter(t -> out)),
            key,
            Optional.empty(),
            !out,
            signature,
            kept,
            kept ? Optional.empty() : beside.tag(),
            out ? there.map(StoredObject::tag) : Optional.empty()));
  }

  private ReadPackage readPackage(StreamedPackage read, Optional<String> target) {
    Store store = in.store();
    Blob blob =
        new Blob.Measured(read.size(), read.digests().sha256(), () -> store.open(key).stream());
    return new ReadPackage(
        key.value(),
        target.orElse(store.location() + "/" + key),
        read.info(),
        read.digests(),
        blob,
        Optional.empty());
  }

  private void missing(Optional<String> link) {
    Finding finding =
        link.isPresent()
            ? Finding.of(
                "package-link-dead", key.value(), "is a link that leads nowhere: " + link.get())
            : Finding.of(
                "package-missing", key.value(), "the database names it and it is not there");
    if (in.options().dropMissing()) {
      told.add(finding.and("The entry " + entry + " is left out."));
    } else {
      refusals.add(
          finding.and(
              "Clients get an error 404 when they install " + entry.name() + ".",
              "Put the file there, or leave the entry out: --drop-missing."));
    }
  }

  private Beside beside(PackageLinks links) throws IOException {
    boolean link = links.target(signatureKey).isPresent();
    Optional<Tag> tag = in.store().stat(signatureKey).map(StoredObject::tag);
    return new Beside(
        GenerationReader.signature(in.store(), signatureKey),
        link ? Optional.of(tag.orElse(Tag.ABSENT)) : tag,
        link && links.leadsOut(signatureKey));
  }

  /** repo-add before pacman 6.1 repeats the signature in the entry. */
  private Optional<byte[]> recorded() {
    Optional<String> text = entry.values("PGPSIG").stream().findFirst();
    if (text.isEmpty() || text.get().length() > 2 * Verifier.MAX_SIGNATURE) {
      return Optional.empty();
    }
    try {
      return Optional.of(Base64.getDecoder().decode(text.get()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Collection<HashAlgorithm> wanted(Optional<byte[]> beside, Optional<byte[]> recorded) {
    Set<HashAlgorithm> wanted = new HashSet<>();
    beside.ifPresent(s -> wanted.addAll(in.verifier().algorithms(s)));
    recorded.ifPresent(s -> wanted.addAll(in.verifier().algorithms(s)));
    if (in.spec().desc().version() == DescVersion.V1 || entry.sha256().isEmpty()) {
      wanted.add(HashAlgorithm.MD5);
    }
    return wanted;
  }

  private Optional<StreamedPackage> walk(Collection<HashAlgorithm> wanted) throws IOException {
    try (Store.Opened opened = in.store().open(key)) {
      long size = opened.object().size();
      StreamedPackage read =
          StreamedPackage.read(
              new PackageFileName(entry.fileName()), opened.stream(), size, wanted);
      in.events().on(new Event.PackageRead(entry.fileName(), size));
      return Optional.of(read);
    } catch (RefusedException e) {
      e.findings().stream()
          .map(f -> f.and("Put a good file there, or take the entry out: " + removal()))
          .forEach(refusals::add);
      return Optional.empty();
    }
  }

  private String removal() {
    return "repo-remove DATABASE " + entry.name() + ".";
  }

  private void compare(StreamedPackage read) {
    refusals.addAll(Inspector.architecture(in.spec(), read.fileName(), read.info()));
    if (!read.info().name().equals(entry.name())) {
      refusals.add(
          Finding.of(
              "entry-other-package",
              key.value(),
              "the file is " + read.info().name() + ", the entry says " + entry.name(),
              "pacman would say: invalid or corrupted package.",
              "Put the right file there, or take the entry out: " + removal()));
      return;
    }
    if (!read.info().version().equals(entry.version())) {
      mismatch(
          "entry-other-version",
          "the file is version " + read.info().version() + ", the entry says " + entry.version(),
          "pacman would say: invalid or corrupted package.");
    } else if (!hasBytes(read)) {
      mismatch(
          "entry-other-bytes",
          "its bytes are not those that the database names",
          "database  " + named(),
          "file      " + read.size() + " bytes, " + read.digests().sha256(),
          "pacman would say: invalid or corrupted package (checksum).");
    } else {
      tellDifferences(read);
    }
    read.nameMismatch()
        .map(f -> new Finding(f.id(), f.subject(), f.reason(), f.details().subList(0, 1)))
        .map(f -> f.and("Clients do not mind: it keeps its name."))
        .ifPresent(told::add);
  }

  private void mismatch(String id, String reason, String... details) {
    Finding finding = Finding.of(id, key.value(), reason, details);
    if (in.options().takeFiles()) {
      taken = true;
      told.add(
          finding.and(
              "The file is published as it is, and described anew. Clients that hold another one of",
              "this name in their cache refuse it there until it is deleted."));
    } else {
      refusals.add(
          finding.and("Put the right file back, or publish this one as it is: --take-files."));
    }
  }

  private boolean hasBytes(StreamedPackage read) {
    boolean size = entry.compressedSize() == 0 || entry.compressedSize() == read.size();
    if (entry.sha256().isPresent()) {
      return size && entry.sha256().get().equals(read.digests().sha256());
    }
    Optional<String> md5 = entry.values("MD5SUM").stream().findFirst();
    return size && md5.map(m -> m.equals(read.digests().hex(HashAlgorithm.MD5))).orElse(true);
  }

  private String named() {
    String digest =
        entry
            .sha256()
            .map(Object::toString)
            .or(() -> entry.values("MD5SUM").stream().findFirst().map(m -> "MD5 " + m))
            .orElse("no checksum");
    return (entry.compressedSize() == 0 ? "" : entry.compressedSize() + " bytes, ") + digest;
  }

  private void tellDifferences(StreamedPackage read) {
    try {
      DatabaseEntry anew =
          DatabaseEntry.describe(
              read.info(),
              key.value(),
              read.size(),
              read.digests(),
              Optional.empty(),
              in.spec().desc());
      List<String> fields = new ArrayList<>(anew.differences(entry));
      if (fields.remove("SHA256SUM")) {
        told.add(
            Finding.of(
                "entry-without-checksum",
                key.value(),
                "its entry has no SHA-256",
                "Nothing but " + named() + " says that it is the file that was published."));
      }
      if (!fields.isEmpty()) {
        told.add(
            Finding.of(
                "entry-differs",
                key.value(),
                "its entry says something else than the package: " + String.join(", ", fields),
                "It is written anew. pacman since 6.1 refuses packages whose entry differs."));
      }
    } catch (RefusedException e) {
      refusals.addAll(e.findings());
    }
  }

  private boolean isGood(StreamedPackage read, byte[] signature) {
    return verdict(read, signature) instanceof Verifier.Verdict.Good;
  }

  private Verifier.Verdict verdict(StreamedPackage read, byte[] signature) {
    return in.verifier()
        .verify(signatureKey.value(), signature, read.digests(), Verifier.Form.BINARY);
  }

  /** What takes the place of a signature that is missing or bad; empty: a new one. */
  private Optional<byte[]> substitute(
      StreamedPackage read, Optional<byte[]> beside, Optional<byte[]> recorded) {
    Optional<byte[]> good = recorded.filter(bytes -> isGood(read, bytes));
    String remedy =
        good.isPresent()
            ? "The one that the database repeats is good and takes its place."
            : "A new signature takes its place.";
    if (beside.isEmpty()) {
      told.add(
          good.isPresent()
              ? Finding.of("signature-missing", signatureKey.value(), "is not there", remedy)
              : Finding.of("package-unsigned", key.value(), "has no signature, and gets yours"));
      return good;
    }
    if (verdict(read, beside.get()) instanceof Verifier.Verdict.Bad bad) {
      boolean foreign = Inspector.FOREIGN.contains(bad.finding().id());
      if (foreign && !in.options().resign()) {
        refusals.add(
            bad.finding()
                .and(
                    "If you trust the key, name it: signing.trusted, or --trust.",
                    "To sign the package with your own key instead: --resign."));
      } else {
        told.add(bad.finding().and(remedy));
      }
    }
    return good;
  }

  private Finding leadsOut(String target) {
    return Finding.of(
        "package-link",
        key.value(),
        "is a link that leads out of the repository: " + target,
        "The package itself takes its place.");
  }
}
