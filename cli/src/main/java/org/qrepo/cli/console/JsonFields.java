package org.qrepo.cli.console;

import java.io.IOException;

/** Writes the fields of a JSON object. */
@FunctionalInterface
public interface JsonFields {
  /** No fields. */
  JsonFields NONE = object -> {};

  void write(JsonObject object) throws IOException;
}
