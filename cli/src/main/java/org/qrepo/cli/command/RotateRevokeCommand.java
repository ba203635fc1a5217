package org.qrepo.cli.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.repository.Targets;
import org.qrepo.cli.rotation.Advice;
import org.qrepo.cli.rotation.Rotation;
import org.qrepo.cli.rotation.Stage;
import org.qrepo.cli.rotation.TargetKeys;
import org.qrepo.publish.StoreKey;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** Says how an old key is taken away from clients, if nothing needs it. */
@CommandLine.Command(
    name = "revoke",
    description = {
      "Make sure that nothing at any target needs the old key, and say how it is revoked.",
      "Refuses while a package or a database is signed by it."
    })
public final class RotateRevokeCommand implements Command {
  private static final int MOST_NAMES = 10;

  @Mixin private RotationOptions options = new RotationOptions();

  @Override
  public Answer run(Session session) throws IOException {
    Targets targets = options.targets(session);
    Rotation rotation = Rotation.look(session, targets, options.old());
    List<Finding> needed = rotation.dependent().stream().map(RotateRevokeCommand::needed).toList();
    if (!needed.isEmpty()) {
      throw new RefusedException(needed);
    }
    if (rotation.stage() == Stage.SHIP || rotation.stage() == Stage.SWITCH) {
      session.console().note("The old key still signs: it is revoked at the end.");
    }
    Advice advice = Advice.of(rotation, targets.config());
    advice.say(session.console());
    return Answer.done(json -> RotateStatusCommand.write(json, rotation, advice));
  }

  private static Finding needed(TargetKeys target) {
    List<String> details = new ArrayList<>();
    List<StoreKey> names = target.dependent();
    names.stream().limit(MOST_NAMES).forEach(n -> details.add("  " + n));
    if (names.size() > MOST_NAMES) {
      details.add("  and " + (names.size() - MOST_NAMES) + " more");
    }
    details.add("Clients would refuse them: key \"…\" is disabled.");
    details.add("Sign them anew first: qrepo key rotate resign " + target.target());
    return new Finding(
        "key-still-needed",
        target.target(),
        "the old key is still needed for " + names.size() + " signatures there",
        details);
  }
}
