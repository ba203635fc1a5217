package org.qrepo.alpm;

import java.util.Optional;
import org.qrepo.io.Compression;

/** What one walk through the archive of a package found. */
record PackageContent(
    Compression compression,
    PackageInfo info,
    Optional<BuildInfo> buildInfo,
    FileList files,
    boolean hasInstall) {}
