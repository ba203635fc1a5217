package org.qrepo.publish;

import java.util.Optional;
import org.qrepo.alpm.PackageFile;

/**
 * A package of the change, read and found good.
 *
 * @param signature the signature beside it, if clients would accept it
 */
record Input(PackageFile file, Optional<byte[]> signature) {}
