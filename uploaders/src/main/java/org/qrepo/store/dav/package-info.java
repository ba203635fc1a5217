/**
 * A repository on a web server that takes files: by WebDAV, or by plain {@code PUT}. Opened by
 * {@code org.qrepo.store}. It follows no redirect, tries nothing twice, sends credentials to no
 * server but the one they are for, and reads no environment.
 */
@NullMarked
package org.qrepo.store.dav;

import org.jspecify.annotations.NullMarked;
