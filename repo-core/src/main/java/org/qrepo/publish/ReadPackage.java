package org.qrepo.publish;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.qrepo.alpm.FileList;
import org.qrepo.alpm.PackageFile;
import org.qrepo.alpm.PackageInfo;
import org.qrepo.io.Blob;
import org.qrepo.io.Digests;

/**
 * A package that was read to its last byte, as far as signing, sending and describing it need.
 *
 * @param name what messages call it: its file's name
 * @param source where it was read: a local file, or a store and the name there
 * @param files empty if its file list is kept elsewhere
 */
record ReadPackage(
    String name,
    String source,
    PackageInfo info,
    Digests digests,
    Blob blob,
    Optional<FileList> files)
    implements Signable {

  static ReadPackage of(PackageFile file) {
    return new ReadPackage(
        file.fileName().value(),
        file.path().toString(),
        file.info(),
        file.digests(),
        file.blob(),
        Optional.of(file.files()));
  }

  /** Where it stands in a file database. */
  String directory() {
    return info.name() + "-" + info.version();
  }

  @Override
  public InputStream open() throws IOException {
    return blob.open();
  }
}
