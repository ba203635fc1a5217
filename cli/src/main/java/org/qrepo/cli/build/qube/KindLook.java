package org.qrepo.cli.build.qube;

import java.util.List;
import java.util.Optional;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.cli.doctor.Result;

/** Looks at what kind of qube it is. */
final class KindLook {
  private static final String ID = "qube-kind";

  private KindLook() {}

  static List<Result> results(Qube qube, Optional<BuilderKind> kind) {
    if (!qube.isQube()) {
      return List.of(
          Result.warning(
              "no-qube",
              "this machine",
              "is no qube of Qubes OS, so that what only qubes have is not looked at",
              "Builders run elsewhere too, but are tried in qubes."));
    }
    return List.of(ofType(qube, qube.type().orElse(""), kind));
  }

  private static Result ofType(Qube qube, String type, Optional<BuilderKind> kind) {
    String name = qube.named();
    return switch (type) {
      case "TemplateVM" ->
          Result.error(
              ID,
              name,
              "is a template: whatever a build runs would get into every qube that is based on it",
              "In dom0: qvm-create --class AppVM --template " + name + " --label gray build");
      case "DispVM" ->
          Result.warning(
              ID,
              name,
              "is a disposable: the builder and all that it made are gone when it is closed",
              "In dom0: qvm-create --class AppVM --label gray build");
      case "StandaloneVM" -> standalone(name, kind);
      case "" ->
          Result.warning(
              ID, name, "does not say what kind of qube it is: qubesdb-read /qubes-vm-type fails");
      default -> Result.ok(ID, name, "is a qube of kind " + type);
    };
  }

  private static Result standalone(String name, Optional<BuilderKind> kind) {
    return kind.equals(Optional.of(BuilderKind.V2))
        ? Result.ok(ID, name, "is a standalone qube")
        : Result.warning(
            ID,
            name,
            "is a standalone qube, in which the classic builder is known to fail",
            "It was made for the mounts of an AppVM.",
            "In dom0: qvm-create --class AppVM --label gray build");
  }
}
