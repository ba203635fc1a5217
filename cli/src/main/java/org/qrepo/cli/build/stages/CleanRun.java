package org.qrepo.cli.build.stages;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.config.BuildDist;
import org.qrepo.cli.config.ComponentName;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.Figures;
import org.qrepo.io.TreeDeletion;

/**
 * A cleanup of a builder's directory: unmounts, deletes what can be made again, gives fetched
 * sources back. It holds the lock of the directory until it is closed. What root owns is deleted
 * through sudo, as the builder made it.
 */
public final class CleanRun implements AutoCloseable {
  private static final Path SELF = Path.of("/proc/self");

  private final BuilderTree tree;
  private final BuildDist dist;
  private final Console console;
  private final StateDirectory state;
  private final BuildRecord record;
  private final Map<String, String> environment;
  private final boolean root;
  private Optional<StepRunner> runner = Optional.empty();

  private CleanRun(
      BuilderTree tree,
      BuildDist dist,
      Map<String, String> environment,
      Console console,
      boolean root,
      StateDirectory state)
      throws IOException {
    this.tree = tree;
    this.dist = dist;
    this.console = console;
    this.state = state;
    this.record = state.record();
    this.environment = environment;
    this.root = root;
  }

  /**
   * Takes the lock.
   *
   * @throws org.qrepo.publish.LockedException if a build goes on there
   */
  public static CleanRun open(
      BuilderTree tree, BuildDist dist, Map<String, String> environment, Console console)
      throws IOException {
    return open(tree, dist, environment, console, uid(SELF) == 0);
  }

  static CleanRun open(
      BuilderTree tree,
      BuildDist dist,
      Map<String, String> environment,
      Console console,
      boolean root)
      throws IOException {
    StateDirectory state = StateDirectory.lock(tree, "qrepo build clean");
    try {
      return new CleanRun(tree, dist, environment, console, root, state);
    } catch (IOException | RuntimeException e) {
      state.close();
      throw e;
    }
  }

  /** What there would be to do, now. */
  public static CleanPlan preview(BuilderTree tree, BuildDist dist, CleanChoice choice)
      throws IOException {
    BuildRecord record = BuildRecord.read(StateDirectory.recordOf(tree));
    return CleanPlan.of(tree, dist, choice, record);
  }

  /** What there is to do. */
  public CleanPlan plan(CleanChoice choice) throws IOException {
    return CleanPlan.of(tree, dist, choice, record);
  }

  /**
   * Does it.
   *
   * @throws StepFailedException if something is still mounted, or cannot be unmounted or deleted
   */
  public void run(CleanPlan plan) throws IOException, InterruptedException, StepFailedException {
    for (Path point : plan.mounts()) {
      asRoot(List.of("umount", "-l", "--", point.toString()), point);
    }
    for (Map.Entry<Path, Long> deletion : plan.deletions().entrySet()) {
      delete(deletion.getKey());
      console.detail("deleted " + deletion.getKey() + ", " + Figures.bytes(deletion.getValue()));
    }
    Overrides overrides = new Overrides(tree, state, record, new Git(environment), console);
    for (ComponentName component : plan.overrides()) {
      overrides.undo(component);
    }
    if (plan.forgets()) {
      record.forgetBuilt();
    }
  }

  private void delete(Path target) throws IOException, InterruptedException, StepFailedException {
    if (!CleanPlan.isThere(tree, target)) {
      return;
    }
    if (Mounts.below(tree.directory()).touches(target.toRealPath())) {
      throw new StepFailedException(
          Finding.of(
              "clean-mounted",
              target.toString(),
              "something is still mounted in it, so it was not deleted",
              "What is mounted there would lose its files. See what it is: findmnt | grep "
                  + tree.directory(),
              "Run qrepo build clean again when it is unmounted."),
          List.of());
    }
    if (!root && uid(target) != uid(SELF)) {
      deleteAsRoot(target);
      return;
    }
    try {
      TreeDeletion.delete(target);
    } catch (AccessDeniedException e) {
      deleteAsRoot(target);
    } catch (FileSystemException e) {
      if (root || !String.valueOf(e.getReason()).contains("not permitted")) {
        throw e;
      }
      deleteAsRoot(target);
    }
  }

  private void deleteAsRoot(Path target)
      throws IOException, InterruptedException, StepFailedException {
    asRoot(List.of("rm", "--one-file-system", "-rf", "--", target.toString()), target);
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new StepFailedException(
          Finding.of("clean-left", target.toString(), "is still there after it was deleted"),
          List.of());
    }
  }

  private void asRoot(List<String> command, Path subject)
      throws IOException, InterruptedException, StepFailedException {
    List<String> words = new ArrayList<>(root ? List.of() : List.of("sudo"));
    words.addAll(command);
    BuildStep step =
        new BuildStep(BuildStep.Kind.CLEAN, subject.toString(), words, tree.directory());
    console.verbose(step.commandLine());
    StepEnd end = runner().run(step, Optional.empty());
    if (!end.program().isGood()) {
      throw StepFailures.ended(step, end, "Nothing else was done after that. Run it again.");
    }
  }

  private StepRunner runner() throws IOException {
    if (runner.isEmpty()) {
      runner = Optional.of(new StepRunner(console, environment, state.newLogs(), state.mark()));
    }
    return runner.get();
  }

  private static int uid(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public void close() throws IOException {
    state.close();
  }
}
