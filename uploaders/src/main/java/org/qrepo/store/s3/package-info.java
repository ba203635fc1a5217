/**
 * A repository below a prefix of a bucket, on Amazon S3 or a server that speaks its protocol.
 * Opened by {@code org.qrepo.store}; nothing else of the program knows of the SDK behind it.
 */
@NullMarked
package org.qrepo.store.s3;

import org.jspecify.annotations.NullMarked;
