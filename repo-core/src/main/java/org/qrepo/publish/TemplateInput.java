package org.qrepo.publish;

import java.io.IOException;
import org.qrepo.io.Blob;
import org.qrepo.rpm.RpmHeader;
import org.qrepo.rpm.RpmHeaders;

/** A template package that is to be published; it was read whole, and is sound. */
public interface TemplateInput {
  /** What messages call it. */
  String name();

  /** Its main header, which a signature does not change. */
  RpmHeader header();

  /** Before it is signed, in bytes. */
  long size();

  /**
   * The package as clients are to get it, with a signature in it that they accept; asked for once,
   * and only if it is to be written.
   *
   * @throws SigningException with what to do
   */
  Signed signed() throws IOException;

  /** A package with its signature. */
  record Signed(RpmHeaders headers, Blob blob) {}
}
