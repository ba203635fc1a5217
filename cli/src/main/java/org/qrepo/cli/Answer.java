package org.qrepo.cli;

import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.Failure;
import org.qrepo.cli.console.JsonFields;

/**
 * What a command that was carried out has to say to scripts.
 *
 * @param code how it went
 * @param fields the answer, for {@code --json}
 */
public record Answer(ExitCode code, JsonFields fields) {
  public static Answer done(JsonFields fields) {
    return new Answer(ExitCode.DONE, fields);
  }

  /**
   * Of what failed after the main work, which stays done.
   *
   * @param code how the main work went
   * @param what the field that tells of the failure
   */
  public static Answer afterwards(ExitCode code, String what, Failure failure) {
    return new Answer(
        code == ExitCode.DONE ? failure.code() : code,
        json -> json.object(what, object -> object.findings("findings", failure.findings())));
  }
}
