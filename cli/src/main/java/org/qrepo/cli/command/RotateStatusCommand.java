package org.qrepo.cli.command;

import java.io.IOException;
import java.time.Instant;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.console.JsonObject;
import org.qrepo.cli.repository.Targets;
import org.qrepo.cli.rotation.Advice;
import org.qrepo.cli.rotation.Rotation;
import org.qrepo.cli.rotation.TargetKeys;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.StoreKey;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** Says how far a change of keys is. */
@CommandLine.Command(
    name = "status",
    description =
        "Say how far a change of keys is, what depends on which key, and what to do next.")
public final class RotateStatusCommand implements Command {
  @Mixin private RotationOptions options = new RotationOptions();

  @Override
  public Answer run(Session session) throws IOException {
    Targets targets = options.targets(session);
    Rotation rotation = Rotation.look(session, targets, options.old());
    Advice advice = Advice.of(rotation, targets.config());
    session.console().result("stage   " + rotation.stage().word());
    session.console().result("signs   " + rotation.own().fingerprint().grouped());
    rotation
        .next()
        .ifPresent(n -> session.console().result("next    " + n.fingerprint().grouped()));
    rotation.old().forEach(f -> session.console().result("old     " + f.grouped()));
    rotation.revoked().forEach(f -> session.console().result("revoked " + f.grouped()));
    rotation.targets().forEach(t -> session.console().result(words(t)));
    advice.say(session.console());
    return Answer.done(json -> write(json, rotation, advice));
  }

  private static String words(TargetKeys target) {
    if (!target.published()) {
      return "target  " + target.target() + ": nothing is published";
    }
    return "target  "
        + target.target()
        + ": keyring package "
        + (target.shipped() ? "up to date" : "not up to date")
        + ", "
        + target.dependent().size()
        + " signatures by keys that are to go";
  }

  /** The fields of how things stand. */
  static void write(JsonObject json, Rotation rotation, Advice advice) throws IOException {
    json.field("stage", rotation.stage().word())
        .field("own", rotation.own().fingerprint().hex())
        .field("next", rotation.next().map(n -> n.fingerprint().hex()))
        .strings("old", rotation.old().stream().map(Fingerprint::hex).toList())
        .strings("revoked", rotation.revoked().stream().map(Fingerprint::hex).toList())
        .objects(
            "targets",
            rotation.targets(),
            (object, t) ->
                object
                    .field("target", t.target())
                    .field("published", t.published())
                    .field("keyring-up-to-date", t.shipped())
                    .field("since", t.since().map(Instant::toString))
                    .strings("dependent", t.dependent().stream().map(StoreKey::value).toList()));
    advice.write(json);
  }
}
