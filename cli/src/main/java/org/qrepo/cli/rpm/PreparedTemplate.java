package org.qrepo.cli.rpm;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Function;
import org.qrepo.io.Blob;
import org.qrepo.publish.TemplateInput;
import org.qrepo.rpm.RpmHeader;
import org.qrepo.rpm.RpmHeaders;
import org.qrepo.rpm.SignatureBlock;

/** A template of this machine on its way to a target; its file stays as it is. */
final class PreparedTemplate implements TemplateInput {
  private final OpenedRpm rpm;
  private final Function<OpenedRpm, SignatureBlock> blocks;

  /**
   * @param blocks gives the signature header that clients are to get
   */
  PreparedTemplate(OpenedRpm rpm, Function<OpenedRpm, SignatureBlock> blocks) {
    this.rpm = rpm;
    this.blocks = blocks;
  }

  @Override
  public String name() {
    return rpm.name();
  }

  @Override
  public RpmHeader header() {
    return rpm.file().header();
  }

  @Override
  public long size() {
    return rpm.file().size();
  }

  @Override
  public Signed signed() throws IOException {
    Blob blob = blocks.apply(rpm).appliedTo(rpm.file());
    try (InputStream in = blob.open()) {
      return new Signed(RpmHeaders.read(name(), in, blob.size()), blob);
    }
  }
}
