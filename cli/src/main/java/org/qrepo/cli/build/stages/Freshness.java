package org.qrepo.cli.build.stages;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.config.ComponentName;
import org.qrepo.io.Digests;
import org.qrepo.io.Sha256;

/** Whether what was built is still what would be built. */
final class Freshness {
  private final BuilderTree tree;
  private final BuildRecord record;
  private final Git git;

  Freshness(BuilderTree tree, BuildRecord record, Git git) {
    this.tree = tree;
    this.record = record;
    this.git = git;
  }

  SourceState source(ComponentName component) throws IOException, InterruptedException {
    return SourceState.of(tree.source(component), git);
  }

  /** The digest of all packages of these components, in their order. */
  Sha256 packages(List<ComponentName> components) {
    Digests digests = new Digests(List.of());
    for (ComponentName component : components) {
      record.component(component).map(BuildRecord.Built::packages).orElse(List.of()).stream()
          .map(made -> made.sha256() + " " + made.path() + "\n")
          .map(line -> line.getBytes(StandardCharsets.UTF_8))
          .forEach(bytes -> digests.update(bytes, 0, bytes.length));
    }
    return digests.sha256();
  }

  /**
   * Why a component has to be built; empty if it need not.
   *
   * @param before those that are built before it
   */
  Optional<String> stale(ComponentName component, List<ComponentName> before)
      throws IOException, InterruptedException {
    Optional<BuildRecord.Built> last = record.component(component);
    if (last.isEmpty()) {
      return Optional.of("not built yet");
    }
    BuildRecord.Built built = last.get();
    if (!built.done()) {
      return Optional.of("its last build did not end well");
    }
    if (!built.source().equals(source(component))) {
      return Optional.of("its sources have changed");
    }
    if (!built.before().equals(packages(before))) {
      return Optional.of("packages that are built before it have changed");
    }
    return built.isThere(tree.artifacts())
        ? Optional.empty()
        : Optional.of("its packages are gone or have changed");
  }
}
