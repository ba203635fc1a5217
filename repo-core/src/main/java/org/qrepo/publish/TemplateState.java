package org.qrepo.publish;

import java.util.Optional;
import org.qrepo.io.Blob;

/** What stands where a repository of templates is to be. */
sealed interface TemplateState {
  Shown shown();

  /**
   * The state of the names that clients fetch.
   *
   * @param pointer where {@link TemplateNames#CURRENT} leads, if it is a link
   * @param indexLink where the index leads, if it is a link
   * @param signatureLink where the signature leads, if it is a link
   */
  record Shown(
      Tag index,
      Tag signature,
      Optional<String> pointer,
      Optional<String> indexLink,
      Optional<String> signatureLink) {}

  /** There is none. */
  record Vacant(Shown shown) implements TemplateState {}

  /** Another tool's metadata: without lineage, whoever signed it. */
  record Foreign(Shown shown, Blob index, Optional<Blob> signature) implements TemplateState {}

  /**
   * One that verifies.
   *
   * @param signed whether the signature that clients fetch is one of this index
   */
  record Live(Shown shown, TemplateGeneration generation, boolean signed) implements TemplateState {
    /** Whether every name shows this generation in the way that the layout wants. */
    boolean isSettled(Layout layout) {
      if (layout == Layout.PLAIN) {
        return signed
            && shown.indexLink().isEmpty()
            && shown.signatureLink().isEmpty()
            && shown.pointer().isEmpty();
      }
      return signed && isPointed() && linked();
    }

    /** Whether the pointer leads to this generation. */
    boolean isPointed() {
      StoreKey folder = TemplateNames.generation(generation.id());
      return shown.pointer().equals(Optional.of(TemplateNames.pointing(folder)));
    }

    private boolean linked() {
      return shown
              .indexLink()
              .equals(Optional.of(TemplateNames.throughCurrent(TemplateNames.INDEX)))
          && shown
              .signatureLink()
              .equals(Optional.of(TemplateNames.throughCurrent(TemplateNames.SIGNATURE)));
    }
  }
}
