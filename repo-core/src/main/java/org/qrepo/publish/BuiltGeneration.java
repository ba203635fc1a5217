package org.qrepo.publish;

import java.util.Map;
import org.qrepo.database.Database;
import org.qrepo.io.Blob;

/**
 * A generation that is ready to be written: its parts on disk or in memory, and its note for
 * people.
 */
record BuiltGeneration(
    GenerationId id, long sequence, Database database, Map<Part, Blob> parts, Blob note) {
  BuiltGeneration {
    parts = Map.copyOf(parts);
  }

  Blob part(Part part) {
    Blob blob = parts.get(part);
    if (blob == null) {
      throw new IllegalStateException("no " + part);
    }
    return blob;
  }

  /** The same generation with signatures that are as good. */
  BuiltGeneration with(Map<Part, Blob> others) {
    return new BuiltGeneration(id, sequence, database, others, note);
  }

  long bytes() {
    return parts.values().stream().mapToLong(Blob::size).sum() + note.size();
  }
}
