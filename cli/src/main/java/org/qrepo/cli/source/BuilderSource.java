package org.qrepo.cli.source;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.program.GitProgram;
import org.qrepo.io.TreeDeletion;
import org.qrepo.publish.StoreException;
import org.qrepo.sign.git.ObjectId;
import org.qrepo.sign.git.SourceKeys;
import org.qrepo.sign.git.TreeObject;

/**
 * The source of a builder: gets it, brings it up to date, and verifies it. A commit is checked out
 * only after its signature, and every byte of it, was verified.
 */
final class BuilderSource {
  /** What builders put into the top of their own directory without ignoring it. */
  private static final Map<BuilderKind, Set<String>> PRODUCTS =
      Map.of(
          BuilderKind.CLASSIC,
          Set.of("build-logs", "cache", "iso", "qubes-packages-mirror-repo"),
          BuilderKind.V2,
          Set.of("artifacts"));

  private static final Set<String> FOR_WANT_OF_KEYS =
      Set.of("key-unknown", "key-not-certified", "master-key-absent");

  private final GitProgram git;
  private final BuilderKeys keys;
  private final BuilderKeys.Request request;
  private final Optional<BuilderKind> wanted;
  private final Console console;

  /**
   * @param wanted which builder it must be; empty for any
   */
  BuilderSource(
      GitProgram git,
      BuilderKeys keys,
      BuilderKeys.Request request,
      Optional<BuilderKind> wanted,
      Console console) {
    this.git = git;
    this.wanted = wanted;
    this.keys = keys;
    this.request = request;
    this.console = console;
  }

  /** What was done. */
  enum Action {
    VERIFIED,
    CLONED,
    UPDATED,
    UNCHANGED
  }

  /**
   * How it ended.
   *
   * @param previous what was checked out before, if that changed
   * @param files how many files were compared
   */
  record Outcome(
      Action action, Path directory, SourceProof proof, Optional<ObjectId> previous, int files) {}

  /** A commit, its files, and the proof of it. */
  private record Proven(SourceProof proof, SourceTree tree, IgnoreRules ignored) {}

  /** Verifies what is there, without a network and without a change. */
  Outcome verify(Path directory) throws IOException, InterruptedException {
    Checkout checkout = Checkout.open(directory);
    GitRefs refs = GitRefs.read(checkout.gitDir(), checkout.commonDir());
    ObjectId head = head(checkout, refs);
    refuse(CheckoutSettings.review(git, checkout));
    try (PrivateGit own = PrivateGit.over(git, checkout.objects(), head.format());
        ObjectStore store = own.store()) {
      Proven proven = prove(store, head, refs.tags(), directory.toString());
      compare(directory, proven);
      return outcome(Action.VERIFIED, directory, proven, Optional.empty());
    }
  }

  /**
   * Gets it into a directory that is not there, or empty. It appears there complete and verified,
   * or not at all.
   */
  Outcome create(Path directory, GitRemote remote) throws IOException, InterruptedException {
    GitRemote.Offer offer = remote.offer();
    Path parent = directory.toAbsolutePath().getParent();
    Files.createDirectories(parent == null ? directory : parent);
    Path making = Files.createDirectory(directory.resolveSibling(beside(directory)));
    try {
      remote.init(making, offer);
      Checkout checkout = Checkout.open(making);
      Proven proven = receive(checkout, remote, offer, Optional.empty());
      moveInto(making, directory);
      return outcome(Action.CLONED, directory, proven, Optional.empty());
    } finally {
      TreeDeletion.deleteWhole(making);
    }
  }

  /** A name that nobody else has, and that says whose it is if it should stay. */
  private static String beside(Path directory) {
    return "." + directory.getFileName() + ".qrepo-" + UUID.randomUUID();
  }

  private static void moveInto(Path made, Path directory) throws IOException {
    Files.deleteIfExists(directory);
    try {
      Files.move(made, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(made, directory);
    }
  }

  /** Brings it up to date, if its history only goes forward. */
  Outcome update(Path directory, GitRemote remote) throws IOException, InterruptedException {
    Checkout checkout = Checkout.open(directory);
    GitRefs refs = GitRefs.read(checkout.gitDir(), checkout.commonDir());
    ObjectId head = head(checkout, refs);
    List<Finding> settings = new ArrayList<>(CheckoutSettings.review(git, checkout));
    if (checkout.isShallow()) {
      settings.add(SourceFindings.shallow(directory.toString()));
    }
    refuse(settings);
    GitRemote.Offer offer = remote.onBranch(refs.branchName(), directory).offer();
    Proven proven = receive(checkout, remote, offer, Optional.of(refs));
    boolean same = proven.proof().commit().equals(head);
    return same
        ? outcome(Action.UNCHANGED, directory, proven, Optional.empty())
        : outcome(Action.UPDATED, directory, proven, Optional.of(head));
  }

  private Proven receive(
      Checkout checkout, GitRemote remote, GitRemote.Offer offer, Optional<GitRefs> before)
      throws IOException, InterruptedException {
    Optional<ObjectId> old = before.flatMap(GitRefs::head);
    try (PrivateGit own = PrivateGit.over(git, checkout.objects(), offer.commit().format())) {
      Optional<SourceTree> here = Optional.empty();
      if (old.isPresent()) {
        own.know(old.get(), before.orElseThrow().tags());
        here = Optional.of(unchanged(checkout, own, old.get()));
      }
      ObjectId commit = remote.fetch(own, offer);
      Map<String, ObjectId> tags = own.refs().tags();
      Proven proven;
      try (ObjectStore store = own.store()) {
        if (old.isPresent()) {
          forward(store, checkout, old.get(), commit);
        }
        proven = prove(store, commit, tags, remote.display());
        for (TreeObject.Entry file : proven.tree().files().values()) {
          store.check(file.id());
        }
      }
      WorkTreeChange change = new WorkTreeChange(git, own, checkout);
      if (here.isPresent()) {
        refuse(InTheWay.of(checkout.root(), here.get(), proven.tree()));
      }
      if (!old.equals(Optional.of(commit))) {
        change.checkOut(old, commit);
      }
      compare(checkout.root(), proven);
      change.moveRefs(offer.branch(), old, commit, tags);
      return proven;
    }
  }

  /** Before anything is brought in: what is here must be what was checked out. */
  private SourceTree unchanged(Checkout checkout, PrivateGit own, ObjectId head)
      throws IOException {
    try (ObjectStore store = own.store()) {
      SourceTree tree = SourceTree.read(store, store.commit(head).tree());
      refuse(
          WorkTree.compare(
              checkout.root(), tree, IgnoreRules.of(store, tree), products(tree.kind())));
      return tree;
    }
  }

  private Proven prove(
      ObjectStore store, ObjectId commit, Map<String, ObjectId> tags, String subject)
      throws IOException {
    console.stage("Verifying commit " + commit.abbreviated());
    SourceTree tree = SourceTree.read(store, store.commit(commit).tree());
    List<Finding> findings = new ArrayList<>();
    tree.submodules().forEach(path -> findings.add(SourceFindings.submodule(path)));
    Optional<BuilderKind> kind = tree.kind();
    if (kind.isEmpty()) {
      findings.add(SourceFindings.notBuilder(subject));
    } else if (wanted.isPresent() && !wanted.equals(kind)) {
      findings.add(SourceFindings.otherBuilder(subject, kind.get(), wanted.get()));
    }
    refuse(findings);
    SourceKeys gathered = keys.gather(store, tree);
    try {
      SourceProof proof =
          new SourceProver(store, request.master(), gathered)
              .prove(commit, kind.orElseThrow(), tags);
      keys.unreached().forEach(console::warning);
      return new Proven(proof, tree, IgnoreRules.of(store, tree));
    } catch (RefusedException e) {
      blameNetwork(e);
      throw e;
    }
  }

  /** That a key is not known may be for want of certificates that could not be fetched. */
  private void blameNetwork(RefusedException refused) throws StoreException {
    List<Finding> unreached = keys.unreached();
    boolean wanting = refused.findings().stream().allMatch(f -> FOR_WANT_OF_KEYS.contains(f.id()));
    if (wanting && !unreached.isEmpty()) {
      List<String> lines = new ArrayList<>();
      unreached.forEach(f -> lines.add(f.reason()));
      refused.findings().forEach(f -> lines.add(f.headline()));
      lines.add("Give certificates that you have: --keys FILE, build.keys.");
      lines.add("Nothing was changed.");
      throw new StoreException(StoreException.Kind.PERMANENT, String.join("\n", lines));
    }
  }

  private static void forward(ObjectStore store, Checkout checkout, ObjectId old, ObjectId commit)
      throws IOException {
    if (isBefore(store, old, commit)) {
      return;
    }
    String directory = checkout.root().toString();
    boolean back = isBefore(store, commit, old);
    throw new RefusedException(
        back
            ? SourceFindings.wentBack(directory, old.abbreviated(), commit.abbreviated())
            : SourceFindings.forked(directory, old.abbreviated(), commit.abbreviated()));
  }

  /** Whether the one is in the history of the other, or the same. */
  private static boolean isBefore(ObjectStore store, ObjectId earlier, ObjectId later)
      throws IOException {
    Deque<ObjectId> next = new ArrayDeque<>(List.of(later));
    Set<ObjectId> seen = new HashSet<>(next);
    while (!next.isEmpty()) {
      ObjectId id = next.poll();
      if (id.equals(earlier)) {
        return true;
      }
      store.commit(id).parents().stream().filter(seen::add).forEach(next::add);
    }
    return false;
  }

  private void compare(Path directory, Proven proven) throws IOException {
    refuse(
        WorkTree.compare(
            directory,
            proven.tree(),
            proven.ignored(),
            products(Optional.of(proven.proof().kind()))));
  }

  private static Set<String> products(Optional<BuilderKind> kind) {
    return kind.map(k -> PRODUCTS.getOrDefault(k, Set.of())).orElse(Set.of());
  }

  private static ObjectId head(Checkout checkout, GitRefs refs) {
    return refs.head()
        .orElseThrow(
            () ->
                SourceFindings.notGit(
                    checkout.root().toString(), "the checkout has no commit yet"));
  }

  private static void refuse(List<Finding> findings) {
    if (!findings.isEmpty()) {
      throw new RefusedException(findings);
    }
  }

  private static Outcome outcome(
      Action action, Path directory, Proven proven, Optional<ObjectId> previous) {
    return new Outcome(action, directory, proven.proof(), previous, proven.tree().files().size());
  }
}
