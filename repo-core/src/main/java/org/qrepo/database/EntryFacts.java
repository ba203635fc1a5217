package org.qrepo.database;

import java.util.Optional;
import org.qrepo.io.Sha256;

/** What an entry says about its package file; {@link DatabaseEntry} tells what each means. */
record EntryFacts(String fileName, long compressedSize, Optional<Sha256> sha256, long buildDate) {}
