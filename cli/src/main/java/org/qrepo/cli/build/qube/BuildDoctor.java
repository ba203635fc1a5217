package org.qrepo.cli.build.qube;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.doctor.Result;

/** Looks at everything that a build needs of the qube that it runs in. */
public final class BuildDoctor {
  private final QubeSystem system;
  private final Config config;

  public BuildDoctor(QubeSystem system, Config config) {
    this.system = system;
    this.config = config;
  }

  /**
   * All looks, one after the other.
   *
   * @param builder the directory of the builder, absolute; it need not be there yet
   * @param kind empty: it is not known yet, and what both need is looked at
   */
  public List<Result> results(Path builder, Optional<BuilderKind> kind)
      throws IOException, InterruptedException {
    Qube qube = Qube.of(system);
    List<Result> results = new ArrayList<>(KindLook.results(qube, kind));
    results.add(UserLook.user(system));
    results.add(RoomLook.disk(system, qube, builder));
    results.addAll(RoomLook.memory(system, qube));
    results.addAll(MountLook.results(system, builder, kind));
    results.addAll(ToolLook.results(system, kind));
    if (kind.equals(Optional.of(BuilderKind.V2))) {
      results.add(ToolLook.executor(system, qube, config.build().executor().type()));
    }
    if (qube.isQube()) {
      results.addAll(UserLook.xen(system));
      results.addAll(QrexecLook.results(system, config.signing()));
    }
    results.addAll(NetworkLook.results(system, qube, kind));
    return List.copyOf(results);
  }
}
