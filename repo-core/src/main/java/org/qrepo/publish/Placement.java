package org.qrepo.publish;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.qrepo.Finding;
import org.qrepo.alpm.PackageFile;
import org.qrepo.database.Database;
import org.qrepo.database.DatabaseEntry;

/**
 * Finds the name in the store for each package of a change, and what is there already; writes
 * nothing. No name ever gets other bytes than it had.
 */
final class Placement {
  private final Store store;
  private final Verifier verifier;
  private final Database before;
  private final Set<String> published;
  private final boolean replace;

  /**
   * @param before what is published
   * @param replace whether a package may get a new name when its own is taken
   */
  Placement(Store store, Verifier verifier, Database before, boolean replace) {
    this.store = store;
    this.verifier = verifier;
    this.before = before;
    this.published =
        before.entries().stream().map(DatabaseEntry::fileName).collect(Collectors.toSet());
    this.replace = replace;
  }

  /** Either an item, or why there is none. */
  record Placed(Optional<Item> item, List<Finding> refusals) {}

  Placed place(Input input) throws IOException {
    PackageFile file = input.file();
    Optional<DatabaseEntry> entry = before.entry(file.info().name()).filter(e -> isSame(file, e));
    StoreKey own = new StoreKey(entry.map(DatabaseEntry::fileName).orElse(file.fileName().value()));
    List<Finding> refusals = new ArrayList<>();
    Optional<Item> item = tryName(input, own, entry, refusals);
    if (item.isEmpty() && replace) {
      refusals.clear();
      item = tryName(input, replacement(file), Optional.empty(), refusals);
    }
    return new Placed(item, refusals);
  }

  static boolean isSame(PackageFile file, DatabaseEntry entry) {
    return entry.sha256().filter(file.digests().sha256()::equals).isPresent();
  }

  /** A new name for other bytes of the same version. */
  private static StoreKey replacement(PackageFile file) {
    String name = file.fileName().value();
    int at = name.indexOf(".pkg.tar");
    String mark = file.digests().sha256().hex().substring(0, 8);
    return new StoreKey(name.substring(0, at) + "." + mark + name.substring(at));
  }

  /**
   * @param entry of these bytes, if the live database has them under this name
   */
  private Optional<Item> tryName(
      Input input, StoreKey key, Optional<DatabaseEntry> entry, List<Finding> refusals)
      throws IOException {
    if (entry.isEmpty() && published.contains(key.value())) {
      refusals.add(taken(input.file(), key, "clients know other bytes by this name"));
      return Optional.empty();
    }
    Optional<StoredObject> there = store.stat(key);
    boolean intact = there.isPresent() && isIntact(there.get(), input.file(), entry.isPresent());
    // A prune may have taken it between the two looks.
    if (there.isPresent() && !intact && store.stat(key).isPresent()) {
      refusals.add(occupied(input.file(), there.get(), entry.isPresent()));
      return Optional.empty();
    }
    return Optional.of(item(input, key, entry, intact));
  }

  private boolean isIntact(StoredObject there, PackageFile file, boolean known) throws IOException {
    return there.size() == file.size()
        && (known || BoundedStream.holds(store, there.key(), file.size(), file.digests().sha256()));
  }

  private static Finding occupied(PackageFile file, StoredObject there, boolean known) {
    return taken(
        file,
        there.key(),
        known
            ? "the file in the store is damaged: its size is not that of the published package"
            : "a file of this name with other bytes is in the store already",
        "in the store  " + there.size() + " bytes, " + there.lastModified());
  }

  private static Finding taken(
      PackageFile file, StoreKey key, String reason, String... circumstances) {
    List<String> details = new ArrayList<>(List.of(circumstances));
    details.add("yours         " + file.size() + " bytes, " + file.digests().sha256());
    if (!key.value().equals(file.fileName().value())) {
      details.add("as            " + key);
    }
    details.add("Clients and caches may hold the old one. Raise pkgrel and build again,");
    details.add("or store yours under a new name with --replace.");
    return new Finding("package-name-taken", file.fileName().value(), reason, details);
  }

  private Item item(Input input, StoreKey key, Optional<DatabaseEntry> entry, boolean stored)
      throws IOException {
    StoreKey signatureKey = Names.signature(key);
    Optional<StoredObject> there = store.stat(signatureKey);
    Optional<byte[]> bytes =
        there.isPresent() ? GenerationReader.signature(store, signatureKey) : Optional.empty();
    Optional<byte[]> kept = keep(bytes, input);
    return new Item(
        ReadPackage.of(input.file()),
        key,
        entry,
        stored,
        kept.or(input::signature),
        kept.isPresent(),
        kept.isPresent() || bytes.isEmpty() ? Optional.empty() : there.map(StoredObject::tag),
        Optional.empty());
  }

  private Optional<byte[]> keep(Optional<byte[]> there, Input input) throws IOException {
    return there.isPresent() && PackageSignatures.isGood(verifier, input.file(), there.get())
        ? there
        : Optional.empty();
  }
}
