package org.qrepo.parcel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;
import org.qrepo.publish.Event;
import org.qrepo.publish.Events;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.StoredObject;

/**
 * Template RPMs and what dnf reads about them, on their way through a parcel. RPMs never change
 * under their names; what dnf reads first, {@code repomd.xml}, is changed last.
 */
public final class ParcelTemplates {
  private static final StoreKey RPMS = new StoreKey("rpm");
  private static final StoreKey METADATA = new StoreKey("repodata");
  private static final String INDEX = "repomd.xml";

  private ParcelTemplates() {}

  /**
   * A file of a store, measured.
   *
   * @param key in the store of templates
   */
  public record Found(StoreKey key, Blob blob) {}

  /** What the receiving side has already. */
  public interface Known {
    /** Whether it has an RPM of this name. */
    boolean rpm(StoreKey key);

    /** Whether it has the metadata with this index. */
    boolean index(StoreKey key, Sha256 index);

    /** It has nothing. */
    Known NOTHING =
        new Known() {
          @Override
          public boolean rpm(StoreKey key) {
            return false;
          }

          @Override
          public boolean index(StoreKey key, Sha256 index) {
            return false;
          }
        };
  }

  /**
   * What a store of templates holds that is not known: RPMs, and all of the metadata if its index
   * changed. The store must stay open until they are packed.
   */
  public static List<Found> find(Store templates, Known known) throws IOException {
    List<Found> found = new ArrayList<>();
    for (StoreKey key : named(templates, RPMS, ParcelPath.Kind.TEMPLATE)) {
      if (!known.rpm(key)) {
        found.add(measure(templates, key));
      }
    }
    StoreKey index = METADATA.child(INDEX);
    if (templates.stat(index).isPresent()
        && !known.index(index, measure(templates, index).blob().sha256())) {
      for (StoreKey key : named(templates, METADATA, ParcelPath.Kind.METADATA)) {
        found.add(measure(templates, key));
      }
    }
    return List.copyOf(found);
  }

  /** Objects alone: a link may lead to a folder. */
  private static List<StoreKey> named(Store templates, StoreKey folder, ParcelPath.Kind kind)
      throws IOException {
    List<StoreKey> named = new ArrayList<>();
    for (StoreKey key : templates.list(Optional.of(folder))) {
      if (isOf(kind, key) && templates.stat(key).isPresent()) {
        named.add(key);
      }
    }
    return named;
  }

  private static boolean isOf(ParcelPath.Kind kind, StoreKey key) {
    try {
      return new ParcelPath(ParcelPath.TEMPLATES + "/" + key).kind() == kind;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static Found measure(Store templates, StoreKey key) throws IOException {
    try (Store.Opened opened = templates.open(key)) {
      Digests digests = Digests.of(opened.stream(), List.of());
      return new Found(
          key,
          new Blob.Measured(
              opened.object().size(), digests.sha256(), () -> templates.open(key).stream()));
    }
  }

  /** Copies into the parcel's store of templates. */
  static void pack(List<Found> found, Store parcel, Events events) throws IOException {
    for (Found one : found) {
      parcel.putOnce(one.key(), one.blob());
      events.on(new Event.Transferred(one.key(), one.blob().size()));
    }
  }

  /**
   * Brings a parcel's templates to where they are served. Running it again completes the work.
   *
   * @return how many files were written or changed
   * @throws StoreException of kind CONFLICT if an RPM of the same name with other bytes is there
   */
  public static int deliver(ParcelDirectory parcel, Store destination, Events events)
      throws IOException {
    int written = 0;
    for (Manifest.Item item : inOrder(parcel.manifest())) {
      Blob blob =
          new Blob.Measured(
              item.size(), item.sha256(), () -> ParcelDirectory.openFile(parcel.file(item.path())));
      if (put(destination, item.path(), blob)) {
        events.on(new Event.Transferred(item.path().key(), blob.size()));
        written++;
      }
    }
    return written;
  }

  private static List<Manifest.Item> inOrder(Manifest manifest) {
    List<Manifest.Item> items = new ArrayList<>(manifest.files(ParcelPath.Kind.TEMPLATE));
    manifest.files(ParcelPath.Kind.METADATA).stream()
        .sorted(Comparator.comparing(item -> item.path().key().name().startsWith(INDEX)))
        .forEach(items::add);
    return items;
  }

  private static boolean put(Store destination, ParcelPath path, Blob blob) throws IOException {
    StoreKey key = path.key();
    Optional<StoredObject> there = destination.stat(key);
    try {
      destination.putOnce(key, blob);
      return there.isEmpty();
    } catch (StoreException e) {
      if (e.kind() != StoreException.Kind.CONFLICT
          || there.isEmpty()
          || path.kind() != ParcelPath.Kind.METADATA) {
        throw e;
      }
      destination.swap(key, there.get().tag(), blob);
      return true;
    }
  }
}
