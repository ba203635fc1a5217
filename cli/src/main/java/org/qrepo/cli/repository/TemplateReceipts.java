package org.qrepo.cli.repository;

import org.qrepo.cli.Session;
import org.qrepo.publish.TemplateReceipt;

/** Keeps the receipts of what was published of templates. */
public final class TemplateReceipts {
  private TemplateReceipts() {}

  /** Keeps one, if anything was written. */
  public static void keep(Session session, TemplateReceipt receipt) {
    if (TemplateWords.isNew(receipt)) {
      Receipts.keep(
          session,
          receipt.repository()
              + "-templates-"
              + receipt.sequence()
              + "-"
              + receipt.generation()
              + ".json",
          "qrepo.template-receipt/1",
          json -> TemplateWords.write(json, receipt));
    }
  }
}
