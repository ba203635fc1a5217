package org.qrepo.parcel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;
import org.qrepo.publish.RepositoryName;
import org.qrepo.publish.Verifier;

/**
 * A parcel in a directory, as {@code qvm-copy} leaves it. Whatever put it there, it is taken only
 * if it holds the files of its signed manifest and nothing else: no links, no devices, no further
 * names.
 */
public final class ParcelDirectory {
  private static final int MOST_FINDINGS = 20;

  private final Path directory;
  private final SignedManifest signed;

  private ParcelDirectory(Path directory, SignedManifest signed) {
    this.directory = directory;
    this.signed = signed;
  }

  /**
   * Opens a parcel: verifies its manifest, then compares names, kinds and sizes with it.
   *
   * @param repository whose parcels are wanted
   * @throws RefusedException with all that is wrong, or the first {@value #MOST_FINDINGS} things
   */
  public static ParcelDirectory open(Path directory, RepositoryName repository, Verifier verifier)
      throws IOException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      throw new RefusedException(
          Finding.of(
              "parcel-missing",
              directory.toString(),
              "there is no parcel: a directory is needed",
              "qvm-copy leaves it in ~/QubesIncoming/QUBE, where QUBE is the one that sent it."));
    }
    SignedManifest signed =
        SignedManifest.verify(
                manifest(directory),
                signature(directory.resolve(SignedManifest.SIGNATURE_NAME)),
                verifier)
            .requireOf(repository);
    ParcelDirectory parcel = new ParcelDirectory(directory, signed);
    parcel.compare();
    return parcel;
  }

  private static byte[] manifest(Path directory) throws IOException {
    try (InputStream in = openFile(directory.resolve(SignedManifest.NAME))) {
      return SignedManifest.readManifest(in);
    } catch (NoSuchFileException e) {
      throw new RefusedException(
          Finding.of(
              "parcel-manifest-missing",
              directory.toString(),
              "this is no parcel, or one that did not arrive: it has no " + SignedManifest.NAME,
              "Name the folder that qvm-copy made, qrepo-…; if that is what you did, hand it over again."));
    }
  }

  private static byte[] signature(Path file) throws IOException {
    try (InputStream in = openFile(file)) {
      return SignedManifest.readSignature(in);
    } catch (NoSuchFileException e) {
      throw new RefusedException(
          Finding.of(
              "parcel-unsigned",
              SignedManifest.SIGNATURE_NAME,
              "the manifest has no signature",
              "Anybody could have made it. Hand it over again."));
    }
  }

  /**
   * Opens a file itself, never what a link leads to; nothing is opened that could block.
   *
   * @throws NoSuchFileException if it is not there
   * @throws RefusedException if it is no plain file
   */
  static InputStream openFile(Path file) throws IOException {
    if (!Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isRegularFile()) {
      throw new RefusedException(notAFile(String.valueOf(file.getFileName())));
    }
    return Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
  }

  public SignedManifest signed() {
    return signed;
  }

  public Manifest manifest() {
    return signed.manifest();
  }

  public Path directory() {
    return directory;
  }

  /** Where a file of the parcel is. */
  public Path file(ParcelPath path) {
    return directory.resolve(path.value());
  }

  private void compare() throws IOException {
    Census census = new Census();
    Files.walkFileTree(directory, census);
    List<Finding> findings = new ArrayList<>(census.findings);
    for (Manifest.Item item : census.expected.values()) {
      findings.add(
          Finding.of(
              "parcel-file-missing",
              item.path().value(),
              "the manifest names it, but it did not arrive",
              "Hand the parcel over again."));
    }
    refuse(findings);
  }

  /**
   * Reads all files and compares their digests.
   *
   * @param progress told of the bytes that were read, piece by piece
   * @throws RefusedException {@code parcel-file-altered} for each that is another
   */
  public void verifyContents(LongConsumer progress) throws IOException {
    List<Finding> findings = new ArrayList<>();
    for (Manifest.Item item : manifest().files()) {
      if (!digest(item, progress).equals(item.sha256())) {
        findings.add(altered(item));
      }
    }
    refuse(findings);
  }

  private Sha256 digest(Manifest.Item item, LongConsumer progress) throws IOException {
    Digests digests = new Digests();
    try (InputStream in = openFile(file(item.path()))) {
      byte[] buffer = new byte[1 << 16];
      long left = item.size() + 1;
      for (int n = read(in, buffer, left); n > 0; n = read(in, buffer, left)) {
        digests.update(buffer, 0, n);
        progress.accept(n);
        left -= n;
      }
    }
    return digests.sha256();
  }

  private static int read(InputStream in, byte[] buffer, long left) throws IOException {
    return in.read(buffer, 0, (int) Math.min(buffer.length, left));
  }

  private static void refuse(List<Finding> findings) {
    if (!findings.isEmpty()) {
      throw new RefusedException(
          findings.stream()
              .sorted(Comparator.comparing(Finding::subject))
              .limit(MOST_FINDINGS)
              .toList());
    }
  }

  static Finding altered(Manifest.Item item) {
    return Finding.of(
        "parcel-file-altered",
        item.path().value(),
        "its bytes are not those that the manifest names",
        "manifest  " + item.size() + " bytes, " + item.sha256(),
        "Hand the parcel over again.");
  }

  private static Finding notAFile(String name) {
    return Finding.of(
        "parcel-not-a-file",
        name,
        "it is neither a file nor a folder",
        "A parcel holds no links and no devices: somebody put it there.");
  }

  /** Meets everything that is there, and follows nothing. */
  private final class Census extends SimpleFileVisitor<Path> {
    private final Map<String, Manifest.Item> expected = new HashMap<>();
    private final Set<String> folders = new HashSet<>(Set.of(""));
    private final List<Finding> findings = new ArrayList<>();

    Census() {
      for (Manifest.Item item : manifest().files()) {
        String path = item.path().value();
        expected.put(path, item);
        for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
          folders.add(path.substring(0, slash));
        }
      }
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      return folders.contains(name(folder)) ? FileVisitResult.CONTINUE : extra(folder, attributes);
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String name = name(file);
      Manifest.Item item = expected.remove(name);
      boolean own = name.equals(SignedManifest.NAME) || name.equals(SignedManifest.SIGNATURE_NAME);
      if (!attributes.isRegularFile()) {
        return found(notAFile(name));
      }
      if (item != null && attributes.size() != item.size()) {
        return found(altered(item).and("here      " + attributes.size() + " bytes"));
      }
      return item != null || own ? FileVisitResult.CONTINUE : extra(file, attributes);
    }

    private FileVisitResult extra(Path file, BasicFileAttributes attributes) {
      FileVisitResult next =
          found(
              Finding.of(
                  "parcel-file-extra",
                  name(file),
                  "the manifest does not name it",
                  "Somebody put it there after the parcel was made."));
      return attributes.isDirectory() && next == FileVisitResult.CONTINUE
          ? FileVisitResult.SKIP_SUBTREE
          : next;
    }

    private FileVisitResult found(Finding finding) {
      findings.add(finding);
      return findings.size() < MOST_FINDINGS ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
    }

    private String name(Path file) {
      return directory.relativize(file).toString();
    }
  }
}
