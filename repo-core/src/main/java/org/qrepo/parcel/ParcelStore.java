package org.qrepo.parcel;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.qrepo.io.Digests;
import org.qrepo.publish.LockRequest;
import org.qrepo.publish.Part;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.StoreLock;
import org.qrepo.publish.StoreTraits;
import org.qrepo.publish.StoredObject;
import org.qrepo.publish.Tag;

/**
 * A parcel as the repository that its receiver will have: the generation that it brings is live,
 * its own files are there, and so are the packages that the receiver has already. Every byte that
 * is read to its end was hashed on the way and is the one that the manifest names, or the reading
 * fails. It cannot be written to.
 */
final class ParcelStore implements Store {
  private static final StoreTraits TRAITS = new StoreTraits(false, false, false, 4);

  private final ParcelDirectory parcel;
  private final Store receiver;
  private final Map<StoreKey, Manifest.Item> files = new HashMap<>();

  /**
   * @param receiver where packages are that the parcel does not bring; it stays the caller's
   */
  ParcelStore(ParcelDirectory parcel, Store receiver) {
    this.parcel = parcel;
    this.receiver = receiver;
    Manifest manifest = parcel.manifest();
    for (Manifest.Item item : manifest.files()) {
      if (item.path().value().startsWith(ParcelPath.REPOSITORY + "/")) {
        files.put(item.path().key(), item);
      }
    }
    for (Part part : Part.values()) {
      String path = Manifest.pathOf(manifest.repository(), manifest.head(), part);
      files.put(
          new StoreKey(part.fileName(manifest.repository())),
          Objects.requireNonNull(files.get(new ParcelPath(path).key())));
    }
  }

  @Override
  public StoreTraits traits() {
    return TRAITS;
  }

  @Override
  public String location() {
    return parcel.directory().toString();
  }

  @Override
  public Optional<StoredObject> stat(StoreKey key) throws StoreException {
    Manifest.Item item = files.get(key);
    return item != null
        ? Optional.of(describe(key, item))
        : isPackage(key) ? receiver.stat(key) : Optional.empty();
  }

  private static boolean isPackage(StoreKey key) {
    return !key.value().contains("/") && key.value().contains(".pkg.tar");
  }

  private StoredObject describe(StoreKey key, Manifest.Item item) {
    Tag tag = new Tag(item.sha256().hex());
    return new StoredObject(key, item.size(), tag, parcel.manifest().time());
  }

  @Override
  public Opened open(StoreKey key) throws StoreException {
    Manifest.Item item = files.get(key);
    if (item == null) {
      if (isPackage(key)) {
        return receiver.open(key);
      }
      throw new StoreException(Kind.ABSENT, key + " is not in the parcel");
    }
    try {
      InputStream in = ParcelDirectory.openFile(parcel.file(item.path()));
      return new Opened(describe(key, item), new Checked(in, item));
    } catch (IOException e) {
      throw new StoreException(
          Kind.PERMANENT, item.path() + " of the parcel cannot be read any more: " + e, e);
    }
  }

  @Override
  public List<StoreKey> list(Optional<StoreKey> folder) {
    return children(folder, false);
  }

  @Override
  public List<StoreKey> folders(Optional<StoreKey> folder) {
    return children(folder, true);
  }

  private List<StoreKey> children(Optional<StoreKey> folder, boolean folders) {
    String prefix = folder.map(f -> f + "/").orElse("");
    Set<StoreKey> names =
        files.keySet().stream()
            .map(StoreKey::value)
            .filter(name -> name.startsWith(prefix))
            .map(name -> name.substring(prefix.length()).split("/", -1))
            .filter(rest -> rest.length > 1 == folders)
            .map(rest -> new StoreKey(prefix + Arrays.asList(rest).get(0)))
            .collect(Collectors.toCollection(TreeSet::new));
    return List.copyOf(names);
  }

  @Override
  public void putOnce(StoreKey key, org.qrepo.io.Blob blob) throws StoreException {
    throw readOnly();
  }

  @Override
  public Tag swap(StoreKey key, Tag expected, org.qrepo.io.Blob blob) throws StoreException {
    throw readOnly();
  }

  @Override
  public void delete(StoreKey key) throws StoreException {
    throw readOnly();
  }

  @Override
  public Optional<String> readLink(StoreKey link) throws StoreException {
    throw readOnly();
  }

  @Override
  public void swapLink(StoreKey link, Optional<String> expected, String target)
      throws StoreException {
    throw readOnly();
  }

  @Override
  public StoreLock lock(LockRequest request) throws StoreException {
    throw readOnly();
  }

  private static StoreException readOnly() {
    return new StoreException(Kind.PERMANENT, "a parcel is only read");
  }

  @Override
  public void close() {}

  /** Fails at its end if that came too early or too late, or after other bytes. */
  private static final class Checked extends FilterInputStream {
    private final Manifest.Item item;
    private final Digests digests = new Digests();
    private long left;

    Checked(InputStream in, Manifest.Item item) {
      super(in);
      this.item = item;
      this.left = item.size();
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = super.read(buffer, offset, length);
      if (n >= 0) {
        digests.update(buffer, offset, n);
        left -= n;
      }
      if (left < 0 || (n < 0 && (left > 0 || !digests.sha256().equals(item.sha256())))) {
        throw new StoreException(
            Kind.PERMANENT,
            item.path() + " of the parcel changed while it was read. Nobody else may write to it.");
      }
      return n;
    }

    @Override
    public long skip(long n) throws IOException {
      return readNBytes((int) Math.min(n, 1 << 16)).length;
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
