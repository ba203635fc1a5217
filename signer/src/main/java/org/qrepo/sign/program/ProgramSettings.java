package org.qrepo.sign.program;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/**
 * How programs are run.
 *
 * @param environment what they see of it
 * @param patience how long one may neither take nor give a byte: a person may have to find a token
 * @param notices hears what a person should know
 * @param clock what signatures are compared with
 */
public record ProgramSettings(
    Map<String, String> environment, Duration patience, Notices notices, InstantSource clock) {
  public ProgramSettings {
    environment = Map.copyOf(environment);
  }
}
