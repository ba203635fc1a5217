package org.qrepo.cli.build.stages;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.config.BuildDist;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.cli.config.ComponentName;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.Figures;
import org.qrepo.cli.console.JsonObject;

/**
 * What a cleanup will do.
 *
 * @param mounts what is unmounted, in this order
 * @param deletions what is deleted: directories, with what they hold in bytes as far as it can be
 *     seen
 * @param overrides whose fetched sources come back
 * @param forgets whether what was built is forgotten
 */
public record CleanPlan(
    List<Path> mounts, Map<Path, Long> deletions, List<ComponentName> overrides, boolean forgets) {
  public CleanPlan {
    mounts = List.copyOf(mounts);
    deletions = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(deletions));
    overrides = List.copyOf(overrides);
  }

  /**
   * Looks what there is to do.
   *
   * @throws RefusedException if something to delete is reached through a link, or lies outside
   */
  static CleanPlan of(BuilderTree tree, BuildDist dist, CleanChoice choice, BuildRecord record)
      throws IOException {
    Mounts mounts = Mounts.below(tree.directory());
    Map<Path, Long> deletions = new LinkedHashMap<>();
    for (Path target : targets(tree, dist, choice)) {
      if (isThere(tree, target)) {
        deletions.put(target, size(target.toRealPath(), mounts));
      }
    }
    List<ComponentName> overrides =
        choice.overrides() ? record.overrides().keySet().stream().sorted().toList() : List.of();
    boolean forgets = choice.overrides() && record.isAnythingBuilt();
    return new CleanPlan(mounts.points(), deletions, overrides, forgets);
  }

  private static Set<Path> targets(BuilderTree tree, BuildDist dist, CleanChoice choice) {
    Set<Path> targets = new LinkedHashSet<>();
    if (choice.chroot()) {
      if (tree.kind() == BuilderKind.V2) {
        targets.add(tree.artifacts().resolve("tmp"));
      }
      if (!(choice.cache() && tree.chroot(dist).startsWith(tree.cache(dist)))) {
        targets.add(tree.chroot(dist));
      }
    }
    if (choice.cache()) {
      targets.add(tree.cache(dist));
    }
    return targets;
  }

  /**
   * Whether something to delete is there, in the builder's directory itself.
   *
   * @throws RefusedException if it is not sure where it is
   */
  static boolean isThere(BuilderTree tree, Path target) {
    Path at = tree.directory();
    if (!target.normalize().equals(target) || !target.startsWith(at) || target.equals(at)) {
      throw refusal(target, "lies outside of the builder's directory " + at);
    }
    for (Path part : at.relativize(target)) {
      at = at.resolve(part);
      if (!Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
        return false;
      }
      if (!Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
        throw refusal(
            at, Files.isSymbolicLink(at) ? "is a link, not a directory" : "is not a directory");
      }
    }
    return true;
  }

  private static RefusedException refusal(Path path, String reason) {
    return new RefusedException(
        Finding.of(
            "clean-outside",
            path.toString(),
            reason,
            "Only what lies in the builder's directory itself is deleted, and no link is followed.",
            "If it may go, remove it yourself."));
  }

  private static long size(Path directory, Mounts mounts) throws IOException {
    Set<Path> points = new LinkedHashSet<>(mounts.points());
    long[] bytes = new long[1];
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path found, BasicFileAttributes attributes) {
            return points.contains(found) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes[0] += attributes.isRegularFile() ? attributes.size() : 0;
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path found, @org.jspecify.annotations.Nullable IOException failure) {
            return FileVisitResult.CONTINUE;
          }
        });
    return bytes[0];
  }

  /** Whether there is nothing to do. */
  public boolean isEmpty() {
    return mounts.isEmpty() && deletions.isEmpty() && overrides.isEmpty() && !forgets;
  }

  /** Says it to people. */
  public void say(Console console) {
    mounts.forEach(point -> console.detail("unmount " + point));
    deletions.forEach(
        (path, size) -> console.detail("delete " + path + ", " + Figures.bytes(size)));
    overrides.forEach(
        component -> console.detail("give " + component + " its fetched sources back"));
    if (forgets) {
      console.detail("forget what was built, so that the next build is from scratch");
    }
  }

  /** For scripts. */
  public void write(JsonObject json) throws IOException {
    json.strings("mounts", mounts.stream().map(Path::toString).toList());
    json.objects(
        "deletions",
        new ArrayList<>(deletions.entrySet()),
        (object, deletion) ->
            object.field("path", deletion.getKey().toString()).field("bytes", deletion.getValue()));
    json.strings("overrides", overrides.stream().map(ComponentName::value).toList());
    json.field("forgets", forgets);
  }
}
