package org.qrepo.publish;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.alpm.PackageFile;
import org.qrepo.alpm.PackageName;
import org.qrepo.alpm.PackageVersion;
import org.qrepo.database.Database;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.io.Blob;

/** Compares a change with the remote state; writes nothing. */
final class Planner {
  private final RepositorySpec spec;
  private final Store store;
  private final Verifier verifier;
  private final Workers workers;

  Planner(RepositorySpec spec, Store store, Verifier verifier, Workers workers) {
    this.spec = spec;
    this.store = store;
    this.verifier = verifier;
    this.workers = workers;
  }

  /** Looks the generation before the live one up, which few plans need. */
  @FunctionalInterface
  interface Parent {
    Database database() throws IOException;
  }

  /**
   * @throws RefusedException with everything that is wrong with the change, if anything is
   */
  Draft plan(Change change, Inspector.Inspection inspection, Remote remote, Parent parent)
      throws IOException {
    Database before = database(remote);
    List<Finding> refusals = new ArrayList<>();
    if (change.options().init() && remote instanceof Remote.Live live) {
      refusals.add(exists(live));
    }
    List<Input> fit =
        inspection.inputs().stream()
            .filter(input -> fits(input, before, change.options(), refusals))
            .toList();
    List<Item> items = new ArrayList<>();
    Placement placement = new Placement(store, verifier, before, change.options().replace());
    for (Placement.Placed placed : workers.map(fit, placement::place)) {
      refusals.addAll(placed.refusals());
      placed.item().ifPresent(items::add);
    }
    refuseContradictions(change.removals(), inspection.inputs(), refusals);
    refuseUnknown(change.removals(), before, parent, refusals);
    if (!refusals.isEmpty()) {
      throw new RefusedException(refusals);
    }
    List<PackageChange> changes = changes(items, change.removals(), before);
    List<Step> steps = steps(remote, items, changes, before);
    int unchanged = (int) items.stream().filter(i -> i.published().isPresent()).count();
    Plan plan =
        new Plan(
            spec.name(),
            store.location(),
            change,
            base(remote),
            changes,
            unchanged,
            steps,
            inspection.warnings());
    List<DatabaseEntry> kept =
        before.entries().stream().filter(e -> !change.removals().contains(e.name())).toList();
    return new Draft(plan, remote, items, Kept.of(kept, remote), List.of());
  }

  static Database database(Remote remote) {
    return remote instanceof Remote.Live live ? live.generation().database() : Database.empty();
  }

  static Optional<Plan.Base> base(Remote remote) {
    return remote instanceof Remote.Live live
        ? Optional.of(new Plan.Base(live.generation().sequence(), live.generation().digest()))
        : Optional.empty();
  }

  private Finding exists(Remote.Live live) {
    return Finding.of(
        "repository-exists",
        spec.name().value(),
        "a repository is there already, and --init expects none",
        "It is at seq "
            + live.generation().sequence()
            + ", "
            + live.generation().database().size()
            + " packages. Leave --init out to publish into it.");
  }

  private boolean fits(
      Input input, Database before, Change.Options options, List<Finding> refusals) {
    PackageFile file = input.file();
    refuseOtherArchitecture(file, before, refusals);
    Optional<DatabaseEntry> published = before.entry(file.info().name());
    if (published.isEmpty()) {
      return true;
    }
    int order = file.info().version().compareTo(published.get().version());
    if (order < 0 && !options.allowDowngrade()) {
      refusals.add(
          Finding.of(
              "package-downgrade",
              file.fileName().value(),
              "the published version is higher",
              "published  " + published.get().version(),
              "yours      " + file.info().version(),
              "Clients keep the higher version. If you mean it: --allow-downgrade,",
              "and your users run pacman -Syuu."));
      return false;
    }
    if (order == 0 && !Placement.isSame(file, published.get()) && !options.replace()) {
      refusals.add(otherBytes(file, published.get()));
      return false;
    }
    return true;
  }

  private void refuseOtherArchitecture(PackageFile file, Database before, List<Finding> refusals) {
    if (spec.architecture().isPresent() || file.info().architecture().isEmpty()) {
      return;
    }
    String own = file.info().architecture().get().value();
    Optional<String> other =
        before.entries().stream()
            .flatMap(e -> e.values("ARCH").stream())
            .filter(a -> !a.equals("any") && !a.equals(own))
            .findFirst();
    if (!own.equals("any") && other.isPresent()) {
      refusals.add(
          Finding.of(
              "package-architecture",
              file.fileName().value(),
              "built for " + own + ", the repository is for " + other.get(),
              "pacman would say: package architecture is not valid"));
    }
  }

  private static Finding otherBytes(PackageFile file, DatabaseEntry published) {
    return Finding.of(
        "package-other-bytes",
        file.fileName().value(),
        "the published package of this version has other bytes",
        "published  " + published.sha256().map(s -> s.hex()).orElse("(no SHA-256)"),
        "yours      " + file.digests().sha256(),
        "Clients that hold the published file will refuse yours:",
        "\"invalid or corrupted package (checksum)\".",
        "Raise pkgrel and build again, or replace it on purpose with --replace.");
  }

  private static void refuseContradictions(
      Set<PackageName> removals, List<Input> inputs, List<Finding> refusals) {
    for (Input input : inputs) {
      if (removals.contains(input.file().info().name())) {
        refusals.add(
            Finding.of(
                "package-added-and-removed",
                input.file().fileName().value(),
                "the same change adds and removes " + input.file().info().name(),
                "Leave one of the two out: a higher version takes the lower one's place by itself."));
      }
    }
  }

  /** A name that the generation before still had was removed by this same change, run before. */
  private static void refuseUnknown(
      Set<PackageName> removals, Database before, Parent parent, List<Finding> refusals)
      throws IOException {
    List<PackageName> unknown =
        removals.stream().filter(name -> before.entry(name).isEmpty()).sorted().toList();
    if (unknown.isEmpty()) {
      return;
    }
    Database earlier = parent.database();
    for (PackageName name : unknown) {
      if (earlier.entry(name).isEmpty()) {
        refusals.add(
            Finding.of(
                "package-not-published",
                name.value(),
                "no package of this name is published",
                "qrepo list shows what is."));
      }
    }
  }

  private static List<PackageChange> changes(
      List<Item> items, Set<PackageName> removals, Database before) {
    Stream<PackageChange> entering =
        items.stream()
            .filter(i -> i.published().isEmpty())
            .map(i -> i.read().info())
            .map(
                i ->
                    new PackageChange(
                        i.name(), version(before, i.name()), Optional.of(i.version())));
    Stream<PackageChange> leaving =
        removals.stream()
            .filter(name -> before.entry(name).isPresent())
            .map(name -> new PackageChange(name, version(before, name), Optional.empty()));
    return Stream.concat(entering, leaving)
        .sorted(Comparator.comparing(PackageChange::name))
        .toList();
  }

  private static Optional<PackageVersion> version(Database database, PackageName name) {
    return database.entry(name).map(DatabaseEntry::version);
  }

  private List<Step> steps(
      Remote remote, List<Item> items, List<PackageChange> changes, Database before) {
    List<Step> steps = new ArrayList<>();
    if (remote instanceof Remote.Live live && !live.isSettled()) {
      steps.add(new Step.FinishCommit(live.generation().id()));
    }
    List<Item> open = items.stream().filter(i -> !i.isComplete()).toList();
    for (Item item : open) {
      if (item.signature().isEmpty()) {
        steps.add(new Step.SignPackage(item.file(), item.read().digests().sha256()));
      }
    }
    boolean commits = !changes.isEmpty() || remote instanceof Remote.Vacant;
    long sequence = base(remote).map(Plan.Base::sequence).orElse(0L) + 1;
    if (commits) {
      steps.add(new Step.WriteGeneration(sequence, entries(changes, before)));
    }
    open.forEach(item -> steps.add(packageStep(item)));
    open.forEach(item -> steps.add(signatureStep(item)));
    if (commits) {
      steps.add(new Step.Commit(spec.layout(), sequence));
    }
    return steps;
  }

  private static int entries(List<PackageChange> changes, Database before) {
    int entries = before.size();
    for (PackageChange change : changes) {
      entries += change.kind() == PackageChange.Kind.ADDED ? 1 : 0;
      entries -= change.kind() == PackageChange.Kind.REMOVED ? 1 : 0;
    }
    return entries;
  }

  static Step packageStep(Item item) {
    Blob blob = item.read().blob();
    return item.stored()
        ? new Step.ReusePackage(item.file(), blob.size(), blob.sha256())
        : new Step.UploadPackage(item.file(), item.read().source(), blob.size(), blob.sha256());
  }

  static Step signatureStep(Item item) {
    StoreKey key = Names.signature(item.file());
    return item.storedSignature() ? new Step.KeepSignature(key) : new Step.UploadSignature(key);
  }
}
