package org.qrepo.database;

import org.qrepo.io.Blob;

/**
 * The {@code NAME.files} of the generation before, from which file lists are copied. Its entries
 * stand in byte order, as {@link FilesDatabaseWriter} writes them.
 *
 * @param subject what findings call it
 * @param source its bytes, still to be trusted: compare their digest with the lineage before
 */
public record FilesBase(String subject, Blob.Opener source) {}
