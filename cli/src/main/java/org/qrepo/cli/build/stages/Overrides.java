package org.qrepo.cli.build.stages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.config.ComponentName;
import org.qrepo.cli.console.Console;
import org.qrepo.io.TreeDeletion;

/**
 * Puts sources of the user in the place of those that the builder fetched: a copy, made anew when
 * the user's directory has changed. What was there before is kept aside and comes back when the
 * override is undone. Each move is a rename, and a run that was killed between two of them is
 * finished by the next.
 */
final class Overrides {
  /** Copies of the user's sources while the builder's own are in their place. */
  private static final String PARKED = "parked";

  /** Copies that are not complete. */
  private static final String INCOMING = "incoming";

  /** Copies in which someone has worked, when another copy took their place. */
  private static final String EDITED = "edited";

  private final BuilderTree tree;
  private final StateDirectory state;
  private final BuildRecord record;
  private final Git git;
  private final Console console;

  Overrides(BuilderTree tree, StateDirectory state, BuildRecord record, Git git, Console console) {
    this.tree = tree;
    this.state = state;
    this.record = record;
    this.git = git;
    this.console = console;
  }

  /** Sees to it that these overrides, and no others, are in place. */
  void apply(Map<ComponentName, Path> wanted) throws IOException, InterruptedException {
    Set<ComponentName> obsolete = new LinkedHashSet<>(record.overrides().keySet());
    obsolete.removeAll(wanted.keySet());
    for (ComponentName component : obsolete) {
      undo(component);
      console.detail(component + " is built from the fetched sources again");
    }
    for (Map.Entry<ComponentName, Path> override : wanted.entrySet()) {
      apply(override.getKey(), override.getValue());
    }
  }

  private void apply(ComponentName component, Path from) throws IOException, InterruptedException {
    heal(component);
    Path real = requireSources(component, from);
    requireRealParent(component);
    unpark(component);
    BuildRecord.Replacement next = describe(real, component);
    Optional<BuildRecord.Replacement> now = applied(component);
    if (now.isPresent() && isInPlace(component, now.get()) && isSame(now.get(), next)) {
      console.verbose(component + " is replaced by " + real + " already");
      return;
    }
    Path incoming = place(INCOMING, component);
    TreeDeletion.delete(incoming);
    TreeCopy.copy(real, incoming);
    if (now.isPresent()) {
      discard(component, now.get());
      Files.move(incoming, tree.source(component));
      record.put(component, next);
    } else {
      record.put(component, next);
      if (next.had()) {
        Files.move(tree.source(component), place(StateDirectory.ASIDE, component));
      }
      Files.move(incoming, tree.source(component));
    }
    console.detail(
        component + ": " + (now.isPresent() ? "copied anew from " : "taken from ") + real);
  }

  private static boolean isSame(BuildRecord.Replacement one, BuildRecord.Replacement other) {
    return one.files().equals(other.files()) && one.commit().equals(other.commit());
  }

  /** Where nothing was kept aside, it might be that sources were fetched meanwhile. */
  private boolean isInPlace(ComponentName component, BuildRecord.Replacement override)
      throws IOException {
    Path source = tree.source(component);
    return Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS)
        && (override.had() || TreeDigest.of(source).equals(override.files()));
  }

  private BuildRecord.Replacement describe(Path from, ComponentName component)
      throws IOException, InterruptedException {
    boolean had =
        applied(component)
            .map(BuildRecord.Replacement::had)
            .orElseGet(() -> exists(tree.source(component)));
    String commit = exists(from.resolve(".git")) ? git.commit(from).orElse("none") : "none";
    return new BuildRecord.Replacement(TreeDigest.of(from), commit, had);
  }

  /** What is recorded and was carried out. */
  private Optional<BuildRecord.Replacement> applied(ComponentName component) {
    return record
        .override(component)
        .filter(
            o ->
                o.had()
                    ? exists(state.place(StateDirectory.ASIDE).resolve(component.value()))
                    : exists(tree.source(component)));
  }

  /** Removes a copy, or keeps it if someone has worked in it. */
  private void discard(ComponentName component, BuildRecord.Replacement override)
      throws IOException {
    Path copy = tree.source(component);
    if (!exists(copy)) {
      return;
    }
    if (Files.isDirectory(copy, LinkOption.NOFOLLOW_LINKS)
        && TreeDigest.of(copy).equals(override.files())) {
      TreeDeletion.delete(copy);
      return;
    }
    Path edited = place(EDITED, component);
    TreeDeletion.delete(edited);
    Files.move(copy, edited);
    console.warning(
        Finding.of(
            "override-edited",
            copy.toString(),
            "was changed since it was put in the place of the fetched sources",
            "What was there is in " + edited + " until that happens again.",
            "Work in the directory that build.overrides names."));
  }

  /** Gives the builder its own sources back for a while. */
  void park() throws IOException {
    for (ComponentName component : record.overrides().keySet()) {
      heal(component);
      Path source = tree.source(component);
      if (applied(component).isPresent() && exists(source) && !isParked(component)) {
        Files.move(source, place(PARKED, component));
        finishParking(component);
      }
    }
  }

  /** Ends what {@link #park} began. */
  void unpark() throws IOException {
    for (ComponentName component : record.overrides().keySet()) {
      heal(component);
      unpark(component);
    }
  }

  private void unpark(ComponentName component) throws IOException {
    if (!isParked(component)) {
      return;
    }
    Path source = tree.source(component);
    BuildRecord.Replacement override = record.override(component).orElseThrow();
    boolean had = exists(source);
    record.put(component, new BuildRecord.Replacement(override.files(), override.commit(), had));
    if (had) {
      Files.move(source, place(StateDirectory.ASIDE, component));
    }
    Files.move(place(PARKED, component), source);
  }

  /** Brings the fetched sources back for good. */
  void undo(ComponentName component) throws IOException {
    heal(component);
    Optional<BuildRecord.Replacement> now = applied(component);
    if (isParked(component)) {
      TreeDeletion.delete(place(PARKED, component));
    } else if (now.isPresent()) {
      discard(component, now.get());
      finishParking(component);
    }
    record.removeOverride(component);
  }

  private boolean isParked(ComponentName component) {
    return record.override(component).isPresent()
        && exists(state.place(PARKED).resolve(component.value()));
  }

  /** Between two renames of a killed run, the place of the sources is empty. */
  private void heal(ComponentName component) throws IOException {
    if (record.override(component).isPresent() && !exists(tree.source(component))) {
      finishParking(component);
    }
  }

  private void finishParking(ComponentName component) throws IOException {
    Path aside = state.place(StateDirectory.ASIDE).resolve(component.value());
    if (exists(aside)) {
      Files.move(aside, tree.source(component));
    }
  }

  private Path place(String folder, ComponentName component) throws IOException {
    return state.folder(folder).resolve(component.value());
  }

  private Path requireSources(ComponentName component, Path from) throws IOException {
    String subject = "build.overrides." + component;
    if (!Files.isDirectory(from)) {
      throw refusal(
          "override-missing", subject, from + " is no directory", "Nothing was replaced.");
    }
    Path real = from.toRealPath();
    Path builder = tree.directory().toRealPath();
    if (builder.startsWith(real) || real.startsWith(tree.sources())) {
      throw refusal(
          "override-inside",
          subject,
          from + " and the builder's sources lie within each other",
          "Keep your sources in a directory of their own.");
    }
    return real;
  }

  private void requireRealParent(ComponentName component) throws IOException {
    Path at = tree.artifacts();
    for (Path part : at.relativize(tree.sources())) {
      at = at.resolve(part);
      if (exists(at) && !Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
        throw refusal(
            "override-link",
            at.toString(),
            "is no directory, so the sources of " + component + " are not replaced",
            "A link here could lead out of the builder's directory. Make it a directory.");
      }
    }
    Files.createDirectories(tree.sources());
  }

  private static RefusedException refusal(
      String id, String subject, String reason, String... details) {
    return new RefusedException(Finding.of(id, subject, reason, details));
  }

  private static boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }
}
