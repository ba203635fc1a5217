package org.qrepo.parcel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.io.Digests;
import org.qrepo.publish.RepositoryName;
import org.qrepo.publish.Verifier;
import org.qrepo.tar.TarException;
import org.qrepo.tar.TarLimits;
import org.qrepo.tar.TarMember;
import org.qrepo.tar.TarReader;
import org.qrepo.tar.TarWriter;

/**
 * A parcel as a stream: a tar archive of the manifest, its signature, and the manifest's files in
 * its order. Who reads one verifies the manifest before anything is written to disk, and then takes
 * exactly what it names: a stranger's stream costs no more room than a manifest.
 */
public final class ParcelStream {
  private static final long ROOM_FOR_MANIFEST =
      ManifestText.MAX_LENGTH + Verifier.MAX_SIGNATURE + (1L << 16);

  /** Of headers, padding and long names, for each file. */
  private static final long ROOM_PER_FILE = 4096;

  private static final long ROOM_AT_END = 1 << 16;

  private ParcelStream() {}

  /**
   * Writes a parcel; the stream is left open.
   *
   * @param progress told of the bytes that were written, file by file
   */
  public static void write(ParcelDirectory parcel, OutputStream out, LongConsumer progress)
      throws IOException {
    TarWriter tar = new TarWriter(out);
    long time = parcel.manifest().time().getEpochSecond();
    tar.file(SignedManifest.NAME, 0644, parcel.signed().bytes(), time);
    tar.file(SignedManifest.SIGNATURE_NAME, 0644, parcel.signed().signature(), time);
    for (Manifest.Item item : parcel.manifest().files()) {
      try (InputStream in = ParcelDirectory.openFile(parcel.file(item.path()))) {
        tar.file(item.path().value(), 0644, item.size(), in, time);
      }
      progress.accept(item.size());
    }
    tar.finish();
  }

  /**
   * Takes a parcel from a stream into a new directory. Its contents are verified when it returns.
   *
   * @param parent where the directory will be, under a name that nothing there has
   * @param repository whose parcels are wanted
   * @throws RefusedException if it is not exactly a parcel by an allowed key; nothing is left then
   */
  public static ParcelDirectory read(
      InputStream in,
      Path parent,
      RepositoryName repository,
      Verifier verifier,
      LongConsumer progress)
      throws IOException {
    Allowance allowance = new Allowance(in, ROOM_FOR_MANIFEST);
    TarReader tar = new TarReader(allowance, new TarLimits(Long.MAX_VALUE >> 1, 1 << 20, true));
    try {
      expect(tar, SignedManifest.NAME);
      byte[] bytes = SignedManifest.readManifest(tar.content());
      expect(tar, SignedManifest.SIGNATURE_NAME);
      byte[] signature = SignedManifest.readSignature(tar.content());
      SignedManifest signed =
          SignedManifest.verify(bytes, signature, verifier).requireOf(repository);
      allowance.allow(room(signed.manifest()));
      return unpack(tar, signed, parent, verifier, progress);
    } catch (TarException e) {
      throw broken(String.valueOf(e.getMessage()));
    }
  }

  private static long room(Manifest manifest) {
    return manifest.bytes() + ROOM_PER_FILE * manifest.files().size() + ROOM_AT_END;
  }

  private static ParcelDirectory unpack(
      TarReader tar, SignedManifest signed, Path parent, Verifier verifier, LongConsumer progress)
      throws IOException {
    Manifest manifest = signed.manifest();
    Files.createDirectories(parent);
    requireRoom(parent, manifest);
    Path directory =
        Files.createDirectory(
            parent.resolve(manifest.parcel().value()),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    boolean whole = false;
    try {
      for (Manifest.Item item : manifest.files()) {
        TarMember member = expect(tar, item.path().value());
        if (member.size() != item.size()) {
          throw new RefusedException(ParcelDirectory.altered(item));
        }
        take(tar.content(), item, directory.resolve(item.path().value()));
        progress.accept(item.size());
      }
      if (tar.next().isPresent()) {
        throw broken("it holds more than its manifest names");
      }
      Files.write(directory.resolve(SignedManifest.NAME), signed.bytes());
      Files.write(directory.resolve(SignedManifest.SIGNATURE_NAME), signed.signature());
      whole = true;
      return ParcelDirectory.open(directory, manifest.repository(), verifier);
    } finally {
      if (!whole) {
        ParcelMaker.remove(directory);
      }
    }
  }

  private static void requireRoom(Path parent, Manifest manifest) throws IOException {
    long free = Files.getFileStore(parent).getUsableSpace();
    if (free < manifest.bytes()) {
      throw new IOException(
          "no room for the parcel: it has "
              + manifest.bytes()
              + " bytes, and "
              + free
              + " are free at "
              + parent);
    }
  }

  private static TarMember expect(TarReader tar, String path) throws IOException {
    Optional<TarMember> member = tar.next();
    if (member.isEmpty()) {
      throw broken("it ends before " + path);
    }
    TarMember found = member.get();
    if (!found.isFile() || found.sparse() || !new String(found.path(), ISO_8859_1).equals(path)) {
      throw broken("something else stands where " + path + " should be");
    }
    return found;
  }

  private static void take(InputStream in, Manifest.Item item, Path file) throws IOException {
    Path folder = file.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Digests digests = new Digests();
    try (OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digests.update(buffer, 0, n);
        out.write(buffer, 0, n);
      }
    }
    if (!digests.sha256().equals(item.sha256())) {
      throw new RefusedException(ParcelDirectory.altered(item));
    }
  }

  private static RefusedException broken(String why) {
    return new RefusedException(
        Finding.of(
            "parcel-stream-broken",
            "standard input",
            "this is no whole parcel: " + why,
            "qrepo handover --service sends one. If the connection broke, run it again."));
  }

  /** Lets through only as much as was allowed so far. */
  private static final class Allowance extends FilterInputStream {
    private long left;

    Allowance(InputStream in, long left) {
      super(in);
      this.left = left;
    }

    void allow(long more) {
      left += more;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (left == 0) {
        throw broken("it is longer than its manifest allows");
      }
      int n = super.read(buffer, offset, (int) Math.min(length, left));
      left -= Math.max(n, 0);
      return n;
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
