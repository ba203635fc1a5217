package org.qrepo.rpm;

/**
 * Where an entry of a header stands in its data.
 *
 * @param count elements
 * @param offset in bytes from the start of the data
 * @param length in bytes, without padding
 */
record HeaderEntry(int tag, EntryType type, int count, int offset, int length) {}
