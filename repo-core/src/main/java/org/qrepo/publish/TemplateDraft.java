package org.qrepo.publish;

import java.util.List;
import org.qrepo.repodata.Repodata;

/**
 * A plan with all that carrying it out takes.
 *
 * @param kept what the next generation lists without reading anything again
 * @param incoming packages that are to be written
 */
record TemplateDraft(
    TemplateState state, TemplatePlan plan, Repodata kept, List<Incoming> incoming) {
  TemplateDraft {
    incoming = List.copyOf(incoming);
  }

  /** A package and its name in the store. */
  record Incoming(TemplateInput input, StoreKey key) {}
}
