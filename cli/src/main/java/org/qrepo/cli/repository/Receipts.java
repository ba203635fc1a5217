package org.qrepo.cli.repository;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.qrepo.Finding;
import org.qrepo.cli.Session;
import org.qrepo.cli.console.JsonFields;
import org.qrepo.cli.console.JsonObject;
import org.qrepo.io.AtomicFile;

/**
 * Keeps the receipts of what was written with the publisher. What is published is published, also
 * where no receipt can be kept.
 */
public final class Receipts {
  private Receipts() {}

  /**
   * Keeps one.
   *
   * @param name of its file
   */
  public static void keep(Session session, String name, String schema, JsonFields fields) {
    Path directory = session.stateDirectory().resolve("receipts");
    try {
      Files.createDirectories(directory);
      Path file = directory.resolve(name);
      String text =
          JsonObject.pretty(
              json -> {
                json.field("schema", schema);
                fields.write(json);
              });
      AtomicFile.write(
          file,
          text.getBytes(StandardCharsets.UTF_8),
          PosixFilePermissions.fromString("rw-------"));
      session.console().verbose("receipt: " + file);
    } catch (IOException e) {
      session
          .console()
          .warning(
              Finding.of(
                  "receipt-not-kept",
                  directory.toString(),
                  "the receipt of this publish cannot be kept there",
                  e.toString()));
    }
  }
}
