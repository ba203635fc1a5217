/**
 * A repository in a directory of another machine, reached over SFTP. Opened by {@code
 * org.qrepo.store}; {@link org.qrepo.store.sftp.SftpSettings} says by which keys and hosts.
 */
@NullMarked
package org.qrepo.store.sftp;

import org.jspecify.annotations.NullMarked;
