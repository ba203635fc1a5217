package org.qrepo.cli;

import org.qrepo.cli.console.ExitCode;
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
}
